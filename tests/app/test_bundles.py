import io
import zipfile
from typing import Any

import pytest
from chalice.test import HTTPResponse

from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import picture


def beach(tintype: Tintype, name: str, seed: int = 0, tags: str = "beach") -> bytes:
    data = picture(size=(200 + seed, 100))
    tintype.publish(name, data, tags)
    return data


def order(tintype: Tintype, body: Any, as_: str = OWNER) -> HTTPResponse:
    return tintype.call("POST", "/bundles", as_=as_, body=body)


def followed(tintype: Tintype, url: str) -> HTTPResponse:
    assert url.startswith("https://api.example/d/")
    return tintype.call("GET", url.removeprefix("https://api.example"))


def zipped(tintype: Tintype, bundle_id: str, number: int = 1) -> zipfile.ZipFile:
    stored = tintype.s3.get_object(Bucket="bundles", Key=f"{bundle_id}/volume-{number:04d}.zip")
    return zipfile.ZipFile(io.BytesIO(stored["Body"].read()))


def test_photos_are_ordered_built_and_taken_away(tintype: Tintype) -> None:
    originals = {"a.jpg": beach(tintype, "a.jpg"), "b.jpg": beach(tintype, "b.jpg", seed=1)}
    beach(tintype, "c.jpg", seed=2, tags="mountain")
    answer = order(tintype, {"tags": ["Beach"]})
    assert answer.status_code == 202, answer.body
    ordered = answer.json_body
    assert (ordered["state"], ordered["photos"]) == ("queued", 2)
    assert ordered["bytes"] == sum(map(len, originals.values()))
    bundle_id = ordered["bundle_id"]
    waiting = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)
    assert (waiting["state"], waiting["volumes"][0]["url"]) == ("queued", None)
    assert waiting["progress"] == {"photos_done": 0, "photos": 2, "bytes_done": 0, "bytes": ordered["bytes"]}
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)
    assert (ready["state"], ready["skipped"]) == ("ready", [])
    assert ready["progress"]["photos_done"] == 2
    with zipped(tintype, bundle_id) as built:
        assert {name: built.read(name) for name in built.namelist()} == originals
    link = followed(tintype, ready["volumes"][0]["url"])
    assert link.status_code == 302
    assert f"{bundle_id}/volume-0001.zip" in link.headers["Location"]
    assert tintype.get("/bundles", as_=OWNER)["items"] == [ready]


def test_all_of_several_tags_and_picked_photos_go_into_one_bundle(tintype: Tintype) -> None:
    beach(tintype, "a.jpg", tags="beach,dog")
    beach(tintype, "b.jpg", seed=1)
    beach(tintype, "c.jpg", seed=2, tags="cat")
    picked = next(p["photo_id"] for p in tintype.get("/photos", as_=OWNER)["items"] if p["filename"] == "c.jpg")
    body = {"tags": ["beach", "dog"], "match": "all", "photo_ids": [picked], "notify": False}
    bundle_id = order(tintype, body).json_body["bundle_id"]
    tintype.build_volumes()
    with zipped(tintype, bundle_id) as built:
        assert sorted(built.namelist()) == ["a.jpg", "c.jpg"]


def test_the_photo_asset_managers_client_is_answered_as_it_asks(tintype: Tintype) -> None:
    beach(tintype, "a.jpg")
    beach(tintype, "b.jpg", seed=1, tags="mountain")
    answer = tintype.call("POST", "/download", as_=OWNER, body={"labels": ["Beach", "Mountain"]})
    assert (answer.status_code, answer.json_body["photos"]) == (202, 2)
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{answer.json_body['bundle_id']}", as_=OWNER)
    assert (ready["state"], ready["notify"]) == ("ready", True)


def test_an_original_that_was_deleted_meanwhile_is_listed_in_the_answer_and_in_the_zip(tintype: Tintype) -> None:
    beach(tintype, "a.jpg")
    beach(tintype, "b.jpg", seed=1)
    gone = next(p["photo_id"] for p in tintype.get("/photos", as_=OWNER)["items"] if p["filename"] == "b.jpg")
    bundle_id = order(tintype, {"tags": ["beach"]}).json_body["bundle_id"]
    tintype.call("DELETE", f"/photos/{gone}", as_=OWNER, query={"permanent": "true"})
    tintype.build_volumes()
    ready = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)
    assert ready["state"] == "ready"
    assert [(s["photo_id"], s["filename"]) for s in ready["skipped"]] == [(gone, "b.jpg")]
    with zipped(tintype, bundle_id) as built:
        listed = [name for name in built.namelist() if name.endswith(".txt")]
        assert "b.jpg" in built.read(listed[0]).decode()


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
        ({"tags": ["beach"], "notify": "yes"}, 400, "notify"),
        ({"tags": ["beach"], "photo_ids": "p"}, 400, "photo_ids"),
        ({"photo_ids": [f"p{n}" for n in range(10_001)]}, 400, "photo_ids"),
        ({"tags": ["beach"], "zip": True}, 400, "zip"),
        ({"tags": ["unknown"]}, 404, None),
        ({"photo_ids": ["nobody's"]}, 404, None),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_and_names_the_field(
    tintype: Tintype, body: Any, status: int, field: str | None
) -> None:
    beach(tintype, "a.jpg")
    answer = order(tintype, body)
    assert (answer.status_code, answer.json_body.get("field")) == (status, field), answer.body
    assert tintype.get("/bundles", as_=OWNER)["items"] == []


@pytest.mark.parametrize("labels", [None, [], "beach", [1]])
def test_a_download_of_no_labels_is_refused(tintype: Tintype, labels: Any) -> None:
    answer = tintype.call("POST", "/download", as_=OWNER, body={"labels": labels})
    assert (answer.status_code, answer.json_body["field"]) == (400, "labels")


def test_strangers_can_take_nothing_and_learn_nothing(tintype: Tintype) -> None:
    beach(tintype, "a.jpg")
    (mine,) = tintype.get("/photos", as_=OWNER)["items"]
    bundle_id = order(tintype, {"tags": ["beach"]}).json_body["bundle_id"]
    for body in ({"tags": ["beach"]}, {"photo_ids": [mine["photo_id"]]}):
        assert order(tintype, body, as_="mallory").status_code == 404
        assert tintype.call("POST", "/bundles", body=body).status_code == 401
    for method in ("GET", "DELETE"):
        assert tintype.call(method, f"/bundles/{bundle_id}", as_="mallory").status_code == 404
        assert tintype.call(method, f"/bundles/{bundle_id}").status_code == 401
    assert tintype.get("/bundles", as_="mallory")["items"] == []
    assert tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["state"] == "queued"


def test_a_bundle_that_is_wanted_no_more_is_gone_with_its_files_and_its_link(tintype: Tintype) -> None:
    beach(tintype, "a.jpg")
    bundle_id = order(tintype, {"tags": ["beach"]}).json_body["bundle_id"]
    tintype.build_volumes()
    url = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["volumes"][0]["url"]
    answer = tintype.call("DELETE", f"/bundles/{bundle_id}", as_=OWNER)
    assert (answer.status_code, answer.body) == (204, b"")
    assert tintype.call("GET", f"/bundles/{bundle_id}", as_=OWNER).status_code == 404
    assert followed(tintype, url).status_code == 404
    assert "Contents" not in tintype.s3.list_objects_v2(Bucket="bundles")


@pytest.mark.parametrize("token", ["", "nothing", "A" * 80, "%2e%2e"])
def test_a_link_that_was_altered_leads_nowhere(tintype: Tintype, token: str) -> None:
    assert tintype.call("GET", f"/d/{token}").status_code in {403, 404}
