"""Waiting until photos are processed."""

from pathlib import Path

from tests.cli.imports.fake_library import FakeLibrary
from tests.cli.imports.runs import run_import
from tests.cli.imports.sources import MemorySource, photo


def test_photos_are_asked_for_by_hundreds_while_processing_goes_on(tmp_path: Path) -> None:
    library = FakeLibrary()
    run_import(MemorySource([photo(f"{number}.jpg") for number in range(100)]), library, tmp_path)
    assert len(library.ready()) == 100
    assert (library.requests["POST /uploads/check"], library.requests["GET /photos/*"]) == (2, 0)


def test_rejected_photo_among_processed_ones_is_asked_for_once(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg", b"not an image"), photo("b.jpg"), photo("c.jpg")])
    run_import(source, library, tmp_path)
    assert library.requests["GET /photos/*"] == 1
