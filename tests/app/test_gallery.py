import base64
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.images import samples
from tests.support.images.tiny import picture

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


def test_the_camera_is_told_to_the_owner_alone(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", samples.telling())
    assert tintype.get(f"/photos/{photo_id}", as_=OWNER)["camera"] == "Canon EOS 40D"
    assert "camera" not in tintype.get(f"/photos/{photo_id}")
    assert "camera" not in tintype.get(f"/photos/{photo_id}", as_="stranger")


def test_a_photo_without_a_camera_says_null(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture())
    assert tintype.get(f"/photos/{photo_id}", as_=OWNER)["camera"] is None


def test_links_to_original_and_resized_save_them_under_the_photos_name(tintype: Tintype) -> None:
    photo_id = tintype.publish("scan.tif", samples.encoded(samples.quarters(), "TIFF"))
    shown = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    for name, saved_as in (("original_url", "scan.tif"), ("resized_url", "scan.jpg")):
        told = parse_qs(urlsplit(shown[name]).query)["response-content-disposition"]
        assert told == [f"attachment; filename=\"{saved_as}\"; filename*=UTF-8''{saved_as}"]
    assert "disposition" not in shown["image_url"] + shown["thumbnail_url"]


@pytest.mark.parametrize("variant", ["thumbnail", "small", "preview", "resized"])
def test_a_variant_is_a_redirect_to_a_signed_url(tintype: Tintype, variant: str) -> None:
    photo_id = tintype.publish("beach.jpg", picture())
    answer = tintype.call("GET", f"/photos/{photo_id}/{variant}")
    assert answer.status_code == 302
    assert "X-Amz-Signature=" in answer.headers["Location"]


def test_a_grid_gets_an_image_of_at_most_640_pixels(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", picture(size=(900, 1200)))
    key = f"{id_of(OWNER)}/{photo_id}/small-beach.webp"
    assert f"/{key}?" in tintype.get(f"/photos/{photo_id}")["small_url"]
    stored = tintype.s3.get_object(Bucket="derivatives", Key=key)
    assert stored["ContentType"] == "image/webp"
    with Image.open(BytesIO(stored["Body"].read())) as image:
        assert (image.format, image.size) == ("WEBP", (480, 640))


def test_a_photo_that_is_small_itself_has_its_preview_there(tintype: Tintype) -> None:
    shown = tintype.get(f"/photos/{tintype.publish('beach.jpg', picture(size=(640, 480)))}")
    assert shown["small_url"] == shown["image_url"]


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


def test_several_tags_are_found_all_any_and_without(tintype: Tintype) -> None:
    for name, tags in {"a.jpg": "sea,sand,dog", "b.jpg": "sea,sand", "c.jpg": "sea", "d.jpg": "dog"}.items():
        tintype.publish(name, picture(COLOURS["abcd".index(name[0])]), tags)

    def found(**query: Any) -> list[str]:
        return sorted(p["filename"] for p in tintype.get("/gallery/articles", **query)["items"])

    assert found(tag=["sea", "sand"]) == ["a.jpg", "b.jpg"]
    assert found(tag=["Sea", "sand"], match="all", **{"not": "dog"}) == ["b.jpg"]
    assert found(tag=["dog", "sand"], match="any") == ["a.jpg", "b.jpg", "d.jpg"]
    assert found(tag=["dog", "sand"], match="any", **{"not": ["sea"]}) == ["d.jpg"]
    assert found(tag="sea", **{"not": "sand"}) == ["c.jpg"]
    assert found(tag=["sea", "unknown"]) == []


@pytest.mark.parametrize(
    "query", [{"tag": ["t", "odd"]}, {"tag": ["odd", "even"], "match": "any"}, {"tag": "t", "not": "x"}]
)
def test_a_search_pages_through_every_photo_once(tintype: Tintype, query: dict[str, Any]) -> None:
    for n in range(7):
        tintype.publish(f"{n}.jpg", picture(size=(40 + n, 30)), f"t,{'odd' if n % 2 else 'even'}")
    whole = [p["photo_id"] for p in tintype.get("/gallery/articles", **query)["items"]]
    paged: list[str] = []
    cursor = None
    while True:
        page = tintype.get("/gallery/articles", limit=2, **query, **({"cursor": cursor} if cursor else {}))
        paged += [p["photo_id"] for p in page["items"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert paged == whole
    assert len(whole) == len(set(whole)) >= 3


def test_tags_are_completed_from_their_beginning(tintype: Tintype) -> None:
    tintype.publish("a.jpg", picture(), "mountain,moon,sea")
    assert tintype.get("/gallery/tags", prefix="MO") == {
        "items": [{"tag_name": "Moon", "count": 1}, {"tag_name": "Mountain", "count": 1}]
    }
    assert len(tintype.get("/gallery/tags", limit=1)["items"]) == 1


def test_the_timeline_is_cut_to_dates(tintype: Tintype) -> None:
    tintype.publish("a.jpg", picture())
    today = tintype.get("/photos")["items"][0]["created_at"][:10]
    assert len(tintype.get("/photos", **{"from": today, "to": today})["items"]) == 1
    assert tintype.get("/photos", to="2020-01-01")["items"] == []
    assert tintype.get("/photos", **{"from": "2100-01-01T00:00:00+02:00"})["items"] == []
    refused = tintype.call("GET", "/photos", query={"from": "yesterday"})
    assert (refused.status_code, refused.json_body["field"]) == (400, "from")


@pytest.mark.parametrize(
    ("path", "keep"),
    [
        ("/gallery/trending", "public, max-age=0, s-maxage=300"),
        ("/gallery/articles?tag=beach", "public, max-age=0, s-maxage=60"),
        ("/gallery/tags", "public, max-age=0, s-maxage=60"),
        ("/photos", "public, max-age=0, s-maxage=60"),
        ("/photos/{id}", "public, max-age=0, s-maxage=60"),
        ("/thumbnails", "public, max-age=0, s-maxage=60"),
        ("/thumbnails/{id}", "public, max-age=0, s-maxage=60"),
    ],
)
def test_what_everybody_may_see_may_be_kept_and_is_not_sent_twice(tintype: Tintype, path: str, keep: str) -> None:
    path = path.replace("{id}", tintype.publish("a.jpg", picture()))
    first = tintype.call("GET", path)
    assert first.headers["Cache-Control"] == keep
    assert first.headers["Vary"] == "Authorization, Accept"
    etag = first.headers["ETag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        again = tintype.call("GET", path, headers={"If-None-Match": known})
        assert (again.status_code, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert tintype.call("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200
    mine = tintype.call("GET", path, as_=OWNER, headers={"If-None-Match": "none"})
    assert mine.headers["Cache-Control"].startswith("private")


def test_what_changed_has_another_etag(tintype: Tintype) -> None:
    tintype.publish("a.jpg", picture())
    first = tintype.call("GET", "/photos").headers["ETag"]
    tintype.publish("b.jpg", picture("navy"))
    assert tintype.call("GET", "/photos", headers={"If-None-Match": first}).status_code == 200


def test_errors_are_never_kept(tintype: Tintype) -> None:
    assert tintype.call("GET", "/photos/x").headers["Cache-Control"] == "private, no-store"


def test_an_empty_library_has_figures_too(tintype: Tintype) -> None:
    assert tintype.get("/stats") == {"photos": 0, "bytes": 0, "tags": 0, "months": {}, "as_of": None}


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
