"""Sources that are not like the made Takeout: cut, in other languages, and none at all."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.sources.takeout.made_takeout import album_json, jpeg, photo_json
from tintype_cli.photos import ImportPhoto, Problem
from tintype_cli.sources.takeout import TakeoutSource, detect

TAKEN = datetime(2019, 7, 13, 12, 0, tzinfo=UTC)


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_files(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def photos_of(source: TakeoutSource) -> dict[str, ImportPhoto]:
    return {photo.filename: photo for photo in source.photos() if isinstance(photo, ImportPhoto)}


def reasons_of(source: TakeoutSource) -> dict[str, str]:
    return {item.path: item.reason for item in source.photos() if isinstance(item, Problem)}


def test_zip_cut_short_gives_what_is_before_the_cut(tmp_path: Path) -> None:
    year = "Takeout/Google Photos/Photos from 2019"
    files = {f"{year}/{number}.jpg": jpeg(number, TAKEN) for number in range(5)}
    path = write_zip(tmp_path / "takeout-001.zip", files)
    path.write_bytes(path.read_bytes()[: len(jpeg(0, TAKEN)) * 3])
    described = {
        f"{year}/{number}.jpg.json": photo_json(f"{number}.jpg", TAKEN, f"No. {number}") for number in range(5)
    }
    write_zip(tmp_path / "takeout-002.zip", described)
    source = TakeoutSource(tmp_path)
    assert {name: photo.details.caption for name, photo in photos_of(source).items()} == {
        "0.jpg": "No. 0",
        "1.jpg": "No. 1",
    }
    reasons = reasons_of(source)
    assert reasons[f"takeout-001.zip/{year}/2.jpg"].startswith("The zip ends within this file.")
    assert "The 2 files in its first" in reasons["takeout-001.zip"]
    assert (
        reasons[f"takeout-002.zip/{year}/3.jpg.json"]
        == "3.jpg, which this JSON describes, is not among the photos of this Takeout."
    )
    assert detect(tmp_path)
    assert detect(path)


def test_other_language_in_one_zip(tmp_path: Path) -> None:
    photo = jpeg(1, None)
    path = write_zip(
        tmp_path / "mine.zip",
        {
            "Takeout/Google Fotos/Fotos von 2019/Bild.jpg": photo,
            "Takeout/Google Fotos/Fotos von 2019/Bild.jpg.supplemental-metadata.json": photo_json("Bild.jpg", TAKEN),
            "Takeout/Google Fotos/Oma's 80./Bild.jpg": photo,
            "Takeout/Google Fotos/Oma's 80./Metadaten.json": album_json("Omas 80."),
            "Takeout/Google Fotos/Papierkorb/Weg.jpg": jpeg(2, None),
        },
    )
    source = TakeoutSource(path)
    photos = photos_of(source)
    assert {name: photo.details.trashed for name, photo in photos.items()} == {"Bild.jpg": False, "Weg.jpg": True}
    assert [(album.title, album.key) for album in source.albums()] == [("Omas 80.", "takeout/Oma's 80.")]
    assert photos["Bild.jpg"].details.albums == ("takeout/Oma's 80.",)
    assert photos["Bild.jpg"].details.taken_local == "2019-07-13T12:00:00"
    assert photos["Bild.jpg"].path == "mine.zip/Takeout/Google Fotos/Fotos von 2019/Bild.jpg"


def test_two_photos_of_one_name_in_two_zips_both_come_with_the_json_beside_them(tmp_path: Path) -> None:
    for number in (1, 2):
        files = {"a.jpg": jpeg(number, TAKEN), "a.jpg.json": photo_json("a.jpg", TAKEN, f"Account {number}")}
        write_zip(
            tmp_path / f"{number}.zip", {f"Takeout/Google Photos/Photos from 2019/{n}": d for n, d in files.items()}
        )
    photos = [item for item in TakeoutSource(tmp_path).photos() if isinstance(item, ImportPhoto)]
    assert [photo.details.caption for photo in photos] == ["Account 1", "Account 2"]


def test_unpacked_photos_without_the_folder_takeout(tmp_path: Path) -> None:
    data = photo_json("a.jpg", TAKEN, "Hi")
    write_files(tmp_path, {"Photos from 2019/a.jpg": jpeg(1, TAKEN), "Photos from 2019/a.jpg.json": data})
    assert detect(tmp_path)
    assert photos_of(TakeoutSource(tmp_path))["a.jpg"].details.caption == "Hi"


def test_archives_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    write_files(tmp_path, {"takeout-001.tgz": b"\x1f\x8b", "broken.zip": b"nothing"})
    assert reasons_of(TakeoutSource(tmp_path)) == {
        "takeout-001.tgz": "Archives of this format can't be read: unpack it, or choose zip for the Takeout.",
        "broken.zip": "This is not a zip, or it is damaged from its beginning.",
    }


def test_other_folders_are_no_takeout(tmp_path: Path) -> None:
    assert not detect(tmp_path)
    write_files(
        tmp_path, {"a.jpg": b"x", "a.jpg.json": b'{"fileName": "a.jpg"}', "b.jpg.json": b"{", "metadata.json": b"{}"}
    )
    write_zip(tmp_path / "other.zip", {"a.jpg": b"x"})
    assert not detect(tmp_path)
    assert not detect(tmp_path / "missing")
    assert not detect(tmp_path / "a.jpg")


def test_missing_folder_is_reported(tmp_path: Path) -> None:
    assert list(reasons_of(TakeoutSource(tmp_path / "none"))) == ["."]


def test_empty_photos_are_reported(tmp_path: Path) -> None:
    write_files(tmp_path, {"Photos from 2019/a.jpg": b"", "Photos from 2019/b.jpg": b""})
    source = TakeoutSource(tmp_path)
    assert photos_of(source) == {}
    assert reasons_of(source) == dict.fromkeys(
        ("Photos from 2019/a.jpg", "Photos from 2019/b.jpg"), "This file is empty."
    )
