"""What owners and files say of photos: captions, favorites, ratings, places, keywords, and where they were taken."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from chalice.test import HTTPResponse
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif
from PIL.TiffImagePlugin import IFDRational

from chalicelib.util.coordinates import Coordinates
from tests.app.conftest import OWNER, Tintype
from tests.support.images import blocks
from tests.support.images.tiny import encode_image

PORTO = {"latitude": 41.1496, "longitude": -8.611}
NOWHERE = {"latitude": 0, "longitude": 0}
NOTHING = {"caption": "", "favorite": False, "rating": 0, "place": None}
# Words that only the owner of a photo may read, wherever they are.
SECRETS = (
    *("Sintra", "Portugal", "Planar", "38.79", "-9.39", "41.14", "-8.61", "coordinates"),
    *("favorite", "rating", "keywords", "Harbor"),
)


def update(tintype: Tintype, photo_id: str, body: Any, version: str | None = None) -> HTTPResponse:
    headers = {"If-Match": version} if version is not None else {}
    return tintype.call("PATCH", f"/photos/{photo_id}", as_=OWNER, body=body, headers=headers)


def batch(tintype: Tintype, photo_ids: list[str], action: str, **fields: Any) -> list[dict[str, Any]]:
    body = {"photo_ids": photo_ids, "action": action, **fields}
    response = tintype.call("POST", "/photos/batch", as_=OWNER, body=body)
    assert response.status_code == 200, response.body
    results: list[dict[str, Any]] = response.json_body["results"]
    return results


def descriptions(photo: dict[str, Any]) -> dict[str, Any]:
    return {name: photo[name] for name in NOTHING}


def test_owner_says_and_takes_back_what_a_photo_shows(tintype: Tintype) -> None:
    photo_id = tintype.publish("bay.jpg", encode_image())
    body = {"caption": "<b>Our bay</b> \r\n& 50 %", "favorite": True, "rating": 5, "place": "Sa\u0303o Paulo,Brazil"}
    first = update(tintype, photo_id, body)
    assert first.status_code == 200, first.body
    expected = {"caption": "<b>Our bay</b>\n& 50 %", "favorite": True, "rating": 5, "place": "São Paulo, Brazil"}
    assert descriptions(first.json_body) == descriptions(tintype.get(f"/photos/{photo_id}", as_=OWNER)) == expected
    assert first.json_body["file"] == {"caption": "", "rating": 0, "place": None, "coordinates": None}
    assert tintype.get(f"/photos/{photo_id}")["caption"] == expected["caption"]
    assert update(tintype, photo_id, {"rating": 1}, version=str(first.json_body["version"] - 1)).status_code == 412
    removed = update(tintype, photo_id, {"caption": "", "favorite": False, "rating": 0, "place": ""})
    assert descriptions(removed.json_body) == NOTHING
    assert update(tintype, photo_id, {"caption": None, "rating": None, "place": None}).json_body == removed.json_body


def test_batch_says_something_of_many_photos(tintype: Tintype) -> None:
    ids = [tintype.publish(f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("favorite", {}, {"favorite": True}),
        ("rate", {"rating": 4}, {"rating": 4}),
        ("set_caption", {"caption": " Our bay "}, {"caption": "Our bay"}),
        ("set_place", {"place": "Lisbon, Portugal"}, {"place": "Lisbon, Portugal"}),
        ("unfavorite", {}, {"favorite": False}),
        ("rate", {"rating": None}, {"rating": 0}),
        ("set_caption", {"caption": None}, {"caption": ""}),
        ("set_place", {"place": None}, {"place": None}),
        ("set_coordinates", {"coordinates": PORTO}, {"coordinates": PORTO, "place": "Porto, Portugal"}),
        ("set_coordinates", {"coordinates": None}, {"coordinates": None, "place": None}),
    ]
    for action, fields, changed in changes:
        for result in batch(tintype, ids, action, **fields):
            assert result["photo"].items() >= changed.items(), action


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"caption": 3}, "caption"),
        ({"caption": ["Bay"]}, "caption"),
        ({"caption": "x" * 2001}, "caption"),
        ({"favorite": None}, "favorite"),
        ({"favorite": 1}, "favorite"),
        ({"favorite": "true"}, "favorite"),
        ({"rating": 6}, "rating"),
        ({"rating": -1}, "rating"),
        ({"rating": 3.0}, "rating"),
        ({"rating": "3"}, "rating"),
        ({"rating": True}, "rating"),
        ({"place": 3}, "place"),
        ({"place": ["Lisbon"]}, "place"),
        ({"place": "x" * 65}, "place"),
        ({"place": "a,b,c,d,e"}, "place"),
        (b'{"rating": NaN}', "rating"),
        ({"keywords": ["sea"]}, "keywords"),
        ({"coordinates": "41.1, -8.6"}, "coordinates"),
        ({"coordinates": [41.1, -8.6]}, "coordinates"),
        ({"coordinates": {}}, "coordinates"),
        ({"coordinates": {"latitude": 41.1}}, "coordinates"),
        ({"coordinates": {"latitude": 41.1, "longitude": None}}, "coordinates"),
        ({"coordinates": {"latitude": "41.1", "longitude": -8.6}}, "coordinates"),
        ({"coordinates": {"latitude": True, "longitude": -8.6}}, "coordinates"),
        ({"coordinates": {"latitude": 41.1, "longitude": -8.6, "altitude": 3}}, "coordinates"),
        ({"coordinates": {"latitude": 90.0000001, "longitude": 0}}, "coordinates"),
        ({"coordinates": {"latitude": 0, "longitude": -180.0000001}}, "coordinates"),
        (b'{"coordinates": {"latitude": NaN, "longitude": 1}}', "coordinates"),
        (b'{"coordinates": {"latitude": 1, "longitude": -Infinity}}', "coordinates"),
        (b'{"coordinates": {"latitude": 1e999, "longitude": 1}}', "coordinates"),
        (b'{"coordinates": {"latitude": 1' + b"0" * 400 + b', "longitude": 1}}', "coordinates"),
        ({"file": {"caption": "x"}}, "file"),
    ],
)
def test_invalid_description_returns_400_naming_the_field(tintype: Tintype, body: Any, field: str) -> None:
    response = update(tintype, "any", body)
    assert (response.status_code, response.json_body.get("field")) == (400, field), response.body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "rate"}, "rating"),
        ({"action": "rate", "rating": 6}, "rating"),
        ({"action": "favorite", "rating": 3}, "rating"),
        ({"action": "set_caption"}, "caption"),
        ({"action": "set_caption", "caption": 3}, "caption"),
        ({"action": "set_place", "place": "x" * 201}, "place"),
        ({"action": "set_place", "place": "Lisbon", "caption": "Bay"}, "caption"),
        ({"action": "set_coordinates"}, "coordinates"),
        ({"action": "set_coordinates", "coordinates": {"latitude": 91, "longitude": 1}}, "coordinates"),
    ],
)
def test_invalid_batch_of_descriptions_returns_400(tintype: Tintype, body: dict[str, Any], field: str) -> None:
    response = tintype.call("POST", "/photos/batch", as_=OWNER, body={"photo_ids": ["a"], **body})
    assert (response.status_code, response.json_body["field"]) == (400, field)


def test_surrogates_and_control_characters_are_removed(tintype: Tintype) -> None:
    photo_id = tintype.publish("bay.jpg", encode_image())
    response = update(tintype, photo_id, rb'{"caption": "a\ud800\u0000b\u202e", "place": "\udfffLisbon\u0007"}')
    assert (response.json_body["caption"], response.json_body["place"]) == ("ab", "Lisbon")


@pytest.mark.parametrize("viewer", [None, "mallory"])
def test_only_the_caption_in_effect_is_public(tintype: Tintype, viewer: str | None) -> None:
    photo_id = tintype.publish("bay.jpg", encode_image())
    photo = tintype.container.photos.get(photo_id)
    assert photo
    private: dict[str, Any] = {
        "file_coordinates": Coordinates(38_797_000, -9_390_000),
        "file_place": ("Sintra", "Portugal"),
        "file_caption": "Harbor",
        "lens": "Planar 50mm",
    }
    tintype.container.photos.commit(photo, replace(photo, keywords=("boat",), **private))
    at = {"latitude": 41.149612, "longitude": -8.611023}
    body = {"favorite": True, "rating": 4, "caption": "Boats", "coordinates": at, "place": "Sintra, Portugal"}
    assert update(tintype, photo_id, body).json_body["coordinates"] == at
    public = [
        *(f"/photos/{photo_id}", f"/photos/{photo_id}/similar", "/photos?scope=public"),
        *("/gallery/articles?tag=boat&scope=public", "/gallery/articles?tag=beach&match=all&scope=public"),
        *("/gallery/trending?scope=public", "/gallery/tags?q=b&scope=public", "/labels?scope=public"),
        *("/thumbnails?scope=public", "/stats?scope=public"),
    ]
    bodies = [tintype.call("GET", path, as_=viewer).body.decode() for path in public]
    headers = {"Accept": "application/json"}
    query = {"label": "beach", "scope": "public"}
    random = tintype.call("GET", "/random", as_=viewer, headers=headers, query=query)
    bodies.append(random.body.decode())
    assert [body.count('"caption":"Boats"') for body in bodies] == [1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1]
    assert {secret for body in bodies for secret in SECRETS if secret in body} == set()


def described_image() -> bytes:
    """A photo with a GPS position, caption, rating, keywords, lens and exposure."""
    exif = Exif()
    exif[Base.ImageDescription] = "Harbor at dawn"
    exif.get_ifd(IFD.Exif).update(
        {Base.LensModel: "Planar 50mm", Base.FNumber: IFDRational(56, 10), Base.ISOSpeedRatings: 400}
    )
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (38.0, 42.0, 0.0),
            GPS.GPSLongitudeRef: "W",
            GPS.GPSLongitude: (9.0, 9.0, 0.0),
        }
    )
    subject = "<dc:subject><rdf:Bag><rdf:li>Fishing Boat</rdf:li><rdf:li>Beach</rdf:li></rdf:Bag></dc:subject>"
    packet = blocks.xmp('xmp:Rating="4"', subject)
    return encode_image(size=(2000, 1500), exif=exif, xmp=packet)


def test_what_the_file_says_is_taken_and_stays_beside_what_the_owner_says(tintype: Tintype) -> None:
    photo_id = tintype.publish("harbor.jpg", described_image())
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert (photo["caption"], photo["rating"], photo["lens"]) == ("Harbor at dawn", 4, "Planar 50mm")
    assert (photo["exposure"]["f_number"], photo["exposure"]["iso"]) == (5.6, 400)
    assert (photo["keywords"], photo["tags"][:2]) == (["fishing boat", "beach"], ["beach", "fishing boat"])
    assert photo["coordinates"] == {"latitude": 38.7, "longitude": -9.15}
    assert photo["place"].endswith("Portugal")
    assert [p["photo_id"] for p in tintype.get("/gallery/articles", tag="fishing boat")["items"]] == [photo_id]
    edited = update(tintype, photo_id, {"caption": "Boats", "tags": ["beach"], "place": "Alfama"}).json_body
    assert edited["file"] == {
        "caption": "Harbor at dawn",
        "rating": 4,
        "place": photo["place"],
        "coordinates": {"latitude": 38.7, "longitude": -9.15},
    }
    tintype.drop("harbor.jpg", described_image(), tags="beach", status="public")
    again = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert (again["caption"], again["place"], again["rating"]) == ("Boats", "Alfama", 4)
    assert "fishing boat" not in again["tags"]
    reset = update(tintype, photo_id, {"caption": None, "place": None}).json_body
    assert (reset["caption"], reset["place"]) == ("Harbor at dawn", photo["place"])


def test_derivatives_carry_nothing_of_what_the_file_says(tintype: Tintype) -> None:
    original = described_image()
    tintype.publish("harbor.jpg", original)
    signs = (b"Exif", b"GPS", b"xmp", b"Harbor", b"Planar", b"oat")
    assert [sign for sign in signs if sign not in original] == [b"GPS"]  # of EXIF, numbers name the fields
    stored = tintype.s3.list_objects_v2(Bucket="derivatives")["Contents"]
    assert len(stored) == 4
    for each in stored:
        found = tintype.s3.get_object(Bucket="derivatives", Key=each["Key"])
        data = found["Body"].read()
        assert [sign for sign in signs if sign in data] == [], each["Key"]
        assert not Image.open(BytesIO(data)).getexif()
        assert not {"lat", "gps", "place", "caption"} & {word for name in found["Metadata"] for word in name.split("-")}


def test_library_without_places_takes_no_position(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    photo_id = tintype.publish("harbor.jpg", described_image())
    monkeypatch.setitem(tintype.container.__dict__, "find_place", None)
    for response in (
        update(tintype, photo_id, {"coordinates": PORTO}),
        tintype.call("POST", "/uploads", as_=OWNER, body={"filename": "a.jpg", "coordinates": PORTO}),
    ):
        assert (response.status_code, response.json_body["field"]) == (400, "coordinates")
    assert batch(tintype, [photo_id], "set_coordinates", coordinates=PORTO)[0]["field"] == "coordinates"
    assert update(tintype, photo_id, {"coordinates": NOWHERE}).json_body["coordinates"] is None


def found_near(tintype: Tintype, at: dict[str, float]) -> list[str]:
    """The ids of the owner's photos within 0.01 degrees."""
    south, west = at["latitude"] - 0.01, at["longitude"] - 0.01
    bounds = f"{south:.6f},{west:.6f},{south + 0.02:.6f},{west + 0.02:.6f}"
    clusters = tintype.get("/photos/map", as_=OWNER, bounds=bounds)["clusters"]
    ids = [photo["photo_id"] for photo in tintype.get("/photos", as_=OWNER, scope="mine", bounds=bounds)["items"]]
    assert sum(cluster["count"] for cluster in clusters) == len(ids)
    return ids


def words(tintype: Tintype, word: str) -> int:
    """How many of the owner's photos a search for this word finds, and how many have it as a place."""
    found = [len(tintype.get("/photos", as_=OWNER, scope="mine", **{name: word})["items"]) for name in ("q", "place")]
    assert found[0] == found[1]
    return found[0]


def test_position_of_the_owner_counts_everywhere(tintype: Tintype) -> None:
    photo_id = tintype.publish("harbor.jpg", described_image())
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    of_file, town = photo["coordinates"], photo["place"].partition(",")[0]
    assert (found_near(tintype, of_file), words(tintype, town)) == ([photo_id], 1)
    moved = update(tintype, photo_id, {"coordinates": PORTO}, version=str(photo["version"])).json_body
    assert (moved["coordinates"], moved["place"]) == (PORTO, "Porto, Portugal")
    assert moved["file"]["coordinates"] == of_file
    assert (found_near(tintype, PORTO), found_near(tintype, of_file)) == ([photo_id], [])
    assert (words(tintype, "porto"), words(tintype, town)) == (1, 0)
    assert update(tintype, photo_id, {"coordinates": None}, version=str(photo["version"])).status_code == 412
    tintype.drop("harbor.jpg", described_image(), tags="beach", status="public")
    again = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert (again["coordinates"], again["place"]) == (PORTO, "Porto, Portugal")
    named = update(tintype, photo_id, {"coordinates": of_file, "place": "Porto, Portugal"}).json_body
    assert (named["coordinates"], named["place"], named["file"]["place"]) == (
        *(of_file, "Porto, Portugal"),
        photo["place"],
    )
    removed = update(tintype, photo_id, {"coordinates": NOWHERE, "place": None}).json_body
    assert (removed["coordinates"], removed["place"], removed["file"]["coordinates"]) == (None, None, of_file)
    assert (found_near(tintype, of_file), words(tintype, town)) == ([], 0)
    reset = update(tintype, photo_id, {"coordinates": None}).json_body
    assert (reset["coordinates"], reset["place"], reset["file"]) == (of_file, photo["place"], photo["file"])
    assert found_near(tintype, of_file) == [photo_id]
