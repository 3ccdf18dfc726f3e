import base64
from typing import Any

import pytest

from tests.app.conftest import OWNER, Tintype
from tests.pixels import picture

COLOURS = ["teal", "navy", "olive", "maroon", "silver"]


def test_a_dropped_photo_appears_in_the_gallery_by_itself(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture(), "Beach,sea")
    (shown,) = tintype.get("/gallery/articles", tag="BEACH")["items"]
    assert shown["photo_id"] == photo_id
    assert (shown["width"], shown["height"], shown["format"], shown["state"]) == (40, 30, "JPEG", "ready")
    assert shown["tags"][:2] == ["beach", "sea"]
    assert shown["mine"] is False
    assert "original_url" not in shown
    assert "processing" not in shown


def test_trending_counts_tags_and_shows_a_cover(tintype: Tintype) -> None:
    tintype.publish("one.jpg", picture("teal"), "beach,sea")
    tintype.publish("two.jpg", picture("navy"), "beach")
    answer = tintype.get("/gallery/trending", limit=1)
    (first,) = [item for item in answer["items"] if item["tag_name"] == "Beach"] or answer["items"]
    assert first["count"] == 2
    assert first["cover_image"].startswith("https://")
    assert answer["total_tags"] >= 2
    assert answer["cursor"]


@pytest.mark.parametrize("order", ["count", "heat"])
def test_trending_pages_meet_each_tag_once(tintype: Tintype, order: str) -> None:
    for n, colour in enumerate(COLOURS):
        tintype.publish(f"{n}.jpg", picture(colour), ",".join(f"t{m}" for m in range(n + 1)))
    whole = [item["tag_name"] for item in tintype.get("/gallery/trending", order=order, limit=100)["items"]]
    paged, cursor = [], None
    while True:
        asked: dict[str, Any] = {"order": order, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = tintype.get("/gallery/trending", **asked)
        paged += [item["tag_name"] for item in page["items"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert paged == whole
    assert len(set(whole)) == len(whole) == tintype.get("/gallery/trending")["total_tags"]


def test_the_timeline_pages_newest_first_and_ends_with_no_cursor(tintype: Tintype) -> None:
    for n, colour in enumerate(COLOURS):
        tintype.publish(f"{n}.jpg", picture(colour))
    first = tintype.get("/photos", limit=3)
    second = tintype.get("/photos", limit=3, cursor=first["cursor"])
    assert second["cursor"] is None
    names = [p["filename"] for p in (*first["items"], *second["items"])]
    assert sorted(names) == [f"{n}.jpg" for n in range(5)]


def test_a_full_last_page_has_no_cursor(tintype: Tintype) -> None:
    tintype.publish("one.jpg", picture())
    assert tintype.get("/photos", limit=1)["cursor"] is None


def test_the_owner_sees_the_original_and_how_it_was_processed(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture(size=(400, 300)))
    shown = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert shown["mine"] is True
    assert shown["original_url"].startswith("https://")
    record = shown["processing"]
    assert record["original"] == {
        "width": 400,
        "height": 300,
        "bytes": len(picture(size=(400, 300))),
        "format": "JPEG",
    }
    assert (record["resized"]["width"], record["resized"]["height"]) == (200, 150)
    assert record["size_reduction_percent"] == pytest.approx(
        (1 - record["resized"]["bytes"] / record["original"]["bytes"]) * 100, abs=0.01
    )
    assert record["event"]["key"] == "beach.jpg"
    assert record["event"]["event_name"] == "ObjectCreated:Put"
    assert record["duration_ms"] >= 0


@pytest.mark.parametrize("variant", ["thumbnail", "preview", "resized"])
def test_a_variant_is_a_redirect_to_a_signed_url(tintype: Tintype, variant: str) -> None:
    photo_id = tintype.publish("beach.jpg", picture())
    answer = tintype.call("GET", f"/photos/{photo_id}/{variant}")
    assert answer.status_code == 302
    assert "X-Amz-Signature=" in answer.headers["Location"]


def test_the_original_is_for_its_owner_only(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture())
    assert tintype.call("GET", f"/photos/{photo_id}/original", as_=OWNER).status_code == 302
    assert tintype.call("GET", f"/photos/{photo_id}/original").status_code == 404
    assert tintype.call("GET", f"/photos/{photo_id}/original", as_="stranger").status_code == 404


@pytest.mark.parametrize("accept", [None, "*/*", "image/avif,image/webp,*/*", "application/json"])
def test_a_thumbnail_is_served_whatever_is_accepted(tintype: Tintype, accept: str | None) -> None:
    photo_id = tintype.publish("beach.png", picture(form="PNG"))
    answer = tintype.call("GET", f"/thumbnails/{photo_id}", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["ETag"].startswith('"')
    assert answer.body.startswith(b"\x89PNG")


def test_thumbnails_are_listed(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture())
    (item,) = tintype.get("/thumbnails")["items"]
    assert item["photo_id"] == photo_id
    assert base64.b64decode(item["placeholder"])


def test_the_owner_finds_what_was_rejected_and_why(tintype: Tintype) -> None:
    tintype.drop("notes.jpg", b"just some words")
    (shown,) = tintype.get("/photos", as_=OWNER, state="rejected")["items"]
    assert shown["reason"]
    assert shown["filename"] == "notes.jpg"
    assert tintype.get("/photos", as_="stranger", state="rejected")["items"] == []
    assert tintype.call("GET", "/photos", query={"state": "rejected"}).status_code == 401
    refused = tintype.call("GET", "/photos", as_=OWNER, query={"state": "rejected", "scope": "public"})
    assert (refused.status_code, refused.json_body["field"]) == (400, "state")


def test_labels_count_the_callers_own_library(tintype: Tintype) -> None:
    assert tintype.get("/labels", as_="nobody") == {"labels": {}}
    tintype.publish("beach.jpg", picture(), "golden hour")
    assert tintype.get("/labels", as_=OWNER)["labels"]["Golden Hour"] == {"count": 1}


def test_me_tells_who_is_calling(tintype: Tintype) -> None:
    assert tintype.get("/me", as_="alice")["email"] == "alice@example.org"


def test_health_is_ok_once_everything_answers(tintype: Tintype) -> None:
    assert tintype.get("/health") == {"status": "ok", "stage": "test"}


def test_health_names_what_does_not_answer(tintype: Tintype) -> None:
    tintype.s3.delete_bucket(Bucket="derivatives")
    answer = tintype.call("GET", "/health")
    assert answer.status_code == 503
    assert "derivatives bucket" in answer.json_body["error"]
    assert answer.headers["Retry-After"]


def test_image_urls_stay_the_same_within_a_window(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture())
    assert tintype.get(f"/photos/{photo_id}")["image_url"] == tintype.get(f"/photos/{photo_id}")["image_url"]
