"""One search over all filters, suggestions, the map, and input that is none."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from tests.app.conftest import OWNER, SavedData, Tintype
from tests.support.images.tiny import encode_image

OTHER = "somebody"

LISBON = Coordinates(38_722_300, -9_139_300)


def change(tintype: Tintype, photo_id: str, **fields: Any) -> None:
    """Change fields of a record that only ingest sets."""
    photos = tintype.container.photos
    photo = photos.get(photo_id)
    assert photo
    photos.commit(photo, replace(photo, **fields))


@pytest.fixture
def library(tintype: Tintype, saved_data: SavedData) -> Tintype:
    """Three public photos: a.jpg with everything that can be said of it, b.jpg and c.jpg with tags."""
    saved_data.restore(tintype, lambda: publish_photos(tintype))
    return tintype


def publish_photos(tintype: Tintype) -> None:
    """Publish the photos of `library`."""
    for name, color, tags in (
        ("a.jpg", "teal", "dog,summer holiday"),
        ("b.jpg", "navy", "dog"),
        ("c.jpg", "olive", "cat"),
    ):
        photo_id = tintype.publish(name, encode_image(color), tags)
        fields: dict[str, Any] = {"camera_time": CaptureTime(datetime.fromisoformat("2021-11-27T12:00"))}
        if name == "a.jpg":
            fields = {
                "own_caption": "The dog on the beach",
                "camera": "Apple iPhone 13",
                "file_coordinates": LISBON,
                "file_place": ("Lisbon", "Portugal"),
                "favorite": True,
                "own_rating": 4,
                "camera_time": CaptureTime(datetime.fromisoformat("2019-08-12T12:00")),
            }
        change(tintype, photo_id, **fields)


def found(tintype: Tintype, as_: str | None = OWNER, **query: Any) -> list[str]:
    response = tintype.call("GET", "/photos", as_=as_, query=query)
    assert response.status_code == 200, response.body
    return sorted(photo["filename"] for photo in response.json_body["items"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "lisbon 2019 dog beach"}, ["a.jpg"]),
        ({"q": "HOLIDAY"}, ["a.jpg"]),
        ({"q": "iphon"}, ["a.jpg"]),
        ({"q": "iphon "}, []),
        ({"tag": "dog"}, ["a.jpg", "b.jpg"]),
        ({"tag": ["dog", "cat"], "match": "any", "not": "summer holiday"}, ["b.jpg", "c.jpg"]),
        ({"tag": "dog", "from": "2021-01-01", "to": "2021-12-31"}, ["b.jpg"]),
        ({"on": "11-27"}, ["b.jpg", "c.jpg"]),
        ({"camera": "apple iphone 13"}, ["a.jpg"]),
        ({"place": "PORTUGAL"}, ["a.jpg"]),
        ({"favorite": "true"}, ["a.jpg"]),
        ({"rating": "4"}, ["a.jpg"]),
        ({"rating": "5"}, []),
        ({"bounds": "38,-10,39,-9"}, ["a.jpg"]),
        ({"bounds": "-90,-180,90,180"}, ["a.jpg"]),
        ({"bounds": "38,170,39,-170"}, []),
        ({"q": "dog", "tag": "summer holiday", "camera": "Apple iPhone 13", "favorite": "true"}, ["a.jpg"]),
        ({"order": "added"}, ["a.jpg", "b.jpg", "c.jpg"]),
        ({"order": "oldest", "to": "2020-01-01"}, ["a.jpg"]),
    ],
    ids=str,
)
def test_filters_combine(library: Tintype, query: dict[str, Any], names: list[str]) -> None:
    assert found(library, **query) == names


def test_strangers_find_neither_place_nor_camera_nor_filename(library: Tintype) -> None:
    assert found(library, None, q="beach") == ["a.jpg"]
    assert found(library, None, q="2019") == ["a.jpg"]
    for words in ("lisbon", "iphone", "jpg", "a"):
        assert found(library, None, q=f"{words} ") == []
    for query in ({"place": "lisbon"}, {"camera": "x"}, {"favorite": "true"}, {"rating": "1"}, {"bounds": "0,0,1,1"}):
        assert library.call("GET", "/photos", query=query).status_code == 401
        response = library.call("GET", "/photos", as_=OTHER, query=query | {"scope": "public"})
        assert (response.status_code, response.json_body["field"]) == (400, next(iter(query)))
        assert found(library, OTHER, **query) == []
    assert library.call("GET", "/photos/map", query={"bounds": "0,0,1,1"}).status_code == 401
    assert library.get("/search/suggestions", q="lis")["items"] == []
    assert library.call("GET", "/gallery/trending", query={"kind": "place"}).status_code == 401


def test_first_page_says_how_many_there_are_and_their_facets(library: Tintype) -> None:
    page = library.get("/photos", as_=OWNER, q="dog", limit=1, count="true", facets="true")
    assert page["found"] == {"photos": 2, "exact": True}
    assert page["unmatched"] == []
    facets = page["facets"]
    assert {"name": "dog", "count": 2} in facets["tags"]
    assert facets["years"] == [{"name": "2021", "count": 1}, {"name": "2019", "count": 1}]
    assert facets["cameras"] == [{"name": "Apple iPhone 13", "count": 1}]
    assert facets["places"] == [{"name": "Lisbon", "count": 1}, {"name": "Portugal", "count": 1}]
    assert (facets["photos"], facets["complete"]) == (2, True)
    rest = library.get("/photos", as_=OWNER, q="dog", limit=1, count="true", facets="true", cursor=page["cursor"])
    assert (len(rest["items"]), "found" in rest, "facets" in rest) == (1, False, False)


def test_facets_of_the_whole_library_are_its_totals(library: Tintype) -> None:
    page = library.get("/photos", as_=OWNER, count="true", facets="true")
    assert page["found"] == {"photos": 3, "exact": True}
    assert {"name": "Lisbon", "count": 1} in page["facets"]["places"]
    public = library.get("/photos", count="true", facets="true")
    assert public["facets"]["places"] == public["facets"]["cameras"] == []


def test_search_without_photos_says_what_nothing_matches(library: Tintype) -> None:
    page = library.get("/photos", as_=OWNER, q="dog unicorn", tag="cat", camera="Leica", count="true")
    assert page["found"] == {"photos": 0, "exact": True}
    assert page["unmatched"] == [
        {"parameter": "q", "value": "unicorn"},
        {"parameter": "camera", "value": "leica"},
    ]


def test_suggestions_are_names_in_which_a_word_begins_like_this(library: Tintype) -> None:
    def suggest(text: str) -> list[tuple[str, str, int]]:
        items = library.get("/search/suggestions", as_=OWNER, q=text)["items"]
        return [(item["kind"], item["name"], item["count"]) for item in items]

    assert suggest("LIS") == [("place", "Lisbon", 1)]
    assert suggest("holi") == [("tag", "Summer Holiday", 1)]
    assert suggest("iph") == [("camera", "Apple iPhone 13", 1)]
    assert suggest("%") == []


def test_own_words_are_suggested_before_those_of_labelers(tintype: Tintype) -> None:
    tintype.publish("a.jpg", encode_image("teal"), "green,grandma")
    tintype.publish("b.jpg", encode_image("navy"), "green")
    names = [item["name"] for item in tintype.get("/search/suggestions", q="gr")["items"]]
    assert names[:2] == ["Grandma", "Green"]
    trending = {item["tag_name"]: item["automatic"] for item in tintype.get("/gallery/trending", limit=100)["items"]}
    assert (trending["Grandma"], trending["Green"]) == (False, True)


def test_cameras_and_places_are_ranked(library: Tintype) -> None:
    places = library.get("/gallery/trending", as_=OWNER, kind="place")
    assert [(item["tag_name"], item["count"]) for item in places["items"]] == [("Portugal", 1), ("Lisbon", 1)]
    assert places["total_tags"] == 2
    assert all(item["cover_image"] for item in places["items"])
    assert library.get("/gallery/trending", as_=OTHER, kind="camera")["items"] == []


def test_map_has_clusters_whose_bounds_find_their_photos(library: Tintype) -> None:
    whole = library.get("/photos/map", as_=OWNER, bounds="-90,-180,90,180", level="1")
    (cluster,) = whole["clusters"]
    assert (cluster["count"], whole["level"], cluster["latitude"], cluster["longitude"]) == (1, 1, 38.7223, -9.1393)
    assert found(library, bounds=",".join(map(str, cluster["bounds"]))) == ["a.jpg"]
    assert library.get("/photos/map", as_=OWNER, bounds="38.7,-9.2,38.8,-9.1")["level"] == 4
    assert library.get("/photos/map", as_=OTHER, bounds="-90,-180,90,180")["clusters"] == []


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("/photos", {"q": "x" * 5000}, "q"),
    ("/photos", {"q": " ".join(f"w{n}" for n in range(200))}, "q"),
    ("/photos", {"q": "%'\""}, "q"),
    ("/photos", {"q": "\u0000\u202e"}, "q"),
    ("/photos", {"q": " "}, "q"),
    ("/photos", {"bounds": "0,0,NaN,1"}, "bounds"),
    ("/photos", {"bounds": "91,0,92,1"}, "bounds"),
    ("/photos", {"bounds": "2,0,1,1"}, "bounds"),
    ("/photos", {"bounds": "0,0,1"}, "bounds"),
    ("/photos", {"bounds": "0,0,1,1e2"}, "bounds"),
    ("/photos", {"on": "13-01"}, "on"),
    ("/photos", {"on": "1-1"}, "on"),
    ("/photos", {"on": "02-30"}, "on"),
    ("/photos", {"rating": "6"}, "rating"),
    ("/photos", {"favorite": "yes"}, "favorite"),
    ("/photos", {"camera": "\u0301"}, "camera"),
    ("/photos", {"place": "x" * 201}, "place"),
    ("/photos", {"order": "oldest", "q": "dog"}, "order"),
    ("/photos", {"order": "added", "state": "trashed"}, "order"),
    ("/photos", {"order": "random"}, "order"),
    ("/photos", {"count": "1"}, "count"),
    ("/photos", {"tag": [f"t{n}" for n in range(11)]}, "tag"),
    ("/photos/map", {}, "bounds"),
    ("/photos/map", {"bounds": "0,0,1,1", "level": "9"}, "level"),
    ("/search/suggestions", {}, "q"),
    ("/search/suggestions", {"q": "x" * 101}, "q"),
    ("/gallery/trending", {"kind": "place", "order": "heat"}, "order"),
]


@pytest.mark.parametrize(("path", "query", "field"), BAD)
def test_bad_parameters_are_named(tintype: Tintype, path: str, query: dict[str, Any], field: str) -> None:
    response = tintype.call("GET", path, as_=OWNER, query=query)
    assert (response.status_code, response.json_body["field"]) == (400, field)


@pytest.mark.parametrize("text", ["🐕", "\u202edog", "'; DROP", "a%b", "<b>x</b>", "東京", "0"])
def test_unusual_words_find_nothing_without_an_error(tintype: Tintype, text: str) -> None:
    assert found(tintype, q=text) == []


def test_cursor_of_another_search_is_refused(library: Tintype) -> None:
    cursor = library.get("/photos", as_=OWNER, q="dog", limit=1)["cursor"]
    for query in ({"q": "cat"}, {"tag": "dog"}, {"q": "dog", "order": "added"}):
        response = library.call("GET", "/photos", as_=OWNER, query=query | {"limit": 1, "cursor": cursor})
        assert response.status_code == 400


def test_photos_of_earlier_versions_are_indexed_by_the_schedule(tintype: Tintype) -> None:
    photo_id = tintype.publish("lighthouse.jpg", encode_image(), "sea")
    photo = tintype.container.photos.get(photo_id)
    assert photo
    tintype.container.photos._commit_step(photo, replace(photo, words=(), public_words=(), index_revision=0))
    assert found(tintype, q="lighthouse") == []
    tintype.sweep()
    assert found(tintype, q="lighthouse") == ["lighthouse.jpg"]
