"""Object keys of every valid kind: each is a separate photo with the right filename."""

import unicodedata

import pytest

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.images.tiny import encode_image

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


def test_every_valid_object_key_becomes_its_own_photo(tintype: Tintype) -> None:
    for number, key in enumerate(KEYS):
        tintype.drop(key, encode_image(size=(40 + number, 30)))
        tintype.deliver(key)
    photos = {photo["width"]: photo for photo in tintype.get("/photos", as_=OWNER, limit=100)["items"]}
    results = {number - 40: (photo["state"], photo["filename"]) for number, photo in photos.items()}
    assert results == {number: ("ready", filename) for number, filename in enumerate(KEYS.values())}
    ids = {photo["photo_id"] for photo in photos.values()}
    assert len(ids) == len(KEYS)
    derivatives: dict[str, list[str]] = {}
    for page in tintype.s3.get_paginator("list_objects_v2").paginate(Bucket="derivatives"):
        for entry in page["Contents"]:
            photo_id, name = entry["Key"].split("/")
            derivatives.setdefault(photo_id, []).append(name)
    assert set(derivatives) == ids
    assert all(
        names == ["preview.webp", "resized.jpg", "thumbnail.jpg"] for names in derivatives.values()
    )  # all are too small to need a `small` image


def test_nfc_and_nfd_keys_are_two_photos(tintype: Tintype) -> None:
    composed, decomposed = CAFE, unicodedata.normalize("NFD", CAFE)
    assert composed != decomposed
    tintype.drop(composed, encode_image(size=(41, 30)))
    tintype.drop(decomposed, encode_image(size=(42, 30)))
    assert {photo["width"] for photo in tintype.get("/photos", as_=OWNER)["items"]} == {41, 42}
    tintype.s3.delete_object(Bucket="originals", Key=decomposed)
    tintype.deliver(decomposed, "ObjectRemoved:DeleteMarkerCreated")
    (remaining,) = tintype.get("/photos", as_=OWNER)["items"]
    assert (remaining["width"], remaining["filename"]) == (41, CAFE)


@pytest.mark.parametrize("key", ["folder/", "a/.DS_Store", "Thumbs.db", "beach.jpg.xmp", "beach.JSON", "desktop.ini"])
def test_sidecar_files_are_ignored(tintype: Tintype, key: str) -> None:
    tintype.drop(key, b"x")
    assert tintype.get("/photos", as_=OWNER)["items"] == []
    assert tintype.get("/photos", as_=OWNER, state="rejected")["items"] == []
