"""Kinds of files by their names."""

import pytest

from tintype_cli.sources.formats import FileKind, kind_of, split_extension


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.jpg", "photo"),
        ("2019/A.HEIC", "photo"),
        ("a.NEF", "photo"),
        ("a.MP4", "video"),
        ("PXL.MP", "video"),
        ("a.jpg.xmp", "sidecar"),
        ("a.jpg.json", "sidecar"),
        ("._a.jpg", "system"),
        (".DS_Store", "system"),
        (".trashed-17-a.jpg", "system"),
        ("@eaDir/a.jpg/thumb.jpg", "system"),
        (".thumbnails/a.jpg", "system"),
        ("Thumbs.db", "system"),
        ("a.txt", "other"),
        ("jpg", "other"),
        ("", "other"),
        ("a.", "other"),
    ],
)
def test_kind_of(path: str, kind: FileKind) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.jpg", ("a", ".jpg")),
        ("a.b.JPG", ("a.b", ".JPG")),
        ("a", ("a", "")),
        (".jpg", (".jpg", "")),
        ("a.", ("a.", "")),
        ("a.a sentence that is long", ("a.a sentence that is long", "")),
    ],
)
def test_split_extension(name: str, parts: tuple[str, str]) -> None:
    assert split_extension(name) == parts
