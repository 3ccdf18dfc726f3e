from datetime import datetime, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from PIL.ExifTags import IFD, Base
from PIL.Image import Exif

from tests.app.conftest import OWNER, SavedData, Tintype
from tests.support.images.tiny import encode_image

PHONE = {"taken_at": "2026-03-15T07:30:00.450Z", "taken_local": "2026-03-14T23:30:00.450", "offset": "-08:00"}
UNKNOWN = {"taken_at": None, "taken_local": None, "offset": None}


def add_photo(tintype: Tintype, name: str, taken: str | None = None, offset: str | None = None) -> str:
    """Publish a photo whose EXIF data has this time, with hundredths of a second, and offset."""
    exif = Exif()
    if taken:
        local, _, hundredths = taken.partition(".")
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = local
        exif.get_ifd(IFD.Exif)[Base.SubsecTimeOriginal] = hundredths
        exif.get_ifd(IFD.Exif)[Base.OffsetTimeOriginal] = offset or ""
    size = (100 + sum(name.encode()) % 90, 60 + len(name))
    return tintype.publish(name, encode_image(size=size, exif=exif))


def add_phone_photo(tintype: Tintype) -> str:
    return add_photo(tintype, "phone.jpg", "2026:03:14 23:30:00.45", "-08:00")


@pytest.fixture
def photo_id(tintype: Tintype, saved_data: SavedData) -> str:
    """A public photo with a time, the only one of the library."""
    return saved_data.restore(tintype, lambda: add_phone_photo(tintype))


def times(photo: dict[str, Any]) -> dict[str, Any]:
    return {name: photo[name] for name in UNKNOWN}


def update(tintype: Tintype, photo_id: str, body: Any) -> HTTPResponse:
    return tintype.call("PATCH", f"/photos/{photo_id}", as_=OWNER, body=body)


def batch(tintype: Tintype, photo_ids: list[str], action: str, **fields: Any) -> list[dict[str, Any]]:
    body = {"photo_ids": photo_ids, "action": action, **fields}
    response = tintype.call("POST", "/photos/batch", as_=OWNER, body=body)
    assert response.status_code == 200, response.body
    results: list[dict[str, Any]] = response.json_body["results"]
    return results


def listed(tintype: Tintype, **params: str) -> list[str]:
    return [photo["filename"] for photo in tintype.get("/photos", **params)["items"]]


def test_photo_of_a_phone_is_listed_under_the_day_of_its_clock(tintype: Tintype, photo_id: str) -> None:
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert times(photo) == PHONE
    assert photo["camera_time"] == {"taken_local": PHONE["taken_local"], "offset": "-08:00"}
    assert "camera_time" not in tintype.get(f"/photos/{photo_id}")
    assert listed(tintype, **{"from": "2026-03-14", "to": "2026-03-14"}) == ["phone.jpg"]
    assert listed(tintype, **{"from": "2026-03-15"}) == []


def test_photos_are_sorted_by_clock_then_fraction_then_moment(tintype: Tintype) -> None:
    for fraction in ("45", "05", "85", "25", "65"):
        add_photo(tintype, f"burst{fraction}.jpg", f"2003:09:10 20:59:18.{fraction}")
    add_photo(tintype, "west.jpg", "2003:09:10 20:59:18.5", "-08:00")
    add_photo(tintype, "east.jpg", "2003:09:10 20:59:18.5", "+09:00")
    order = ["burst85", "burst65", "west", "east", "burst45", "burst25", "burst05"]
    assert listed(tintype) == [f"{name}.jpg" for name in order]


def test_corrected_time_moves_the_photo_and_is_reset(tintype: Tintype, photo_id: str) -> None:
    corrected = update(tintype, photo_id, {"taken_local": "2019-07-01T08:00:00", "offset": "+02:00"}).json_body
    assert times(corrected) == {
        "taken_at": "2019-07-01T06:00:00.000Z",
        "taken_local": "2019-07-01T08:00:00.000",
        "offset": "+02:00",
    }
    assert corrected["camera_time"]["taken_local"] == PHONE["taken_local"]
    assert listed(tintype, to="2019-07-01") == ["phone.jpg"]
    assert update(tintype, photo_id, {"offset": None}).json_body["taken_at"] is None
    assert times(update(tintype, photo_id, {"taken_local": None}).json_body) == PHONE
    assert listed(tintype, to="2019-07-01") == []


def test_correction_survives_another_ingest(tintype: Tintype, photo_id: str) -> None:
    update(tintype, photo_id, {"taken_local": "2019-07-01T08:00"})
    add_phone_photo(tintype)
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert photo["taken_local"] == "2019-07-01T08:00:00.000"
    assert photo["camera_time"]["taken_local"] == PHONE["taken_local"]


def test_public_photo_with_20_tags_moves_completely(tintype: Tintype, photo_id: str) -> None:
    tags = [f"t{n}" for n in range(20)]
    update(tintype, photo_id, {"tags": tags, "status": "public"})
    assert update(tintype, photo_id, {"taken_local": "2019-07-01T08:00:00"}).status_code == 200
    for scope, viewer in (("public", None), ("mine", OWNER)):
        assert listed_by(tintype, viewer, scope=scope, to="2019-07-02") == ["phone.jpg"]
        found = tintype.get("/gallery/articles", as_=viewer, scope=scope, tag=tags[:10], match="all")["items"]
        assert [photo["photo_id"] for photo in found] == [photo_id]


def listed_by(tintype: Tintype, viewer: str | None, **params: str) -> list[str]:
    return [photo["filename"] for photo in tintype.get("/photos", as_=viewer, **params)["items"]]


def test_batch_shifts_sets_and_resets_times(tintype: Tintype) -> None:
    phone = add_phone_photo(tintype)
    undated = add_photo(tintype, "undated.jpg")
    shifted, failed = batch(tintype, [phone, undated], "shift_time", seconds=-3600)
    assert shifted["photo"]["taken_local"] == "2026-03-14T22:30:00.450"
    assert (failed["ok"], failed["field"]) == (False, "taken_local")
    (zoned,) = batch(tintype, [phone], "set_offset", offset="+05:45")
    assert zoned["photo"]["taken_at"] == "2026-03-14T16:45:00.450Z"
    both = batch(tintype, [phone, undated], "set_time", taken_local="2020-01-01T00:00:00", offset="+00:00")
    assert {result["photo"]["taken_at"] for result in both} == {"2020-01-01T00:00:00.000Z"}
    back = batch(tintype, [phone, undated], "reset_time")
    assert [times(result["photo"]) for result in back] == [PHONE, UNKNOWN]


def test_time_taken_after_the_upload_is_invalid(tintype: Tintype, photo_id: str) -> None:
    later = (datetime.now().astimezone() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S")
    response = update(tintype, photo_id, {"taken_local": later})
    assert (response.status_code, response.json_body["field"]) == (400, "taken_local")
    assert times(tintype.get(f"/photos/{photo_id}", as_=OWNER)) == PHONE


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"taken_local": "2019-07-01T08:00:00Z"}, "taken_local"),
        ({"taken_local": "2019-07-01T08:00:00+02:00"}, "taken_local"),
        ({"taken_local": "2019-07-01"}, "taken_local"),
        ({"taken_local": "2019-W01-1T08:00"}, "taken_local"),
        ({"taken_local": "2019-02-30T08:00"}, "taken_local"),
        ({"taken_local": "0000-01-01T00:00"}, "taken_local"),
        ({"taken_local": "9999-12-31T23:59:59"}, "taken_local"),
        ({"taken_local": 1562000000}, "taken_local"),
        ({"taken_local": ["2019-07-01T08:00"]}, "taken_local"),
        ({"offset": "+26:00"}, "offset"),
        ({"offset": "Z"}, "offset"),
        ({"offset": 120}, "offset"),
        ({"offset": "\u0660\u0661:00"}, "offset"),
    ],
)
def test_invalid_time_returns_400_and_changes_nothing(
    tintype: Tintype, photo_id: str, body: dict[str, Any], field: str
) -> None:
    response = update(tintype, photo_id, body)
    assert (response.status_code, response.json_body["field"]) == (400, field)
    assert times(tintype.get(f"/photos/{photo_id}", as_=OWNER)) == PHONE


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "shift_time"}, "seconds"),
        ({"action": "shift_time", "seconds": "3600"}, "seconds"),
        ({"action": "shift_time", "seconds": True}, "seconds"),
        ({"action": "shift_time", "seconds": 10**12}, "seconds"),
        ({"action": "shift_time", "seconds": 60, "offset": None}, "offset"),
        ({"action": "set_time"}, "taken_local"),
        ({"action": "set_offset"}, "offset"),
        ({"action": "reset_time", "taken_local": None}, "taken_local"),
        ({"action": "set_time", "taken_local": "2020-01-01T00:00", "tags": ["a"]}, "tags"),
    ],
)
def test_invalid_batch_of_times_returns_400(tintype: Tintype, body: dict[str, Any], field: str) -> None:
    response = tintype.call("POST", "/photos/batch", as_=OWNER, body={"photo_ids": ["a"], **body})
    assert (response.status_code, response.json_body["field"]) == (400, field)
