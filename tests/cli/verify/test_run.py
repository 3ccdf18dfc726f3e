"""Comparisons of an export with its files and with libraries in memory."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.fake_library import FakeLibrary, full_library
from tintype_cli.catalogue import to_text
from tintype_cli.export.files import file_sha256
from tintype_cli.export.run import Export
from tintype_cli.verify.findings import Findings
from tintype_cli.verify.run import Verification


@pytest.fixture
def library() -> FakeLibrary:
    return full_library()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of the library."""
    path = tmp_path_factory.mktemp("export")
    Export(full_library().client(), path, 1, "0.1.0").run()
    return path


@pytest.fixture
def root(exported: Path, tmp_path: Path) -> Path:
    """A copy of the export, for one test."""
    return shutil.copytree(exported, tmp_path / "export")


def verify(root: Path, library: FakeLibrary | None = None) -> Findings:
    findings = Findings()
    Verification(root, findings).run(library.client() if library else None)
    return findings


def alter(root: Path, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Change lines of the catalogue; None removes one."""
    path = root / "catalogue.jsonl"
    lines = [change(json.loads(line)) for line in path.read_text().splitlines()]
    path.write_text("".join(to_text(line) for line in lines if line is not None))


def imported(library: FakeLibrary) -> FakeLibrary:
    """A library with the same photos under other ids, without duplicates."""
    copy = FakeLibrary(owner="owner2")
    for photo_id, photo in library.photos.items():
        if photo["state"] != "duplicate":
            fields = {name: value for name, value in photo.items() if name not in ("photo_id", "original_url")}
            fields |= {"version": 1, "delete_at": None, "albums": ["b1"] if photo["albums"] else []}
            copy.add(f"new-{photo_id}", library.originals[photo_id], **fields)
    copy.albums["b1"] = [f"new-{photo_id}" for photo_id in library.albums["a1"]]
    return copy


def test_fresh_export_has_no_differences(root: Path, library: FakeLibrary) -> None:
    assert verify(root, library) == Findings()


def test_library_with_new_ids_has_no_differences(root: Path, library: FakeLibrary) -> None:
    assert verify(root, imported(library)) == Findings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filename", "b.jpg"),
        ("tags", ["tram"]),
        ("tags", ["lisbon", "rain", "tram"]),
        ("tags", ["bus", "lisbon", "tram"]),
        ("label", "tram"),
        ("weight", 0.25),
        ("status", "public"),
        ("state", "trashed"),
        ("caption", "Tram 12"),
        ("rating", 5),
        ("favorite", False),
        ("taken_local", "2019-07-04T13:12:12.000"),
        ("offset", None),
        ("place", "Lisbon"),
        ("coordinates", None),
        ("created_at", "2026-11-21T10:00:00.000Z"),
        ("albums", []),
    ],
)
def test_each_field_is_compared(root: Path, library: FakeLibrary, name: str, value: Any) -> None:
    library.edit("p1", **{name: value})
    findings = verify(root, library)
    assert findings.differences == 1
    assert findings.first[0].startswith(f"originals/2019/07/p1 (2).jpg: {name} is ")


def test_coordinates_may_be_rounded_otherwise(root: Path, library: FakeLibrary) -> None:
    library.edit("p1", coordinates={"latitude": 38.700002, "longitude": -9.100002})
    assert verify(root, library) == Findings()
    library.edit("p1", coordinates={"latitude": 38.700003, "longitude": -9.1})
    assert verify(root, library).differences == 1


def test_fields_that_may_differ_are_ignored(root: Path, library: FakeLibrary) -> None:
    library.edit("p1", autoTags=["sky"], tags=["tram", "sky", "lisbon"], delete_at=None, camera_time=None)
    assert verify(root, library) == Findings()


def test_label_that_its_owner_had_removed_is_found(root: Path, library: FakeLibrary) -> None:
    library.edit("p1", autoTags=["bus", "tram"], tags=["bus", "lisbon", "tram"])
    assert verify(root, library).first[0].startswith("originals/2019/07/p1 (2).jpg: tags is ")


def test_replaced_original_is_found(root: Path, library: FakeLibrary) -> None:
    library.replace("p1", b"another original")
    assert [text.partition(" is ")[0] for text in verify(root, library).first] == [
        "originals/2019/07/p1 (2).jpg: sha256",
        "originals/2019/07/p1 (2).jpg: bytes",
    ]


def test_photos_of_one_side_are_found(root: Path, library: FakeLibrary) -> None:
    library.remove("p3")
    library.add("p8", filename="new.jpg")
    assert verify(root, library).first == [
        "originals/2026/11/IMG_3.CR3: The photo is not in the library.",
        "new.jpg (p8): The photo is in the library only.",
    ]


def test_albums_are_compared(root: Path, library: FakeLibrary) -> None:
    library.albums = {"a1": ["p1", "p2"], "a2": []}
    assert verify(root, library).first == [
        'album Lisbon: photo_ids is ["p2", "p1"] in the export, and ["p1", "p2"] in the library.',
        "album Lisbon: The album is in the library only.",
    ]
    library.albums = {}
    assert verify(root, library).first == ["album Lisbon: The album is not in the library."]


def test_files_are_compared(root: Path) -> None:
    month = root / "originals" / "2019" / "07"
    (month / "p1.jpg").write_bytes(b"xx")
    (month / "p4.jpg").write_bytes(b"longer")
    (month / "p6.jpg").unlink()
    (month / "p6.jpg.xmp").unlink()
    (month / "mine.jpg").write_bytes(b"mine")
    findings = verify(root)
    assert sorted(findings.first) == [
        "originals/2019/07/mine.jpg: The file is not in the catalogue. (note)",
        "originals/2019/07/p1.jpg: The original has another SHA-256 than the catalogue says.",
        "originals/2019/07/p4.jpg: The original has 6 bytes, and 2 by the catalogue.",
        "originals/2019/07/p6.jpg: The original is missing.",
        "originals/2019/07/p6.jpg: The sidecar is missing.",
    ]
    assert (findings.differences, findings.notes) == (4, 1)


def test_altered_catalogue_is_named_by_line(root: Path) -> None:
    alter(root, lambda line: line | {"rating": 6} if line.get("photo_id") == "p1" else line)
    (problem, note) = verify(root).first
    assert problem.startswith("catalogue.jsonl, line ")
    assert problem.endswith(": in rating, 6 is greater than the maximum of 5.")
    assert note == "originals/2019/07/p1 (2).jpg: The file is not in the catalogue. (note)"


def test_lines_with_huge_numbers_and_paths_do_not_end_the_comparison(root: Path) -> None:
    values: dict[str, dict[str, Any]] = {
        "p1": {"bytes": 10**4000},
        "p2": {"width": 2**53},
        "p4": {"path": f"originals/{'a' * 5000}"},
    }
    alter(root, lambda line: line | values.get(line.get("photo_id", ""), {}))
    findings = verify(root)
    texts = sorted(text for text in findings.first if "(note)" not in text)
    assert texts[0].startswith("catalogue.jsonl, line ")
    assert texts[1].endswith(f"in width, {2**53} is greater than the maximum of {2**53 - 1}.")
    assert texts[2] == f"originals/{'a' * 5000}: Its files can't be read: File name too long."
    assert len(texts) == 3


def test_copies_that_an_import_has_merged_are_notes(root: Path, library: FakeLibrary) -> None:
    rejected = sha256(b"p5").hexdigest()
    alter(root, lambda line: line | {"sha256": rejected, "bytes": 2} if line.get("photo_id") == "p4" else line)
    library.remove("p4")
    (difference, note) = verify(root, library).first
    assert difference == "originals/2019/07/p4.jpg: The original has another SHA-256 than the catalogue says."
    assert note == (
        "originals/2019/07/p4.jpg: The library has a photo with the same bytes: an import makes one of both. (note)"
    )


def test_bytes_that_another_photo_has_now_are_not_missing(root: Path, library: FakeLibrary) -> None:
    library.remove("p4")
    library.replace("p1", b"p4")
    assert any(
        "originals/2019/07/p4.jpg: The library has a photo with the same" in text
        for text in verify(root, library).first
    )


def test_cut_catalogue_and_repeated_photos_are_named(root: Path) -> None:
    alter(root, lambda line: None if line["type"] == "end" else line)
    assert verify(root).first == ["catalogue.jsonl: The catalogue was cut short: its last line is missing."]
    alter(root, lambda line: line | {"photo_id": "p1"} if line.get("photo_id") == "p2" else line)
    assert any("The photo is in another line already." in text for text in verify(root).first)


def test_photo_that_was_processed_since_is_no_difference(root: Path, library: FakeLibrary) -> None:
    known = {"bytes": 2, "sha256": file_sha256(root / "originals" / "2019" / "07" / "_.._p7.jpg")}
    library.edit("p7", state="ready", tags=["blue"], **known)
    assert verify(root, library) == Findings()
