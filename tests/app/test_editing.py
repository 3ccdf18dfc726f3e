from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.routes import serializers
from tests.app.conftest import OWNER, SavedData, Tintype
from tests.support.images.tiny import encode_image


def update(tintype: Tintype, photo_id: str, body: Any, as_: str = OWNER, version: str | None = None) -> HTTPResponse:
    headers = {"If-Match": version} if version is not None else {}
    return tintype.call("PATCH", f"/photos/{photo_id}", as_=as_, body=body, headers=headers)


def drop_photo(tintype: Tintype, name: str = "a.jpg", seed: int = 0) -> str:
    return tintype.publish(name, encode_image(size=(200 + seed, 100)))


@pytest.fixture
def photo_id(tintype: Tintype, saved_data: SavedData) -> str:
    """A public photo, the only one of the library."""
    return saved_data.restore(tintype, lambda: drop_photo(tintype))


def results(response: HTTPResponse) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.body
    items: list[dict[str, Any]] = response.json_body["results"]
    return items


def test_edit_is_visible_immediately_in_every_list(tintype: Tintype, photo_id: str) -> None:
    body = {"tags": ["Dune", "grass"], "label": "Cat", "weight": 0.25, "filename": "holiday.jpg"}
    response = update(tintype, photo_id, body)
    assert response.status_code == 200, response.body
    edited = response.json_body
    assert (edited["tags"], edited["label"], edited["weight"]) == (["cat", "dune", "grass"], "cat", 0.25)
    assert (edited["filename"], edited["version"]) == ("holiday.jpg", tintype.get(f"/photos/{photo_id}")["version"])
    assert [p["photo_id"] for p in tintype.get("/gallery/articles", tag="dune")["items"]] == [photo_id]
    assert tintype.get("/gallery/articles", tag="beach")["items"] == []
    assert {t["tag_name"] for t in tintype.get("/gallery/trending")["items"]} == {"Cat", "Dune", "Grass"}
    hidden = update(tintype, photo_id, {"status": "private"}).json_body
    assert hidden["status"] == "private"
    assert tintype.call("GET", f"/photos/{photo_id}").status_code == 404
    assert tintype.get("/gallery/trending")["total_tags"] == 0


def test_null_removes_the_label_and_an_empty_edit_changes_nothing(tintype: Tintype, photo_id: str) -> None:
    update(tintype, photo_id, {"label": "cat"})
    assert update(tintype, photo_id, {"label": None}).json_body["label"] is None
    before = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert update(tintype, photo_id, {}).json_body["version"] == before["version"]


def test_label_that_becomes_a_tag_stays(tintype: Tintype, photo_id: str) -> None:
    update(tintype, photo_id, {"label": "sea"})
    edited = update(tintype, photo_id, {"tags": ["sea", "dog"], "label": None}).json_body
    assert (edited["label"], edited["tags"]) == (None, ["sea", "dog"])


def test_key_without_read_permission_gets_no_photo(tintype: Tintype, photo_id: str) -> None:
    keys = {
        can[-1]: tintype.call("POST", "/keys", as_=OWNER, body={"name": "robot", "can": can}).json_body["key"]
        for can in (["manage"], ["manage", "read"])
    }
    batch = {"photo_ids": [photo_id], "action": "tag", "tags": ["dog"]}
    for method, path, body in [
        ("PATCH", f"/photos/{photo_id}", {}),
        ("PATCH", f"/photos/{photo_id}", {"label": "sea"}),
        ("POST", f"/photos/{photo_id}/restore", None),
    ]:
        response = tintype.call(method, path, token=keys["manage"], body=body)
        assert (response.status_code, response.body) == (204, b"")
        assert tintype.call(method, path, token=keys["read"], body=body).json_body["photo_id"] == photo_id
    (result,) = results(tintype.call("POST", "/photos/batch", token=keys["manage"], body=batch))
    assert result == {"photo_id": photo_id, "ok": True}
    (result,) = results(tintype.call("POST", "/photos/batch", token=keys["read"], body=batch))
    assert "dog" in result["photo"]["tags"]


@pytest.mark.parametrize("quoted", ["{}", '"{}"'])
def test_if_match_of_another_version_returns_412(tintype: Tintype, photo_id: str, quoted: str) -> None:
    version = tintype.get(f"/photos/{photo_id}")["version"]
    first = update(tintype, photo_id, {"label": "cat"}, version=quoted.format(version))
    assert first.status_code == 200, first.body
    outdated = update(tintype, photo_id, {"label": "dog"}, version=quoted.format(version))
    assert (outdated.status_code, outdated.json_body["code"]) == (412, "version_mismatch")
    assert outdated.json_body["version"] == first.json_body["version"]
    assert tintype.get(f"/photos/{photo_id}")["label"] == "cat"
    assert update(tintype, photo_id, {"label": "dog"}, version="*").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"weight": 0}, "weight"),
        ({"weight": 1}, "weight"),
        ({"weight": -1}, "weight"),
        ({"weight": 1e-9}, "weight"),
        ({"weight": "abc"}, "weight"),
        ({"weight": "0.5"}, "weight"),
        ({"weight": None}, "weight"),
        ({"weight": True}, "weight"),
        (b'{"weight": NaN}', "weight"),
        (b'{"weight": Infinity}', "weight"),
        ({"status": "secret"}, "status"),
        ({"status": None}, "status"),
        ({"tags": "sea"}, "tags"),
        ({"tags": None}, "tags"),
        ({"tags": [1]}, "tags"),
        ({"tags": ["x" * 65]}, "tags"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags"),
        ({"tags": [f"t{n}" for n in range(20)], "label": "cat"}, "tags"),
        ({"label": 3}, "label"),
        ({"label": 0}, "label"),
        ({"label": False}, "label"),
        ({"label": []}, "label"),
        ({"label": "!no"}, "label"),
        ({"filename": ""}, "filename"),
        ({"filename": None}, "filename"),
        ({"width": 3}, "width"),
        ({"state": "ready"}, "state"),
        ({"owner": "mallory"}, "owner"),
        ({"autoTags": []}, "autoTags"),
        ({"photo_id": "x"}, "photo_id"),
    ],
)
def test_invalid_field_returns_400_naming_it(tintype: Tintype, photo_id: str, body: Any, field: str) -> None:
    before = tintype.get(f"/photos/{photo_id}")
    response = update(tintype, photo_id, body)
    assert (response.status_code, response.json_body.get("field")) == (400, field), response.body
    assert tintype.get(f"/photos/{photo_id}")["version"] == before["version"]


@pytest.mark.parametrize("header", ["", "abc", "-1", '"1', "1.5", "9" * 30])
def test_malformed_if_match_returns_400(tintype: Tintype, photo_id: str, header: str) -> None:
    response = update(tintype, photo_id, {"label": "cat"}, version=header)
    assert (response.status_code, response.json_body["field"]) == (400, "If-Match")


def test_other_users_cannot_edit_and_get_404(tintype: Tintype, photo_id: str) -> None:
    requests: list[tuple[str, str, Any]] = [
        ("PATCH", f"/photos/{photo_id}", {"label": "cat"}),
        ("DELETE", f"/photos/{photo_id}", None),
        ("DELETE", f"/photos/{photo_id}?permanent=true", None),
        ("POST", f"/photos/{photo_id}/restore", None),
    ]
    for method, path, body in requests:
        assert tintype.call(method, path, body=body).status_code == 401
        error = tintype.call(method, path, body=body, as_="mallory")
        assert (error.status_code, error.json_body["code"]) == (404, "photo_not_found")
    batch = {"photo_ids": [photo_id, "nothing"], "action": "trash"}
    assert tintype.call("POST", "/photos/batch", body=batch).status_code == 401
    codes = {r["code"] for r in results(tintype.call("POST", "/photos/batch", body=batch, as_="mallory"))}
    assert codes == {"photo_not_found"}
    assert tintype.get(f"/photos/{photo_id}")["label"] is None


def test_photo_is_trashed_and_restored(tintype: Tintype, photo_id: str) -> None:
    response = tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER)
    assert (response.status_code, response.body) == (204, b"")
    assert tintype.call("GET", f"/photos/{photo_id}").status_code == 404
    assert tintype.get("/photos", as_=OWNER)["items"] == []
    (trashed,) = tintype.get("/photos", as_=OWNER, state="trashed", scope="mine")["items"]
    assert (trashed["photo_id"], trashed["state"]) == (photo_id, "trashed")
    stored = tintype.container.photos.get(photo_id)
    assert stored is not None
    assert trashed["delete_at"] == serializers.iso_time(stored.due_at)
    assert tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER).status_code == 204
    restored = tintype.call("POST", f"/photos/{photo_id}/restore", as_=OWNER)
    assert (restored.status_code, restored.json_body["state"]) == (200, "ready")
    assert [p["photo_id"] for p in tintype.get("/photos")["items"]] == [photo_id]


def test_permanently_deleted_photo_loses_its_original(tintype: Tintype, photo_id: str) -> None:
    response = tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER, query={"permanent": "true"})
    assert (response.status_code, response.body) == (204, b"")
    assert "Versions" not in tintype.s3.list_object_versions(Bucket="originals")
    assert "Contents" not in tintype.s3.list_objects_v2(Bucket="derivatives")
    for method, path in [("POST", "/restore"), ("DELETE", ""), ("GET", "")]:
        error = tintype.call(method, f"/photos/{photo_id}{path}", as_=OWNER)
        assert (error.status_code, error.json_body["code"]) == (404, "photo_not_found")
    tintype.deliver("a.jpg", "ObjectRemoved:Delete")
    assert tintype.get("/stats", as_=OWNER)["photos"] == 0


def test_batch_deletes_permanently_whether_or_not_a_photo_is_in_the_trash(tintype: Tintype) -> None:
    one, two = drop_photo(tintype, "1.jpg"), drop_photo(tintype, "2.jpg", seed=1)
    tintype.call("DELETE", f"/photos/{one}", as_=OWNER)
    assert apply_batch(tintype, [one, two], "delete_permanently") == [
        {"photo_id": one, "ok": True},
        {"photo_id": two, "ok": True},
    ]
    assert tintype.get("/photos", as_=OWNER)["items"] == []
    assert tintype.get("/photos", as_=OWNER, state="trashed")["items"] == []
    assert [each["code"] for each in apply_batch(tintype, [one, two], "delete_permanently")] == ["photo_not_found"] * 2
    tintype.sweep()
    assert "Versions" not in tintype.s3.list_object_versions(Bucket="originals")
    assert "Contents" not in tintype.s3.list_objects_v2(Bucket="derivatives")


def test_cover_is_replaced_when_its_photo_is_trashed(tintype: Tintype) -> None:
    older, newer = drop_photo(tintype, "older.jpg"), drop_photo(tintype, "newer.jpg", seed=1)
    before = tintype.get("/gallery/trending")["items"][0]
    assert newer in before["cover_image"]
    tintype.call("DELETE", f"/photos/{newer}", as_=OWNER)
    after = tintype.get("/gallery/trending")["items"][0]
    assert (after["count"], older in after["cover_image"]) == (1, True)


@pytest.mark.parametrize("query", [{"permanent": "yes"}, {"for": "ever"}])
def test_invalid_delete_parameter_returns_400_and_deletes_nothing(
    tintype: Tintype, photo_id: str, query: dict[str, str]
) -> None:
    assert tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER, query=query).status_code == 400
    assert tintype.get(f"/photos/{photo_id}")["state"] == "ready"


def test_uploading_photo_cannot_be_deleted(tintype: Tintype) -> None:
    ticket = tintype.call("POST", "/uploads", as_=OWNER, body={"filename": "a.jpg"}).json_body
    for query in ({}, {"permanent": "true"}):
        error = tintype.call("DELETE", f"/photos/{ticket['photo_id']}", as_=OWNER, query=query)
        assert (error.status_code, error.json_body["code"]) == (409, "conflict")


def test_known_sha256_returns_the_existing_photo(tintype: Tintype) -> None:
    first = drop_photo(tintype)
    tintype.drop("again.jpg", encode_image(size=(200, 100)))
    (copy,) = tintype.get("/photos", as_=OWNER, state="duplicate")["items"]
    assert (copy["state"], copy["duplicate_of"]) == ("duplicate", first)
    stored = tintype.container.photos.get(first)
    assert stored is not None
    request_body = {"filename": "third.jpg", "sha256": stored.sha256}
    known = tintype.call("POST", "/uploads", as_=OWNER, body=request_body)
    assert (known.status_code, known.json_body) == (200, {"duplicate_of": first})
    assert tintype.call("POST", "/uploads", as_="another", body=request_body).status_code == 201
    tintype.call("DELETE", f"/photos/{first}", as_=OWNER)
    assert tintype.call("POST", "/uploads", as_=OWNER, body=request_body).status_code == 201
    tintype.call("DELETE", f"/photos/{first}", as_=OWNER, query={"permanent": "true"})
    assert tintype.get(f"/photos/{copy['photo_id']}", as_=OWNER)["state"] == "ready"


def test_batch_returns_a_result_for_each_photo(tintype: Tintype) -> None:
    one, two = drop_photo(tintype, "1.jpg"), drop_photo(tintype, "2.jpg", seed=1)
    request_body = {"photo_ids": [one, "nothing", two], "action": "tag", "tags": ["Dune"]}
    batch_results = results(tintype.call("POST", "/photos/batch", as_=OWNER, body=request_body))
    assert [(r["photo_id"], r["ok"]) for r in batch_results] == [(one, True), ("nothing", False), (two, True)]
    assert batch_results[1]["code"] == "photo_not_found"
    assert batch_results[1]["error"].endswith(".")
    assert batch_results[0]["photo"]["tags"][:2] == ["beach", "dune"]
    for action, count in [("hide", 0), ("publish", 2), ("trash", 0), ("restore", 2)]:
        assert all(r["ok"] for r in apply_batch(tintype, [one, two], action))
        assert len(tintype.get("/photos", scope="public")["items"]) == count
    untag = {"photo_ids": [one], "action": "untag", "tags": ["dune", "beach"]}
    assert "beach" not in results(tintype.call("POST", "/photos/batch", as_=OWNER, body=untag))[0]["photo"]["tags"]


def test_batch_continues_after_an_error(tintype: Tintype) -> None:
    full, other = drop_photo(tintype, "1.jpg"), drop_photo(tintype, "2.jpg", seed=1)
    update(tintype, full, {"tags": [f"t{n}" for n in range(20)]})
    request_body = {"photo_ids": [full, other], "action": "tag", "tags": ["dune"]}
    first, second = results(tintype.call("POST", "/photos/batch", as_=OWNER, body=request_body))
    assert (first["ok"], first["code"], first["field"]) == (False, "invalid", "tags")
    assert second["ok"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "trash"}, "photo_ids"),
        ({"photo_ids": [], "action": "trash"}, "photo_ids"),
        ({"photo_ids": "a", "action": "trash"}, "photo_ids"),
        ({"photo_ids": [1], "action": "trash"}, "photo_ids"),
        ({"photo_ids": [f"p{n}" for n in range(101)], "action": "trash"}, "photo_ids"),
        ({"photo_ids": ["p"] * 101, "action": "trash"}, "photo_ids"),
        ({"photo_ids": ["a"]}, "action"),
        ({"photo_ids": ["a"], "action": "explode"}, "action"),
        ({"photo_ids": ["a"], "action": ["trash"]}, "action"),
        ({"photo_ids": ["a"], "action": "tag"}, "tags"),
        ({"photo_ids": ["a"], "action": "tag", "tags": []}, "tags"),
        ({"photo_ids": ["a"], "action": "trash", "tags": ["x"]}, "tags"),
        ({"photo_ids": ["a", "b"], "action": "keep", "tags": ["x"]}, "tags"),
        ({"photo_ids": ["a"], "action": "trash", "force": True}, "force"),
    ],
)
def test_invalid_batch_returns_400_and_changes_nothing(tintype: Tintype, body: dict[str, Any], field: str) -> None:
    response = tintype.call("POST", "/photos/batch", as_=OWNER, body=body)
    assert (response.status_code, response.json_body["field"]) == (400, field)


def apply_batch(tintype: Tintype, photo_ids: list[str], action: str) -> list[dict[str, Any]]:
    return results(tintype.call("POST", "/photos/batch", as_=OWNER, body={"photo_ids": photo_ids, "action": action}))
