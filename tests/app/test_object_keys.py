"""Keys of every shape that S3 takes, through the app: each its own photo, under the right name."""

import unicodedata

import pytest

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.images.tiny import picture

CAFE = "caf\u00e9.jpg"
KEYS = {
    "plain.jpg": "plain.jpg",
    "a b.jpg": "a b.jpg",
    "a+b.jpg": "a+b.jpg",
    "a%20b.jpg": "a%20b.jpg",
    "a%2Bb.jpg": "a%2Bb.jpg",
    "a%2Fb.jpg": "a%2Fb.jpg",
    "a/b.jpg": "b.jpg",
    "100%.jpg": "100%.jpg",
    "%.jpg": "%.jpg",
    " round about .jpg ": "round about .jpg",
    "what?#&=;:,@$!*()[]{}~|^.jpg": "what?#&=;:,@$!*()[]{}~|^.jpg",
    "<b>'\"&amp;.jpg": "<b>'\"&amp;.jpg",
    "/leading.jpg": "leading.jpg",
    "leading.jpg": "leading.jpg",
    "dir//double.jpg": "double.jpg",
    "../../etc/up.jpg": "up.jpg",
    "a/../b.jpg": "b.jpg",
    "./b.jpg": "b.jpg",
    "..": "untitled",
    "up/..": "untitled",
    "back\\slash.jpg": "slash.jpg",
    ".hidden.jpg": "hidden.jpg",
    "no ending": "no ending",
    "tab\there.jpg": "tabhere.jpg",
    "emoji 🏖/naïve.jpg": "naïve.jpg",
    "👩‍👩‍👧 日本 עברית.jpg": "👩‍👩‍👧 日本 עברית.jpg",
    f"{id_of(OWNER)}/0123456789abcdef/as ours.jpg": "as ours.jpg",
    f"Uploads/{id_of(OWNER)}/0123456789abcdef/as ours.jpg": "as ours.jpg",
    "2024/uploads/a.jpg": "a.jpg",
    CAFE: CAFE,
    unicodedata.normalize("NFD", CAFE): CAFE,
    "k" * 1020 + ".jpg": "k" * 251 + ".jpg",
    "\u00e9" * 510 + ".jpg": "\u00e9" * 125 + ".jpg",
    "🏖" * 255 + ".jpg": "🏖" * 62 + ".jpg",
    "d/" * 508 + "deep.jpg": "deep.jpg",
}


def test_a_key_of_any_shape_is_its_own_photo_under_the_right_name(tintype: Tintype) -> None:
    for number, key in enumerate(KEYS):
        tintype.drop(key, picture(size=(40 + number, 30)))
        tintype.deliver(key)
    photos = {photo["width"]: photo for photo in tintype.get("/photos", as_=OWNER, limit=100)["items"]}
    shown = {number - 40: (photo["state"], photo["filename"]) for number, photo in photos.items()}
    assert shown == {number: ("ready", filename) for number, filename in enumerate(KEYS.values())}
    ids = {photo["photo_id"] for photo in photos.values()}
    assert len(ids) == len(KEYS)
    made: dict[str, list[str]] = {}
    for page in tintype.s3.get_paginator("list_objects_v2").paginate(Bucket="derivatives"):
        for entry in page["Contents"]:
            owner, photo_id, name = entry["Key"].split("/")
            assert owner == id_of(OWNER)
            assert len(entry["Key"].encode()) <= 1024
            made.setdefault(photo_id, []).append(name.split("-")[0])
    assert set(made) == ids
    assert all(names == ["preview", "resized", "thumbnail"] for names in made.values())  # none needs another small one


def test_letters_composed_and_taken_apart_make_two_photos_which_go_each_by_itself(tintype: Tintype) -> None:
    composed, apart = CAFE, unicodedata.normalize("NFD", CAFE)
    assert composed != apart
    tintype.drop(composed, picture(size=(41, 30)))
    tintype.drop(apart, picture(size=(42, 30)))
    assert {photo["width"] for photo in tintype.get("/photos", as_=OWNER)["items"]} == {41, 42}
    tintype.s3.delete_object(Bucket="originals", Key=apart)
    tintype.deliver(apart, "ObjectRemoved:DeleteMarkerCreated")
    (left,) = tintype.get("/photos", as_=OWNER)["items"]
    assert (left["width"], left["filename"]) == (41, CAFE)


@pytest.mark.parametrize("key", ["folder/", "a/.DS_Store", "Thumbs.db", "beach.jpg.xmp", "beach.JSON", "desktop.ini"])
def test_what_tools_leave_beside_pictures_is_no_photo(tintype: Tintype, key: str) -> None:
    tintype.drop(key, b"x")
    assert tintype.get("/photos", as_=OWNER)["items"] == []
    assert tintype.get("/photos", as_=OWNER, state="rejected")["items"] == []
