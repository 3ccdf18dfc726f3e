"""Kills between any two steps of an import: before a request, between a request and its answer, before a write."""

from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.imports.fake_library import FakeLibrary, Killed
from tests.cli.imports.runs import run_import
from tests.cli.imports.sources import MemorySource, photo
from tintype_cli.imports.state import ImportState
from tintype_cli.photos import ImportAlbum

ID = "0123456789abcdef0123456789abcdef"
SOURCE = MemorySource(
    [
        photo("a.jpg", photo_id=ID, albums=("trip",), caption="A"),
        photo("b.jpg", albums=("trip", "other"), trashed=True),
        photo("there.jpg", b"there", albums=("trip",)),
        photo("copy/a.jpg", b"a.jpg", albums=("other",)),
        photo("c.jpg", albums=("trip",)),
    ],
    [
        ImportAlbum("trip", "Lisbon", order="manual", photos=("c.jpg", "there.jpg", "a.jpg"), cover="a.jpg"),
        ImportAlbum("other", "Lisbon"),
        ImportAlbum("smart", "Favorites", query={"favorite": "true"}),
    ],
)


class KillSwitch:
    """Kills the process at one of its steps; nothing that it does afterwards has an effect."""

    def __init__(self, library: FakeLibrary, at: int) -> None:
        self._library = library
        self._at = at
        self._steps = count()
        self.is_killed = False

    def step(self) -> None:
        self.is_killed = self.is_killed or next(self._steps) == self._at
        if self.is_killed:
            raise Killed

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.step()
        answer = self._library.handle(request)
        self.step()
        return answer

    def state(self) -> type[ImportState]:
        step = self.step

        class State(ImportState):
            def _write(self, statement: str, *values: object) -> None:
                step()
                super()._write(statement, *values)

        return State


def new_library() -> FakeLibrary:
    library = FakeLibrary(checks_until_ready=2)
    library.add_photo(b"there")
    return library


def names(library: FakeLibrary, ids: list[str]) -> list[str]:
    return [library.photos[photo_id]["filename"] for photo_id in ids]


def check(library: FakeLibrary) -> None:
    photos = {each["filename"]: each for each in library.photos.values()}
    assert len(photos) == len(library.photos) == 4
    assert {name: each["state"] for name, each in photos.items()} == {
        "before.jpg": "ready",
        "a.jpg": "ready",
        "b.jpg": "trashed",
        "c.jpg": "ready",
    }
    assert (photos["a.jpg"]["photo_id"], photos["a.jpg"]["details"]) == (ID, {"caption": "A"})
    assert len(library.albums) == 3
    trip, other, smart = library.albums.values()
    assert (trip["title"], other["title"], smart["title"]) == ("Lisbon", "Lisbon", "Favorites")
    by_album: dict[str, Any] = {
        each["album_id"]: sorted(name for name, photo in photos.items() if each["album_id"] in photo["albums"])
        for each in library.albums.values()
    }
    assert by_album[trip["album_id"]] == ["a.jpg", "b.jpg", "before.jpg", "c.jpg"]
    assert by_album[other["album_id"]] == ["a.jpg", "b.jpg"]
    assert names(library, trip["placed"]) == ["c.jpg", "before.jpg", "a.jpg"]
    assert trip["cover_photo_id"] == ID


@pytest.mark.parametrize("is_killed_again", [False, True])
def test_killed_anywhere_the_next_run_finishes_without_doubles(tmp_path: Path, is_killed_again: bool) -> None:
    for at in count(step=3 if is_killed_again else 1):
        library, folder = new_library(), tmp_path / str(at)
        switch = KillSwitch(library, at)
        with suppress(Killed):
            run_import(SOURCE, library, folder, handler=switch.handle, state=switch.state())
        if not switch.is_killed:
            break
        if is_killed_again:
            again = KillSwitch(library, at // 2)
            with suppress(Killed):
                run_import(SOURCE, library, folder, handler=again.handle, state=again.state())
        summary = run_import(SOURCE, library, folder)
        assert summary.is_complete
        check(library)
    assert at > 60
