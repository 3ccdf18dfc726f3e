"""Sidecars that we write, as we and exiftool read them."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype_cli.photos import PhotoDetails
from tintype_cli.xmp import parse, write

FULL = PhotoDetails(
    tags=("lisbon", "tram 28", "a/b", "c|d", "<&>\"'"),
    label="sightseeing",
    caption="Tram 28\n\nuphill & <downhill>",
    rating=4,
    favorite=True,
    taken_local="2019-07-04T13:12:11.250",
    offset="+01:00",
    place="Alfama, Lisbon, Lisbon District, Portugal",
    latitude=38.712757,
    longitude=-9.1375,
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Z"]), min_size=1, max_size=20)
LABELS = TEXT.map(lambda text: f"label {text}")


def test_all_is_read_again() -> None:
    assert parse(write(FULL)) == replace(FULL, taken_local="2019-07-04T13:12:11.250000")


def test_nothing_is_read_again() -> None:
    assert parse(write(PhotoDetails())) == PhotoDetails()
    assert parse(write(PhotoDetails(rating=0, favorite=False))) == PhotoDetails(rating=0, favorite=False)


@pytest.mark.parametrize("place", ["Alfama", "Lisbon, Portugal", "a, b, c", "a, b, c, d", "a, b, c, d, e"])
def test_place_is_read_again(place: str) -> None:
    assert parse(write(PhotoDetails(place=place))).place == place


@given(
    st.lists(TEXT, unique_by=str.casefold, max_size=5),
    st.none() | LABELS,
    st.none() | TEXT,
    st.floats(-90, 90),
    st.floats(-180, 180).filter(lambda degrees: abs(degrees) > 1e-6),
)
def test_any_text_and_position_is_read_again(
    tags: list[str], label: str | None, caption: str | None, latitude: float, longitude: float
) -> None:
    details = PhotoDetails(
        tags=tuple(tags), label=label, caption=caption, latitude=round(latitude, 6), longitude=round(longitude, 6)
    )
    found = parse(write(details))
    assert found == replace(details, latitude=found.latitude, longitude=found.longitude)
    assert found.latitude == pytest.approx(details.latitude, abs=1e-6)
    assert found.longitude == pytest.approx(details.longitude, abs=1e-6)


def test_characters_that_xml_cannot_contain_are_left_out() -> None:
    details = parse(write(PhotoDetails(tags=("a\x00b\x0bc",), caption="x\ufffey\x08")))
    assert (details.tags, details.caption) == (("abc",), "xy")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(write(FULL))
    command = ["exiftool", "-json", "-struct", "-n", "-G1", "-XMP:all", "-Validate", str(path)]
    (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert {name: value for name, value in found.items() if name.startswith("XMP-")} == {
        "XMP-x:XMPToolkit": "Tintype",
        "XMP-dc:Subject": list(FULL.tags),
        "XMP-dc:Description": FULL.caption,
        "XMP-lr:HierarchicalSubject": ["lisbon", "tram 28", "a/b", "<&>\"'"],
        "XMP-digiKam:TagsList": ["lisbon", "tram 28", "c|d", "<&>\"'"],
        "XMP-digiKam:PickLabel": 3,
        "XMP-xmpDM:Pick": 1,
        "XMP-xmp:Rating": 4,
        "XMP-xmp:Label": "sightseeing",
        "XMP-exif:DateTimeOriginal": "2019:07:04 13:12:11.25+01:00",
        "XMP-photoshop:DateCreated": "2019:07:04 13:12:11.25+01:00",
        "XMP-exif:GPSLatitude": pytest.approx(38.712757),
        "XMP-exif:GPSLongitude": pytest.approx(-9.1375),
        "XMP-iptcCore:Location": "Alfama",
        "XMP-photoshop:City": "Lisbon",
        "XMP-photoshop:State": "Lisbon District",
        "XMP-photoshop:Country": "Portugal",
    }
    assert found["ExifTool:Validate"] == "0 0 0"  # errors, warnings, minor warnings
