"""The made Takeout in a library: what is sent, and that a second run sends nothing."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from tests.cli.imports.fake_library import FakeLibrary
from tests.cli.imports.runs import run_import
from tests.cli.sources.takeout.made_takeout import Expected, make_takeout
from tintype_cli.sources.takeout import TakeoutSource


def test_made_takeout_arrives_in_a_library_once(tmp_path: Path) -> None:
    made = make_takeout()
    (tmp_path / "zips").mkdir()
    made.write_zips(tmp_path / "zips")
    library = FakeLibrary()
    assert run_import(TakeoutSource(tmp_path / "zips"), library, tmp_path, same_ids=False).is_complete
    expected = {digest: _as_stored(photo) for digest, photo in made.photos.items()}
    assert _photos(library) == expected
    sent = library.stored.total()
    assert sent == len(made.photos)
    assert sorted(album["title"] for album in library.albums.values()) == sorted(
        ["Ausflug ins Grüne: Mai/Juni", "Berlin 2017", "Rome", "Rome", "Untitled(4)", "Été"]
    )
    assert len(library.album("Ausflug ins Grüne: Mai/Juni")["description"]) == 2000
    (tmp_path / "state.sqlite").unlink()
    assert run_import(TakeoutSource(tmp_path / "zips"), library, tmp_path, same_ids=False).is_complete
    assert (_photos(library), library.stored.total(), len(library.albums)) == (expected, sent, 6)


def _photos(library: FakeLibrary) -> dict[str, Expected]:
    titles = {album_id: album["title"] for album_id, album in library.albums.items()}
    return {
        sha256(photo["content"]).hexdigest(): Expected(
            photo["filename"],
            photo["details"].get("caption"),
            photo["details"].get("taken_local"),
            photo["details"].get("favorite"),
            _position(photo["details"].get("coordinates")),
            tuple(photo["details"].get("tags", ())),
            frozenset(titles[album_id] for album_id in photo["albums"]),
            photo["state"] == "trashed",
        )
        for photo in library.photos.values()
    }


def _as_stored(photo: Expected) -> Expected:
    """A library takes 2,000 characters of a caption."""
    return replace(photo, caption=photo.caption and photo.caption[:2000])


def _position(coordinates: dict[str, float] | None) -> tuple[float, float] | None:
    return (coordinates["latitude"], coordinates["longitude"]) if coordinates else None
