"""What files with the same bytes add to their photo."""

from typing import Any

import pytest

from tintype_cli.imports.copies import merge

PHOTO: dict[str, Any] = {
    "tags": ["cat"],
    "label": None,
    "caption": "",
    "rating": 0,
    "favorite": False,
    "place": "Lisbon",
    "coordinates": None,
    "taken_local": "2020-01-01T10:00:00",
    "offset": None,
    "camera_time": {"taken_local": "2020-01-01T10:00:00", "offset": None},
    "file": {"caption": "", "rating": 0, "place": "Lisbon", "coordinates": None},
}
CORRECTED = PHOTO | {
    "label": "lake",
    "caption": "Ours",
    "rating": 3,
    "favorite": True,
    "place": "Porto",
    "coordinates": {"latitude": 41.1, "longitude": -8.6},
    "taken_local": "2021-01-01T10:00:00",
}
COPY = {
    "label": "tram",
    "caption": "Tram 28",
    "rating": 4,
    "favorite": True,
    "place": "Sintra",
    "coordinates": {"latitude": 38.7, "longitude": -9.1},
    "taken_local": "2019-05-01T10:00:00",
    "offset": "+01:00",
}


def test_everything_is_added_to_a_photo_of_which_only_the_file_says_something() -> None:
    assert merge(PHOTO, COPY) == (COPY, [])


def test_photo_keeps_its_metadata() -> None:
    names = ["caption", "rating", "place", "coordinates", "taken_local", "label"]
    assert merge(CORRECTED, COPY) == ({}, names)


@pytest.mark.parametrize("photo", [PHOTO, CORRECTED], ids=["file", "corrected"])
def test_copy_that_says_the_same_or_nothing_changes_nothing(photo: dict[str, Any]) -> None:
    fields = {name: value for name, value in photo.items() if name not in {"file", "camera_time"}}
    assert merge(photo, fields) == ({}, [])
    assert merge(photo, {}) == ({}, [])


def test_tags_are_added_as_far_as_there_is_room() -> None:
    full = [f"tag {number}" for number in range(19)]
    assert merge(PHOTO | {"tags": full}, {"tags": ["Tag 1", "b", "c"]}) == ({"tags": [*full, "b"]}, ["tags"])
    assert merge(PHOTO | {"tags": [*full, "b"]}, {"tags": ["b"]}) == ({}, [])
