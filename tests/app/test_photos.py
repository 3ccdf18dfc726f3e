import base64
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from tests.app.conftest import OWNER, Tintype
from tests.support.images import samples
from tests.support.images.tiny import encode_image

COLORS = ["teal", "navy", "olive", "maroon", "silver"]


def test_timeline_is_paginated_newest_first(tintype: Tintype) -> None:
    for n, color in enumerate(COLORS):
        tintype.publish(f"{n}.jpg", encode_image(color))
    first = tintype.get("/photos", limit=3)
    second = tintype.get("/photos", limit=3, cursor=first["cursor"])
    assert second["cursor"] is None
    names = [p["filename"] for p in (*first["items"], *second["items"])]
    assert sorted(names) == [f"{n}.jpg" for n in range(5)]


def test_full_last_page_has_no_cursor(tintype: Tintype) -> None:
    tintype.publish("one.jpg", encode_image())
    assert tintype.get("/photos", limit=1)["cursor"] is None


def test_owner_sees_original_and_processing(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image(size=(400, 300)))
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert photo["mine"] is True
    assert photo["original_url"].startswith("https://")
    record = photo["processing"]
    assert record["original"] == {
        "width": 400,
        "height": 300,
        "bytes": len(encode_image(size=(400, 300))),
        "format": "JPEG",
    }
    assert (record["resized"]["width"], record["resized"]["height"]) == (200, 150)
    assert record["size_reduction_percent"] == pytest.approx(
        (1 - record["resized"]["bytes"] / record["original"]["bytes"]) * 100, abs=0.01
    )
    assert record["event"]["key"] == "beach.jpg"
    assert record["event"]["event_name"] == "ObjectCreated:Put"
    assert record["duration_ms"] >= 0


def test_camera_is_for_the_owner_only(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", samples.with_metadata())
    assert tintype.get(f"/photos/{photo_id}", as_=OWNER)["camera"] == "Canon EOS 40D"
    assert "camera" not in tintype.get(f"/photos/{photo_id}")
    assert "camera" not in tintype.get(f"/photos/{photo_id}", as_="stranger")


def test_unknown_camera_is_null(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image())
    assert tintype.get(f"/photos/{photo_id}", as_=OWNER)["camera"] is None


def test_signed_urls_contain_the_filename(tintype: Tintype) -> None:
    photo_id = tintype.publish("scan.tif", samples.encoded(samples.quarters(), "TIFF"))
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    for name, saved_as in (("original_url", "scan.tif"), ("resized_url", "scan.jpg")):
        disposition = parse_qs(urlsplit(photo[name]).query)["response-content-disposition"]
        assert disposition == [f"attachment; filename=\"{saved_as}\"; filename*=UTF-8''{saved_as}"]
    assert "disposition" not in photo["image_url"] + photo["thumbnail_url"]


@pytest.mark.parametrize("variant", ["thumbnail", "small", "preview", "resized"])
def test_variant_redirects_to_a_signed_url(tintype: Tintype, variant: str) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image())
    response = tintype.call("GET", f"/photos/{photo_id}/{variant}")
    assert response.status_code == 302
    assert "X-Amz-Signature=" in response.headers["Location"]


def test_small_image_is_at_most_640_pixels(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image(size=(900, 1200)))
    key = f"{photo_id}/small.webp"
    assert f"/{key}?" in tintype.get(f"/photos/{photo_id}")["small_url"]
    stored = tintype.s3.get_object(Bucket="derivatives", Key=key)
    assert stored["ContentType"] == "image/webp"
    with Image.open(BytesIO(stored["Body"].read())) as image:
        assert (image.format, image.size) == ("WEBP", (480, 640))


def test_small_photo_has_its_preview_as_small_image(tintype: Tintype) -> None:
    photo = tintype.get(f"/photos/{tintype.publish('beach.jpg', encode_image(size=(640, 480)))}")
    assert photo["small_url"] == photo["image_url"]


def test_original_is_for_the_owner_only(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image())
    response = tintype.call("GET", f"/photos/{photo_id}/original", as_=OWNER)
    assert response.status_code == 302
    assert "response-content-disposition=attachment" in response.headers["Location"]
    assert tintype.call("GET", f"/photos/{photo_id}/original").status_code == 404
    assert tintype.call("GET", f"/photos/{photo_id}/original", as_="stranger").status_code == 404


@pytest.mark.parametrize("accept", [None, "*/*", "image/avif,image/webp,*/*", "application/json"])
def test_thumbnail_is_returned_for_any_accept_header(tintype: Tintype, accept: str | None) -> None:
    photo_id = tintype.publish("beach.png", encode_image(image_format="PNG"))
    response = tintype.call("GET", f"/thumbnails/{photo_id}", headers={"Accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["ETag"].startswith('"')
    assert response.body.startswith(b"\x89PNG")


def test_thumbnails_are_listed(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image())
    (item,) = tintype.get("/thumbnails")["items"]
    assert item["photo_id"] == photo_id
    assert base64.b64decode(item["placeholder"])


def test_owner_lists_rejected_photos_with_reasons(tintype: Tintype) -> None:
    tintype.drop("notes.jpg", b"just some words")
    (photo,) = tintype.get("/photos", as_=OWNER, state="rejected")["items"]
    assert photo["reason"]
    assert photo["filename"] == "notes.jpg"
    assert tintype.get("/photos", as_="stranger", state="rejected")["items"] == []
    assert tintype.call("GET", "/photos", query={"state": "rejected"}).status_code == 401
    error = tintype.call("GET", "/photos", as_=OWNER, query={"state": "rejected", "scope": "public"})
    assert (error.status_code, error.json_body["field"]) == (400, "state")


def test_timeline_is_limited_to_dates(tintype: Tintype) -> None:
    tintype.publish("a.jpg", encode_image())
    today = tintype.get("/photos")["items"][0]["created_at"][:10]
    assert len(tintype.get("/photos", **{"from": today, "to": today})["items"]) == 1
    assert tintype.get("/photos", to="2020-01-01")["items"] == []
    assert tintype.get("/photos", **{"from": "2100-01-01T00:00:00+02:00"})["items"] == []
    moment = "2026-02-01T00:00:00Z"
    assert tintype.get("/photos", **{"from": moment, "to": moment})["items"] == []
    error = tintype.call("GET", "/photos", query={"from": "2026-02-01", "to": "2026-01-01"})
    assert (error.status_code, error.json_body["error"]) == (400, "from must not be after to.")
    error = tintype.call("GET", "/photos", query={"from": "yesterday"})
    assert (error.status_code, error.json_body["field"]) == (400, "from")
