import resource

import pytest

from local.run import allow_open_files

UNLIMITED = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((256, UNLIMITED), (8192, UNLIMITED)),
        ((256, 4096), (4096, 4096)),
        ((65536, 65536), None),
        ((UNLIMITED, UNLIMITED), None),
    ],
)
def test_limit_is_raised_as_far_as_the_system_allows(
    before: tuple[int, int], after: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: before)
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: limits.append(limit))
    allow_open_files(8192)
    assert limits == ([after] if after else [])
