import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
from tests.app.conftest import OWNER, SavedData, Tintype
from tests.support.images.tiny import encode_image
from tintype_cli import xmp


def drop_photo(tintype: Tintype, name: str, seed: int = 0, tags: str = "beach") -> bytes:
    data = encode_image(size=(200 + seed, 100))
    tintype.publish(name, data, tags)
    return data


def create_bundle(tintype: Tintype, body: Any, as_: str = OWNER) -> HTTPResponse:
    return tintype.call("POST", "/bundles", as_=as_, body=body)


def follow_link(tintype: Tintype, url: str) -> HTTPResponse:
    assert url.startswith("https://api.example/d/")
    return tintype.call("GET", url.removeprefix("https://api.example"))


def open_zip(tintype: Tintype, bundle_id: str, number: int = 1) -> zipfile.ZipFile:
    stored = tintype.s3.get_object(Bucket="bundles", Key=f"{bundle_id}/volume-{number:04d}.zip")
    return zipfile.ZipFile(io.BytesIO(stored["Body"].read()))


def test_bundle_is_created_built_and_downloaded(tintype: Tintype) -> None:
    originals = {"a.jpg": drop_photo(tintype, "a.jpg"), "b.jpg": drop_photo(tintype, "b.jpg", seed=1)}
    drop_photo(tintype, "c.jpg", seed=2, tags="mountain")
    response = create_bundle(tintype, {"tags": ["Beach"]})
    assert response.status_code == 202, response.body
    created = response.json_body
    assert (created["state"], created["photos"]) == ("queued", 2)
    assert created["bytes"] == sum(map(len, originals.values()))
    bundle_id = created["bundle_id"]
    queued = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)
    assert (queued["state"], queued["volumes"][0]["url"]) == ("queued", None)
    assert queued["progress"] == {"photos_done": 0, "photos": 2, "bytes_done": 0, "bytes": created["bytes"]}
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)
    assert (ready["state"], ready["skipped"]) == ("ready", [])
    assert ready["progress"]["photos_done"] == 2
    with open_zip(tintype, bundle_id) as built:
        assert {name: built.read(name) for name in built.namelist()} == originals
    link = follow_link(tintype, ready["volumes"][0]["url"])
    assert link.status_code == 302
    assert f"{bundle_id}/volume-0001.zip" in link.headers["Location"]
    assert tintype.get("/bundles", as_=OWNER)["items"] == [ready]


def test_bundle_combines_tags_and_photo_ids(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg", tags="beach,dog")
    drop_photo(tintype, "b.jpg", seed=1)
    drop_photo(tintype, "c.jpg", seed=2, tags="cat")
    picked = next(p["photo_id"] for p in tintype.get("/photos", as_=OWNER)["items"] if p["filename"] == "c.jpg")
    body = {"tags": ["beach", "dog"], "match": "all", "photo_ids": [picked], "notify": False}
    bundle_id = create_bundle(tintype, body).json_body["bundle_id"]
    tintype.build_volumes()
    with open_zip(tintype, bundle_id) as built:
        assert sorted(built.namelist()) == ["a.jpg", "c.jpg"]


def test_bundle_of_resized_images_has_their_sizes_types_and_no_metadata(tintype: Tintype) -> None:
    tintype.publish("a.tiff", encode_image(size=(200, 100), image_format="TIFF"), "beach")
    exif = Image.Exif()
    exif[Base.Artist] = "Somebody"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (38, 42, 0)
    tintype.publish("b.jpg", encode_image(size=(300, 100), exif=exif), "beach")
    created = create_bundle(tintype, {"tags": ["beach"], "variant": "resized"}).json_body
    photos = tintype.get("/photos", as_=OWNER)["items"]
    assert created["bytes"] == sum(photo["processing"]["resized"]["bytes"] for photo in photos)
    tintype.build_volumes()
    assert tintype.get(f"/bundles/{created['bundle_id']}", as_=OWNER)["skipped"] == []
    with open_zip(tintype, created["bundle_id"]) as built:
        images = {name: Image.open(io.BytesIO(built.read(name))) for name in built.namelist()}
    assert {name: (image.format, image.size) for name, image in images.items()} == {
        "a.jpg": ("JPEG", (100, 50)),
        "b.jpg": ("JPEG", (150, 50)),
    }
    assert not any(image.getexif() for image in images.values())


def test_bundle_with_sidecars_has_them_beside_its_photos(tintype: Tintype) -> None:
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (38, 42, 0), 3: "W", 4: (9, 8, 0)})
    images = {"a.jpg": encode_image(size=(200, 100), exif=exif), "b.jpg": encode_image(size=(300, 100))}
    for name, data in images.items():
        tintype.publish(name, data, "beach")
    by_name = {photo["filename"]: photo for photo in tintype.get("/photos", as_=OWNER)["items"]}
    path, version = f"/photos/{by_name['a.jpg']['photo_id']}", {"If-Match": f'"{by_name["a.jpg"]["version"]}"'}
    tintype.call("PATCH", path, as_=OWNER, body={"caption": "Low tide", "rating": 4}, headers=version)
    created = create_bundle(tintype, {"tags": ["beach"], "sidecars": True}).json_body
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{created['bundle_id']}", as_=OWNER)
    assert ready["progress"]["bytes_done"] == created["bytes"] == ready["progress"]["bytes"]
    with open_zip(tintype, created["bundle_id"]) as built:
        contents = {name: built.read(name) for name in sorted(built.namelist())}
    assert list(contents) == ["a.jpg", "a.jpg.xmp", "b.jpg", "b.jpg.xmp"]
    assert sum(map(len, contents.values())) == created["bytes"]
    assert {name: contents[name] for name in images} == images
    details = xmp.parse(contents["a.jpg.xmp"])
    assert (details.caption, details.rating, details.latitude) == ("Low tide", 4, 38.7)


def test_resized_image_of_a_photo_that_was_replaced_meanwhile_is_skipped(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    drop_photo(tintype, "b.jpg", seed=1)
    bundle_id = create_bundle(tintype, {"tags": ["beach"], "variant": "resized"}).json_body["bundle_id"]
    drop_photo(tintype, "b.jpg", seed=1, tags="sand")  # the same bytes, another version
    drop_photo(tintype, "b.jpg", seed=2, tags="sand")
    tintype.build_volumes()
    assert [s["filename"] for s in tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["skipped"]] == ["b.jpg"]


def test_download_creates_a_bundle_of_labels_that_notifies(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    drop_photo(tintype, "b.jpg", seed=1, tags="mountain")
    response = tintype.call("POST", "/download", as_=OWNER, body={"labels": ["Beach", "Mountain"]})
    assert (response.status_code, response.json_body["photos"]) == (202, 2)
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{response.json_body['bundle_id']}", as_=OWNER)
    assert (ready["state"], ready["notify"]) == ("ready", True)


def test_bundle_warns_if_its_message_would_reach_nobody(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")

    def warnings() -> list[str | None]:
        downloaded = tintype.call("POST", "/download", as_=OWNER, body={"labels": ["Beach"]})
        created = [create_bundle(tintype, {"tags": ["beach"], "notify": notify}) for notify in (True, False)]
        assert {response.status_code for response in (downloaded, *created)} == {202}
        return [response.json_body.get("warning") for response in (downloaded, *created)]

    off = "You will get no message: notifications are off. Turn them on with POST /me/notifications."
    assert warnings() == [off, off, None]
    token = tintype.identity.token(OWNER, email="o@tintype.example", email_verified=True)
    tintype.call("POST", "/me/notifications", token=token, body={"channel": "email"})
    assert warnings() == [None, None, None]


def api_key(tintype: Tintype, *can: str) -> Any:
    return tintype.call("POST", "/keys", as_=OWNER, body={"name": "frame", "can": list(can)}).json_body


def test_api_key_cannot_send_messages(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    token = api_key(tintype, "read", "upload", "manage")["key"]
    response = tintype.call("POST", "/bundles", token=token, body={"tags": ["beach"], "notify": True})
    assert (response.status_code, response.json_body["code"]) == (403, "forbidden")
    for route, body in {"/bundles": {"tags": ["beach"]}, "/download": {"labels": ["beach"]}}.items():
        created = tintype.call("POST", route, token=token, body=body)
        assert (created.status_code, created.json_body["notify"]) == (202, False)
    assert [found["notify"] for found in tintype.get("/bundles", as_=OWNER)["items"]] == [False, False]


def test_messages_are_limited_per_hour(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    routes = [("/bundles", {"tags": ["beach"], "notify": True}), ("/download", {"labels": ["beach"]})]
    summaries = []
    for number in range(MAX_MESSAGES_PER_HOUR + 2):
        route, body = routes[number % 2]
        summaries.append(tintype.call("POST", route, as_=OWNER, body=body).json_body)
    assert [summary["notify"] for summary in summaries] == [True] * MAX_MESSAGES_PER_HOUR + [False, False]
    assert summaries[-1]["warning"] == "You will get no message: at most 10 are sent within an hour."


def test_links_of_a_revoked_api_key_end(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    key = api_key(tintype, "read")
    bundle_id = tintype.call("POST", "/bundles", token=key["key"], body={"tags": ["beach"]}).json_body["bundle_id"]
    tintype.build_volumes()
    of_key = tintype.get(f"/bundles/{bundle_id}", token=key["key"])["volumes"][0]["url"]
    own = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["volumes"][0]["url"]
    assert [follow_link(tintype, link).status_code for link in (of_key, own)] == [302, 302]
    assert tintype.call("DELETE", f"/keys/{key['key_id']}", as_=OWNER).status_code == 204
    assert [follow_link(tintype, link).status_code for link in (of_key, own)] == [410, 302]


def test_deleted_original_is_listed_as_skipped(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    drop_photo(tintype, "b.jpg", seed=1)
    deleted_id = next(p["photo_id"] for p in tintype.get("/photos", as_=OWNER)["items"] if p["filename"] == "b.jpg")
    bundle_id = create_bundle(tintype, {"tags": ["beach"]}).json_body["bundle_id"]
    tintype.call("DELETE", f"/photos/{deleted_id}", as_=OWNER, query={"permanent": "true"})
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)
    assert ready["state"] == "ready"
    assert [(s["photo_id"], s["filename"]) for s in ready["skipped"]] == [(deleted_id, "b.jpg")]
    with open_zip(tintype, bundle_id) as built:
        text_files = [name for name in built.namelist() if name.endswith(".txt")]
        assert "b.jpg" in built.read(text_files[0]).decode()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "tags"),
        ({"tags": []}, 400, "tags"),
        ({"tags": "beach"}, 400, "tags"),
        ({"tags": [3]}, 400, "tags"),
        ({"tags": ["x" * 65]}, 400, "tags"),
        ({"tags": [f"t{n}" for n in range(10_000)]}, 400, "tags"),
        ({"tags": ["beach"], "match": "some"}, 400, "match"),
        ({"tags": ["beach"], "match": ["any"]}, 400, "match"),
        ({"album_id": 3}, 400, "album_id"),
        ({"album_id": None}, 400, "album_id"),
        ({"album_id": "unknown"}, 404, None),
        ({"tags": ["beach"], "album_id": "unknown"}, 404, None),
        ({"tags": ["beach"], "variant": "small"}, 400, "variant"),
        ({"tags": ["beach"], "variant": None}, 400, "variant"),
        ({"tags": ["beach"], "notify": "yes"}, 400, "notify"),
        ({"tags": ["beach"], "sidecars": 1}, 400, "sidecars"),
        ({"tags": ["beach"], "photo_ids": "p"}, 400, "photo_ids"),
        ({"photo_ids": [f"p{n}" for n in range(10_001)]}, 400, "photo_ids"),
        ({"tags": ["beach"], "zip": True}, 400, "zip"),
        ({"tags": ["unknown"]}, 404, None),
        ({"photo_ids": ["unknown"]}, 404, None),
    ],
)
def test_invalid_bundle_request_names_the_field(
    tintype: Tintype, saved_data: SavedData, body: Any, status: int, field: str | None
) -> None:
    saved_data.restore(tintype, lambda: drop_photo(tintype, "a.jpg"))
    response = create_bundle(tintype, body)
    assert (response.status_code, response.json_body.get("field")) == (status, field), response.body
    assert tintype.get("/bundles", as_=OWNER)["items"] == []


@pytest.mark.parametrize("labels", [None, [], "beach", [1]])
def test_download_without_labels_returns_400(tintype: Tintype, labels: Any) -> None:
    response = tintype.call("POST", "/download", as_=OWNER, body={"labels": labels})
    assert (response.status_code, response.json_body["field"]) == (400, "labels")


def test_other_users_get_404_for_bundles(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    (own_photo,) = tintype.get("/photos", as_=OWNER)["items"]
    bundle_id = create_bundle(tintype, {"tags": ["beach"]}).json_body["bundle_id"]
    for body in ({"tags": ["beach"]}, {"photo_ids": [own_photo["photo_id"]]}):
        assert create_bundle(tintype, body, as_="mallory").status_code == 404
        assert tintype.call("POST", "/bundles", body=body).status_code == 401
    for method in ("GET", "DELETE"):
        assert tintype.call(method, f"/bundles/{bundle_id}", as_="mallory").status_code == 404
        assert tintype.call(method, f"/bundles/{bundle_id}").status_code == 401
    assert tintype.get("/bundles", as_="mallory")["items"] == []
    assert tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["state"] == "queued"


def test_deleted_bundle_loses_its_files_and_link(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    bundle_id = create_bundle(tintype, {"tags": ["beach"]}).json_body["bundle_id"]
    tintype.build_volumes()
    url = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["volumes"][0]["url"]
    response = tintype.call("DELETE", f"/bundles/{bundle_id}", as_=OWNER)
    assert (response.status_code, response.body) == (204, b"")
    assert tintype.call("GET", f"/bundles/{bundle_id}", as_=OWNER).status_code == 404
    assert follow_link(tintype, url).status_code == 404
    assert "Contents" not in tintype.s3.list_objects_v2(Bucket="bundles")


@pytest.mark.parametrize("token", ["", "nothing", "A" * 80, "%2e%2e"])
def test_altered_link_returns_404(tintype: Tintype, token: str) -> None:
    assert tintype.call("GET", f"/d/{token}").status_code in {403, 404}


def test_bundle_of_a_search_has_what_it_finds_and_of_an_empty_one_everything(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg", tags="beach")
    drop_photo(tintype, "b.jpg", seed=1, tags="beach,dog")
    drop_photo(tintype, "c.jpg", seed=2, tags="cat")
    day = datetime.now(UTC).date()

    def names(body: Any) -> list[str]:
        response = create_bundle(tintype, body)
        assert response.status_code == 202, response.body
        tintype.build_volumes()
        with open_zip(tintype, response.json_body["bundle_id"]) as built:
            return sorted(built.namelist())

    assert names({"query": {}}) == ["a.jpg", "b.jpg", "c.jpg"]
    assert names({"query": {"tag": ["beach"], "not": ["dog"]}}) == ["a.jpg"]
    assert names({"query": {"tag": ["dog"]}, "tags": ["cat", "dog"]}) == ["b.jpg", "c.jpg"]
    assert names({"query": {"from": str(day - timedelta(days=1)), "to": str(day + timedelta(days=1))}}) == [
        "a.jpg",
        "b.jpg",
        "c.jpg",
    ]
    error = create_bundle(tintype, {"query": {"to": "1999-12-31"}})
    assert (error.status_code, error.json_body["error"]) == (404, "There are no photos to download.")
    assert create_bundle(tintype, {"query": {}}, as_="another").status_code == 404


def test_zip_files_are_named_after_the_title(tintype: Tintype) -> None:
    drop_photo(tintype, "a.jpg")
    created = create_bundle(tintype, {"query": {}, "title": " Summer:  2019 "}).json_body
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{created['bundle_id']}", as_=OWNER)
    assert ready["title"] == "Summer: 2019"
    location = follow_link(tintype, ready["volumes"][0]["url"]).headers["Location"]
    stored = tintype.s3.head_object(Bucket="bundles", Key=f"{created['bundle_id']}/volume-0001.zip")
    assert "Summer" in stored["ContentDisposition"], location


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "tags"),
        ({"query": []}, "query"),
        ({"query": None}, "query"),
        ({"query": {"state": "trashed"}}, "query"),
        ({"query": {"tag": "beach"}}, "query"),
        ({"query": {"from": "yesterday"}}, "query"),
        ({"query": {"from": 2019}}, "query"),
        ({"query": {}, "title": ""}, "title"),
        ({"query": {}, "title": 1}, "title"),
    ],
)
def test_invalid_search_or_title_of_a_bundle_returns_400_naming_it(
    tintype: Tintype, body: dict[str, Any], field: str
) -> None:
    response = create_bundle(tintype, body)
    assert (response.status_code, response.json_body["field"]) == (400, field), response.body
