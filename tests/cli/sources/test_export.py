"""Exports as a source."""

import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli import api_objects
from tintype_cli import catalogue
from tintype_cli.photos import ImportPhoto, PhotoDetails, Problem, SourceError
from tintype_cli.sources.export import ExportSource, photo_details

TIME = datetime(2026, 11, 28, tzinfo=UTC)

LISBON = {"latitude": 38.7, "longitude": -9.1}


def write(root: Path, *lines: dict[str, Any] | str, end: bool = True) -> ExportSource:
    """An export with these lines, and the originals that they name."""
    header = catalogue.header_line(TIME, "0.1.0")
    counts = {kind: sum(isinstance(line, dict) and line["type"] == kind for line in lines) for kind in CONTENT}
    last = [catalogue.end_line(counts["photo"], counts["album"], counts["share"])] if end else []
    texts = [line if isinstance(line, str) else catalogue.to_text(line) for line in (header, *lines, *last)]
    (root / catalogue.CATALOGUE_NAME).write_text("".join(texts), encoding="utf-8")
    for line in lines:
        if isinstance(line, dict) and line.get("path"):
            (root / line["path"]).parent.mkdir(parents=True, exist_ok=True)
            (root / line["path"]).write_bytes(line["photo_id"].encode())
    return ExportSource(root)


CONTENT = ("photo", "album", "share")


def photo(photo_id: str, **fields: Any) -> dict[str, Any]:
    digest = sha256(photo_id.encode()).hexdigest()
    path = f"originals/2019/07/{photo_id}.jpg"
    return catalogue.photo_line(api_objects.photo(photo_id, **{"sha256": digest, **fields}), path)


def found_photos(source: ExportSource) -> list[ImportPhoto]:
    return [each for each in source.photos() if isinstance(each, ImportPhoto)]


def found_problems(source: ExportSource) -> dict[str, str]:
    return {each.path: each.reason for each in source.photos() if isinstance(each, Problem)}


def test_photo_has_id_checksum_and_corrections(tmp_path: Path) -> None:
    (found,) = found_photos(write(tmp_path, photo("p1")))
    assert (found.photo_id, found.path, found.filename, found.size) == ("p1", "originals/2019/07/p1.jpg", "p1.jpg", 2)
    assert found.sha256 == sha256(b"p1").hexdigest()
    assert found.details == PhotoDetails(
        tags=("lisbon",),
        weight=0.5,
        status="private",
        caption="Tram 28",
        rating=4,
        favorite=True,
        taken_local="2019-07-04T13:12:11.000",
        offset="+01:00",
        place="Alfama, Lisbon, Portugal",
        created_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        albums=("a1",),
        dismissed_tags=("bus",),
    )
    with found.open() as file:
        assert file.read() == b"p1"


def test_what_the_file_says_itself_is_left_to_the_file() -> None:
    line = photo(
        "p1",
        tags=["porto", "sea", "tram"],
        keywords=["sea"],
        label="porto",
        caption="From the file",
        rating=2,
        place="Porto, Portugal",
        taken_local="2019-07-04T13:12:11.000",
        offset=None,
        file={"caption": "From the file", "rating": 2, "place": "Porto, Portugal", "coordinates": LISBON},
    )
    details = photo_details(line)
    assert (details.tags, details.label) == ((), "porto")
    assert (details.caption, details.rating, details.place, details.taken_local) == (None, None, None, None)
    assert details.latitude is details.longitude is None


def test_what_the_owner_removed_is_removed_again() -> None:
    file = {"caption": "From the file", "rating": 2, "place": "Porto, Portugal", "coordinates": LISBON}
    details = photo_details(photo("p1", caption="", rating=0, place=None, coordinates=None, file=file))
    assert (details.caption, details.rating, details.place) == ("", 0, "")
    assert (details.latitude, details.longitude) == (0, 0)


@pytest.mark.parametrize("of_file", [None, {"latitude": 1, "longitude": 2}])
def test_position_by_the_owner_is_taken(of_file: dict[str, float] | None) -> None:
    file = {"caption": "", "rating": 0, "place": None, "coordinates": of_file}
    details = photo_details(photo("p1", coordinates=LISBON, file=file))
    assert (details.latitude, details.longitude) == (38.7, -9.1)


def test_position_of_a_catalogue_that_does_not_tell_whose_it_is_is_left_to_the_file() -> None:
    details = photo_details(photo("p1", coordinates=LISBON, file={"caption": "", "rating": 0, "place": None}))
    assert details.latitude is details.longitude is None


def test_trash_and_duplicates_come_last(tmp_path: Path) -> None:
    source = write(tmp_path, photo("p1", state="trashed"), photo("p2", state="duplicate"), photo("p3"))
    assert [(each.photo_id, each.details.trashed) for each in found_photos(source)] == [
        ("p3", False),
        ("p1", True),
        ("p2", False),
    ]


def test_albums_come_as_they_were_created_with_paths(tmp_path: Path) -> None:
    later = api_objects.album("a1", created_at="2026-11-21T10:00:00.000Z", cover_photo_id="p1")
    smart = api_objects.album("a2", title="Favorites", order="newest", query={"favorite": "true"})
    source = write(
        tmp_path,
        catalogue.album_line(later, ["p2", "gone", "p1"], []),
        catalogue.album_line(smart, [], None),
        photo("p1"),
        photo("p2"),
    )
    first, second = source.albums()
    assert (first.key, first.title, first.query, first.photos) == ("a2", "Favorites", {"favorite": "true"}, ())
    assert (second.key, second.order, second.cover) == ("a1", "manual", "originals/2019/07/p1.jpg")
    assert second.photos == ("originals/2019/07/p2.jpg", "originals/2019/07/p1.jpg")


def test_links_and_members_are_counted_as_not_made_again(tmp_path: Path) -> None:
    members = [api_objects.member(), api_objects.member()]
    source = write(
        tmp_path,
        catalogue.album_line(api_objects.album("a1"), [], members),
        catalogue.share_line(api_objects.share("s1")),
    )
    reasons = [each.reason for each in source.photos() if isinstance(each, Problem)]
    assert reasons == [
        "1 shared links were not made again: what opens them is not in an export.",
        "2 members of albums were not invited again.",
    ]


def test_lines_altered_by_hand_are_named_by_number_and_the_others_are_imported(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        photo("p1"),
        "{broken\n",
        json.dumps(photo("p2") | {"rating": "five"}) + "\n",
        photo("p3") | {"path": "originals/../../secret.jpg"},
        photo("p1") | {"photo_id": "p4"},
        photo("p5") | {"path": None},
        photo("p6") | {"created_at": "2019-13-45T99:99:99Z"},
        photo("p7") | {"created_at": "0001-01-01T00:00:00+15:00"},
        photo("p8") | {"taken_local": "2019-02-30T12:00:00"},
    )
    assert [each.photo_id for each in found_photos(source)] == ["p1"]
    found = found_problems(source)
    assert found["catalogue.jsonl, line 3"] == "The line is not a JSON object."
    assert found["catalogue.jsonl, line 4"].startswith("in rating, 'five' is not")
    assert found["catalogue.jsonl, line 5"].startswith("in path,")
    assert found["catalogue.jsonl, line 6"] == "Another line names the same file, originals/2019/07/p1.jpg."
    assert found["catalogue.jsonl, line 7"] == "The export has no original of p5.jpg."
    assert found["catalogue.jsonl, line 8"] == "created_at is not a time."
    assert found["catalogue.jsonl, line 9"] == "created_at is not a time."
    assert found["catalogue.jsonl, line 10"] == "taken_local is not a time."


def test_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "export"
    root.mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    source = write(root, photo("p1"))
    (root / "originals/2019/07/p1.jpg").unlink()
    (root / "originals/2019/07/p1.jpg").symlink_to(tmp_path / "secret.jpg")
    assert found_photos(source) == []
    assert "leads out of the folder" in found_problems(source)["catalogue.jsonl, line 2"]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    source = write(tmp_path, photo("p1"), photo("p2"), photo("p3"))
    originals = tmp_path / "originals/2019/07"
    for name in ("p1", "p2", "p3"):
        (originals / f"{name}.jpg").unlink()
    os.mkfifo(originals / "p1.jpg")
    (originals / "p2.jpg").mkdir()
    (originals / "p3.jpg").symlink_to(originals / "p3.jpg")
    assert found_photos(source) == []
    found = found_problems(source)
    assert found["catalogue.jsonl, line 2"] == "originals/2019/07/p1.jpg is not a file."
    assert found["catalogue.jsonl, line 3"] == "originals/2019/07/p2.jpg is not a file."
    assert found["catalogue.jsonl, line 4"].startswith("originals/2019/07/p3.jpg can't be read: ")


def test_missing_originals_and_files_that_no_line_names_are_reported(tmp_path: Path) -> None:
    source = write(tmp_path, photo("p1"), photo("p2"))
    (tmp_path / "originals/2019/07/p2.jpg").unlink()
    (tmp_path / "originals/2019/07/p1.jpg.xmp").write_bytes(b"sidecar")
    (tmp_path / "originals/2019/07/mine.jpg").write_bytes(b"mine")
    found = found_problems(source)
    assert found["catalogue.jsonl, line 3"].endswith("can't be read: No such file or directory.")
    assert found["originals/2019/07/mine.jpg"] == "The catalogue does not name this file."
    assert len(found) == 2


def test_catalogue_cut_short_is_named_and_imported_as_far_as_it_goes(tmp_path: Path) -> None:
    source = write(tmp_path, photo("p1"), end=False)
    assert [each.photo_id for each in found_photos(source)] == ["p1"]
    assert found_problems(source) == {"catalogue.jsonl": "The catalogue was cut short: its last line is missing."}


def test_newer_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    header = catalogue.header_line(TIME, "9.0.0") | {"version": catalogue.VERSION + 1}
    (tmp_path / catalogue.CATALOGUE_NAME).write_text(json.dumps(header) + "\n")
    with pytest.raises(SourceError, match=r"The catalogue is of version 2, .* install a newer tintype-cli\."):
        ExportSource(tmp_path).albums()
