"""Exports of a library that changes meanwhile."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.cli.export.test_run import assert_complete, catalogue, export
from tests.cli.fake_library import FakeLibrary, full_library, never
from tintype_cli.verify.findings import Findings
from tintype_cli.verify.run import Verification

STEP = 3  # of the request before which the library changes


def grow(library: FakeLibrary) -> None:
    """Upload a photo, edit one and replace one; add to an album, and create one."""
    library.add("p8", taken_local="2019-07-06T13:12:11.000")
    library.edit("p1", caption="Uphill", taken_local="2018-01-01T00:00:00.000", filename="b.jpg")
    library.replace("p4", b"another original")
    library.albums = {"a1": ["p8", "p2", "p1"], "a2": ["p1"]}


def shrink(library: FakeLibrary) -> None:
    """Delete photos, move one to the trash, and restore one."""
    library.remove("p2")
    library.remove("p3")
    library.edit("p1", state="trashed", delete_at="2026-12-20T10:00:00.000Z")
    library.edit("p4", state="ready", delete_at=None)
    library.albums = {"a1": ["p1"]}
    library.shares.clear()


@pytest.mark.parametrize("change", [grow, shrink])
def test_lines_are_consistent_and_a_second_export_settles(
    tmp_path: Path, change: Callable[[FakeLibrary], None]
) -> None:
    for number in count(1, STEP):  # until there are not that many requests
        root, library = tmp_path / str(number), full_library()

        def change_once(request: int, at: int = number, library: FakeLibrary = library) -> None:
            if request == at:
                change(library)

        library.fail = change_once
        report = export(library, root)
        if number > len(library.requests):
            break
        catalogue(root)  # checks that it is valid by the schema
        assert verify(root).differences == len(report.problems)
        verify(root, library)  # ends
        library.fail = never
        assert export(library, root, delete=True).is_complete
        assert_complete(library, root)
        assert verify(root, library) == Findings()
    assert number > 15


def verify(root: Path, library: FakeLibrary | None = None) -> Findings:
    findings = Findings()
    Verification(root, findings).run(library.client() if library else None)
    return findings
