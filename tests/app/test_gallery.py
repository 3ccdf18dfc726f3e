from typing import Any

import pytest

from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import encode_image

COLORS = ["teal", "navy", "olive", "maroon", "silver"]


def test_dropped_photo_appears_in_the_gallery(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image(), "Beach,sea")
    (photo,) = tintype.get("/gallery/articles", tag="BEACH")["items"]
    assert photo["photo_id"] == photo_id
    assert (photo["width"], photo["height"], photo["format"], photo["state"]) == (40, 30, "JPEG", "ready")
    assert photo["tags"][:2] == ["beach", "sea"]
    assert photo["mine"] is False
    assert "original_url" not in photo
    assert "processing" not in photo


def test_trending_returns_counts_and_covers(tintype: Tintype) -> None:
    tintype.publish("one.jpg", encode_image("teal"), "beach,sea")
    tintype.publish("two.jpg", encode_image("navy"), "beach")
    response = tintype.get("/gallery/trending", limit=1)
    (first,) = [item for item in response["items"] if item["tag_name"] == "Beach"] or response["items"]
    assert first["count"] == 2
    assert first["cover_image"].startswith("https://")
    assert response["total_tags"] >= 2
    assert response["cursor"]


@pytest.mark.parametrize("order", ["count", "heat"])
def test_trending_pages_contain_each_tag_once(tintype: Tintype, order: str) -> None:
    for n, color in enumerate(COLORS):
        tintype.publish(f"{n}.jpg", encode_image(color), ",".join(f"t{m}" for m in range(n + 1)))
    whole = [item["tag_name"] for item in tintype.get("/gallery/trending", order=order, limit=100)["items"]]
    paged, cursor = [], None
    while True:
        query: dict[str, Any] = {"order": order, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = tintype.get("/gallery/trending", **query)
        paged += [item["tag_name"] for item in page["items"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert paged == whole
    assert len(set(whole)) == len(whole) == tintype.get("/gallery/trending")["total_tags"]


def test_search_by_all_any_and_excluded_tags(tintype: Tintype) -> None:
    for name, tags in {"a.jpg": "sea,sand,dog", "b.jpg": "sea,sand", "c.jpg": "sea", "d.jpg": "dog"}.items():
        tintype.publish(name, encode_image(COLORS["abcd".index(name[0])]), tags)

    def search(**query: Any) -> list[str]:
        return sorted(p["filename"] for p in tintype.get("/gallery/articles", **query)["items"])

    assert search(tag=["sea", "sand"]) == ["a.jpg", "b.jpg"]
    assert search(tag=["Sea", "sand"], match="all", **{"not": "dog"}) == ["b.jpg"]
    assert search(tag=["dog", "sand"], match="any") == ["a.jpg", "b.jpg", "d.jpg"]
    assert search(tag=["dog", "sand"], match="any", **{"not": ["sea"]}) == ["d.jpg"]
    assert search(tag="sea", **{"not": "sand"}) == ["c.jpg"]
    assert search(tag=["sea", "unknown"]) == []


@pytest.mark.parametrize(
    "query", [{"tag": ["t", "odd"]}, {"tag": ["odd", "even"], "match": "any"}, {"tag": "t", "not": "x"}]
)
def test_search_pages_contain_each_photo_once(tintype: Tintype, query: dict[str, Any]) -> None:
    for n in range(7):
        tintype.publish(f"{n}.jpg", encode_image(size=(40 + n, 30)), f"t,{'odd' if n % 2 else 'even'}")
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


def test_tags_are_autocompleted_by_prefix(tintype: Tintype) -> None:
    tintype.publish("a.jpg", encode_image(), "mountain,moon,sea")
    assert tintype.get("/gallery/tags", prefix="MO") == {
        "items": [{"tag_name": "Moon", "count": 1}, {"tag_name": "Mountain", "count": 1}]
    }
    assert len(tintype.get("/gallery/tags", limit=1)["items"]) == 1


def test_stats_of_an_empty_library_are_zero(tintype: Tintype) -> None:
    assert tintype.get("/stats") == {"photos": 0, "bytes": 0, "tags": 0, "months": {}, "as_of": None}


def test_labels_count_the_callers_own_library(tintype: Tintype) -> None:
    assert tintype.get("/labels", as_="newcomer") == {"labels": {}}
    tintype.publish("beach.jpg", encode_image(), "golden hour")
    assert tintype.get("/labels", as_=OWNER)["labels"]["Golden Hour"] == {"count": 1}
