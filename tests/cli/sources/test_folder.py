"""Plain folders."""

import os
from pathlib import Path

import pytest

from tintype_cli.photos import ImportPhoto, Problem
from tintype_cli.sources.folder import FolderSource, FolderUse, sidecars_of

SIDECAR = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>"""


def make(root: Path, **files: bytes) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def photos(root: Path, folders: FolderUse = "albums") -> dict[str, ImportPhoto]:
    found = FolderSource(root, folders).photos()
    return {each.path: each for each in found if isinstance(each, ImportPhoto)}


def problems(root: Path) -> dict[str, str]:
    return {each.path: each.reason for each in FolderSource(root).photos() if isinstance(each, Problem)}


def test_folders_with_photos_become_albums(tmp_path: Path) -> None:
    make(tmp_path, **{"a.jpg": b"a", "2019/Rome/b.jpg": b"b", "2020/Rome/c.NEF": b"c", "Trips/Oslo/d.heic": b"d"})
    make(tmp_path, **{"notes/e.txt": b"e"})
    assert {album.key: album.title for album in FolderSource(tmp_path).albums()} == {
        "2019/Rome": "2019/Rome",
        "2020/Rome": "2020/Rome",
        "Trips/Oslo": "Trips/Oslo",
    }
    found = photos(tmp_path)
    assert {path: each.details.albums for path, each in found.items()} == {
        "a.jpg": (),
        "2019/Rome/b.jpg": ("2019/Rome",),
        "2020/Rome/c.NEF": ("2020/Rome",),
        "Trips/Oslo/d.heic": ("Trips/Oslo",),
    }
    with found["2019/Rome/b.jpg"].open() as file:
        assert (file.read(), found["2019/Rome/b.jpg"].size, found["2019/Rome/b.jpg"].filename) == (b"b", 1, "b.jpg")


def test_folders_become_tags_or_nothing_if_chosen(tmp_path: Path) -> None:
    make(tmp_path, **{"2019/Rome/b.jpg": b"b"})
    assert photos(tmp_path, "tags")["2019/Rome/b.jpg"].details.tags == ("2019", "Rome")
    assert photos(tmp_path, "none")["2019/Rome/b.jpg"].details.tags == ()
    assert list(FolderSource(tmp_path, "tags").albums()) == []


def test_sidecars_are_read_in_folders_and_below_them(tmp_path: Path) -> None:
    make(tmp_path, **{"a.jpg": b"a", "a.jpg.xmp": SIDECAR, "b/c.nef": b"c", "d.png": b"d", "d.XMP": SIDECAR})
    found = photos(tmp_path)
    assert {path: each.details.rating for path, each in found.items()} == {"a.jpg": 4, "b/c.nef": None, "d.png": 4}
    assert problems(tmp_path) == {}


def test_sidecar_of_a_raw_file_is_not_that_of_its_picture() -> None:
    assert sidecars_of(["a.NEF", "a.jpg", "b.jpg", "b.tif", "c.jpg"], ["a.xmp", "b.xmp", "c.xmp", "c.jpg.xmp"]) == {
        "a.NEF": "a.xmp",
        "b.jpg": "b.xmp",
        "b.tif": "b.xmp",
        "c.jpg": "c.jpg.xmp",
    }


def test_every_other_file_is_named_with_its_reason(tmp_path: Path) -> None:
    make(tmp_path, **{"a.jpg": b"", "b.mov": b"b", "c.txt": b"c", "d.xmp": SIDECAR, ".DS_Store": b"e", "f.jpg": b"f"})
    make(tmp_path, **{"f.jpg.xmp": b"<no xml"})
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.jpg")
    found = problems(tmp_path)
    assert found.keys() == {"a.jpg", "b.mov", "c.txt", "d.xmp", ".DS_Store", "f.jpg.xmp", "loop", "pipe.jpg"}
    assert (found["a.jpg"], found["c.txt"]) == (
        "The file is empty.",
        "This is not a photo of a format that Tintype knows.",
    )
    assert "can't be read, so its photo comes without what it says" in found["f.jpg.xmp"]
    assert photos(tmp_path).keys() == {"f.jpg"}


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_are_not_utf8_are_escaped(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.jpg", "wb") as file:  # noqa: PTH123
        file.write(b"x")
    found = photos(tmp_path)
    assert [each.filename for each in found.values()] == ["caf\\xe9.jpg"]
    with found["caf\\xe9.jpg"].open() as file:
        assert file.read() == b"x"
