"""PhotoPrism libraries: originals, their YAML files, and albums."""

from pathlib import Path

import pytest

from tintype_cli.photos import ImportAlbum, ImportPhoto, PhotoDetails, Problem
from tintype_cli.sources.photoprism import ARCHIVED, PhotoPrismSource, detect

PHOTO = """\
UID: {uid}
Type: image
Title: Berlin / 2020
Details:
  Keywords: berlin, gray
{more}"""
FILES = {
    "originals/2020/IMG_1.jpg": "1",
    "originals/2020/IMG_1 (2).jpg": "2",
    "originals/2020/IMG_1.dng": "3",
    "originals/2020/IMG_2.heic": "4",
    "originals/2020/IMG_2.mp4": "video",
    "originals/2020/IMG_3.jpg": "5",
    "originals/.ppignore": "x",
    "storage/sidecar/2020/IMG_1.yml": PHOTO.format(uid="p1", more="Favorite: true\n"),
    "storage/sidecar/2020/IMG_2.yml": PHOTO.format(uid="p2", more="DeletedAt: 2022-01-01T00:00:00Z\nPrivate: true\n"),
    "storage/sidecar/2020/IMG_2.heic.jpg": "made",
    "storage/sidecar/2020/IMG_3.yml": "UID: [",
    "storage/sidecar/2020/IMG_4.yml": PHOTO.format(uid="p4", more=""),
    "storage/cache/thumbnails/a.jpg": "made",
    "storage/config/options.yml": "Debug: false",
    "storage/albums/album/a1.yml": "UID: a1\nType: album\nTitle: Old copy\nPhotos:\n- UID: p1\n",
    "storage/backup/albums/album/a2.yml": (
        "UID: a2\nType: album\nTitle: Berlin 2020\nDescription: We love it!\nOrder: newest\n"
        "Photos:\n- UID: p2\n- UID: p1\n- UID: p2\n- UID: p3\n  Hidden: true\n- 4\n"
    ),
    "storage/backup/albums/album/a3.yml": "UID: a3\nTitle: Empty\n",
    "storage/backup/albums/album/a4.yml": "- none",
    "storage/backup/albums/month/m1.yml": "UID: m1\nType: month\nTitle: May\nPhotos:\n- UID: p1\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    return tmp_path


def write_files(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def details_of(source: PhotoPrismSource) -> dict[str, PhotoDetails]:
    return {item.path: item.details for item in source.photos() if isinstance(item, ImportPhoto)}


def test_photos_have_what_their_yaml_says(root: Path) -> None:
    assert detect(root)
    of_first = PhotoDetails(favorite=True, albums=("a1", "a2"))
    assert details_of(PhotoPrismSource(root)) == {
        "originals/2020/IMG_1 (2).jpg": of_first,
        "originals/2020/IMG_1.dng": of_first,
        "originals/2020/IMG_1.jpg": of_first,
        "originals/2020/IMG_2.heic": PhotoDetails(status="private", albums=("a2",)),
        "originals/2020/IMG_3.jpg": PhotoDetails(),
    }


def test_albums_that_people_made(root: Path) -> None:
    assert list(PhotoPrismSource(root).albums()) == [
        ImportAlbum("a1", "Old copy", order="oldest"),
        ImportAlbum("a2", "Berlin 2020", "We love it!", order="newest"),
    ]


def test_other_files_are_reported(root: Path) -> None:
    problems = {item.path: item for item in PhotoPrismSource(root).photos() if isinstance(item, Problem)}
    assert {path: problem.reason for path, problem in problems.items() if problem.is_skipped} == {
        "originals/.ppignore": "This file was left by a system or program; it is not a photo.",
        "originals/2020/IMG_2.mp4": "This is a video: Tintype keeps photos only.",
        "storage/sidecar/2020/IMG_4.yml": "This YAML belongs to no photo here.",
        "storage/backup/albums/album/a4.yml": "This YAML can't be read: it has no fields.",
        **{
            f"storage/{name}": "PhotoPrism makes what is in this folder: there are no originals in it."
            for name in ("cache", "config", "sidecar")
        },
    }
    assert problems["originals/2020/IMG_2.heic"].reason == ARCHIVED
    assert problems["originals/2020/IMG_3.jpg"].reason.startswith(
        "Its sidecar storage/sidecar/2020/IMG_3.yml can't be read: "
    )


def test_yaml_beside_the_photos(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"a/1.jpg": "1", "a/1.yml": PHOTO.format(uid="p1", more="Favorite: true\n"), "albums/2.jpg": "2"}
    )
    assert not detect(tmp_path)
    assert details_of(PhotoPrismSource(tmp_path)) == {
        "a/1.jpg": PhotoDetails(favorite=True),
        "albums/2.jpg": PhotoDetails(),
    }


def test_storage_alone_is_recognized(tmp_path: Path) -> None:
    write_files(tmp_path, {"sidecar/a.yml": "x", "albums/album/a.yml": "x"})
    assert detect(tmp_path)
    assert not detect(tmp_path / "sidecar")
