"""Albums of a source in the library."""

from pathlib import Path

import httpx
import pytest

from tests.cli.imports.fake_library import FakeLibrary
from tests.cli.imports.runs import run_import
from tests.cli.imports.sources import MemorySource, photo
from tests.cli.imports.test_engine import reasons
from tintype_cli.imports.albums import album_title, match_albums
from tintype_cli.imports.library import LibraryAlbum
from tintype_cli.photos import ImportAlbum


def existing(album_id: str, title: str, *, is_smart: bool = False) -> LibraryAlbum:
    return LibraryAlbum(album_id, title, "newest", is_smart, None, "2026-11-20T10:00:00Z")


def test_nth_album_of_a_title_is_the_nth_of_the_library() -> None:
    wanted = [
        ImportAlbum("k1", "Rome"),
        ImportAlbum("k2", "Oslo"),
        ImportAlbum("k3", "  Rome "),
        ImportAlbum("k4", "Rome"),
    ]
    found = match_albums(wanted, {"a0"}, [existing("a0", "Rome"), existing("a1", "Rome"), existing("a2", "Rome")])
    assert {key: album.album_id for key, album in found.items()} == {"k1": "a1", "k3": "a2"}


def test_smart_album_is_no_other_album_of_its_title() -> None:
    wanted = [ImportAlbum("k1", "Rome", query={"tag": ["rome"]}), ImportAlbum("k2", "Rome")]
    found = match_albums(wanted, (), [existing("a1", "Rome"), existing("a2", "Rome", is_smart=True)])
    assert {key: album.album_id for key, album in found.items()} == {"k1": "a2", "k2": "a1"}


@pytest.mark.parametrize(
    ("title", "stored"),
    [(" Two   weeks\n", "Two weeks"), ("Cafe\u0301", "Café"), ("", "Untitled"), ("x" * 300, "x" * 200)],
    ids=["spaces", "composed", "empty", "long"],
)
def test_title_is_that_of_the_library(title: str, stored: str) -> None:
    assert album_title(title) == stored


def test_album_without_an_answer_is_not_created_twice(tmp_path: Path) -> None:
    library = FakeLibrary()

    def lose_answer(request: httpx.Request) -> httpx.Response:
        answer = library.handle(request)
        if request.method == "POST" and request.url.path == "/api/albums" and len(library.albums) == 1:
            raise httpx.ReadError("Connection reset")
        return answer

    source = MemorySource([photo("a.jpg", albums=("k1", "k2"))], [ImportAlbum("k1", "Rome"), ImportAlbum("k2", "Rome")])
    run_import(source, library, tmp_path, handler=lose_answer)
    assert len(library.albums) == 2
    assert sorted(library.ready()[0]["albums"]) == ["a0", "a1"]


def test_album_of_the_library_is_joined_and_left_as_it_is(tmp_path: Path) -> None:
    library = FakeLibrary()
    library.albums["a0"] = {
        "album_id": "a0",
        "title": "Rome",
        "order": "newest",
        "query": None,
        "cover_photo_id": None,
        "created_at": "2026-11-20T10:00:00Z",
        "placed": [],
    }
    album = ImportAlbum("k", "Rome", order="manual", photos=("a.jpg",), cover="a.jpg")
    run_import(MemorySource([photo("a.jpg", albums=("k",))], [album]), library, tmp_path)
    assert library.members("Rome") == ["a.jpg"]
    assert (library.albums["a0"]["placed"], library.albums["a0"]["cover_photo_id"]) == ([], None)
    assert "left as they are" in reasons(tmp_path)['Album "Rome"']


def test_deleted_album_is_created_again_with_its_photos(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg", albums=("k",))], [ImportAlbum("k", "Rome")])
    run_import(source, library, tmp_path)
    library.albums.clear()
    library.ready()[0]["albums"].clear()
    run_import(source, library, tmp_path)
    assert library.members("Rome") == ["a.jpg"]


def test_photo_taken_out_of_an_album_stays_out(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource(
        [photo("a.jpg", albums=("k",)), photo("copy.jpg", b"a.jpg", albums=("k",))], [ImportAlbum("k", "Rome")]
    )
    run_import(source, library, tmp_path)
    library.ready()[0]["albums"].clear()
    run_import(source, library, tmp_path)
    assert library.members("Rome") == []


def test_refused_album_is_reported_and_its_photos_are_imported(tmp_path: Path) -> None:
    error = httpx.Response(409, json={"error": "You have 1,000 albums.", "code": "conflict"})
    library = FakeLibrary(fail=lambda name: error if name == "POST /albums" else None)
    run_import(MemorySource([photo("a.jpg", albums=("k",))], [ImportAlbum("k", "Rome")]), library, tmp_path)
    assert reasons(tmp_path) == {'Album "Rome"': "The album was not created: You have 1,000 albums."}
    assert len(library.ready()) == 1


def test_order_by_hand_leaves_out_photos_that_are_not_in_the_album(tmp_path: Path) -> None:
    library = FakeLibrary()
    album = ImportAlbum("k", "Rome", order="manual", photos=("b.jpg", "rejected.jpg", "missing.jpg", "a.jpg"))
    source = MemorySource(
        [
            photo("a.jpg", albums=("k",)),
            photo("b.jpg", albums=("k",)),
            photo("rejected.jpg", b"not an image", albums=("k",)),
        ],
        [album],
    )
    run_import(source, library, tmp_path)
    placed = library.album("Rome")["placed"]
    assert [library.photos[photo_id]["filename"] for photo_id in placed] == ["b.jpg", "a.jpg"]


def test_cover_that_is_refused_is_tried_and_reported_again_by_the_next_run(tmp_path: Path) -> None:
    error = httpx.Response(400, json={"error": "cover_photo_id is not in the album.", "code": "invalid"})
    library = FakeLibrary(fail=lambda name: error if name == "PATCH /albums/*" else None)
    source = MemorySource([photo("a.jpg", albums=("k",))], [ImportAlbum("k", "Rome", cover="a.jpg")])
    for _ in range(2):
        run_import(source, library, tmp_path)
        assert reasons(tmp_path) == {'Album "Rome"': "cover_photo_id is not in the album."}
    library.fail = lambda _: None
    run_import(source, library, tmp_path)
    assert reasons(tmp_path) == {}
    assert library.album("Rome")["cover_photo_id"] is not None


def test_album_that_was_there_is_reported_by_each_run(tmp_path: Path) -> None:
    library = FakeLibrary()
    run_import(MemorySource([], [ImportAlbum("k", "Rome")]), library, tmp_path / "first")
    source = MemorySource([photo("a.jpg", albums=("k",))], [ImportAlbum("k", "Rome", cover="a.jpg")])
    for _ in range(2):
        run_import(source, library, tmp_path)
        assert list(reasons(tmp_path)) == ['Album "Rome"']
