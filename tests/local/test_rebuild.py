"""`make rebuild` on a laptop."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.maintenance.rebuild import RebuildReport
from local import rebuild as command
from local.errors import UserError
from local.ports import Ports

PORTS = Ports.from_api_port(8000)


class FakeRebuild:
    """A rebuild with this result."""

    def __init__(self, **counts: int) -> None:
        self.report = RebuildReport("2026-11-28T00:00:00+00:00", 3, 3, **counts)

    def run(self, position: int, written_at: str, time_left: Any) -> RebuildReport:
        assert (position, written_at, time_left() > timedelta(hours=1)) == (0, "", True)
        return self.report


def test_result_is_one_line() -> None:
    lines: list[str] = []
    service: Any = FakeRebuild(restored=7, unchanged=1, without_original=2)
    command.run(service, lines.append)
    assert lines == [
        "The backup of 2026-11-28T00:00:00+00:00: 7 photos restored, 1 unchanged, 2 whose originals are gone."
    ]


def test_photos_that_failed_end_the_command_with_a_sentence() -> None:
    service: Any = FakeRebuild(failed=3)
    with pytest.raises(UserError, match=r"^3 photos are busy or failed"):
        command.run(service, print)


@pytest.mark.parametrize("answer", ["", "n", "no", "later"])
def test_nothing_is_changed_without_a_yes(answer: str) -> None:
    with pytest.raises(UserError, match=r"^Nothing was changed\.$"):
        command.rebuild(Path("missing"), PORTS, yes=False, ask=lambda _: answer)


def test_library_that_never_ran_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="start the library first"):
        command.rebuild(tmp_path, PORTS, yes=True)
