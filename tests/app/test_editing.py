from typing import Any

import pytest
from chalice.test import HTTPResponse

from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import picture


def change(tintype: Tintype, photo_id: str, body: Any, as_: str = OWNER, version: str | None = None) -> HTTPResponse:
    headers = {"If-Match": version} if version is not None else {}
    return tintype.call("PATCH", f"/photos/{photo_id}", as_=as_, body=body, headers=headers)


def beach(tintype: Tintype, name: str = "a.jpg", seed: int = 0) -> str:
    return tintype.publish(name, picture(size=(200 + seed, 100)))


def results(answer: HTTPResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.body
    found: list[dict[str, Any]] = answer.json_body["results"]
    return found


def test_an_edit_shows_at_once_wherever_the_photo_is_found(tintype: Tintype) -> None:
    photo_id = beach(tintype)
    body = {"tags": ["Dune", "grass"], "label": "Cat", "weight": 0.25, "filename": "holiday.jpg"}
    answer = change(tintype, photo_id, body)
    assert answer.status_code == 200, answer.body
    edited = answer.json_body
    assert (edited["tags"], edited["label"], edited["weight"]) == (["cat", "dune", "grass"], "cat", 0.25)
    assert (edited["filename"], edited["version"]) == ("holiday.jpg", tintype.get(f"/photos/{photo_id}")["version"])
    assert [p["photo_id"] for p in tintype.get("/gallery/articles", tag="dune")["items"]] == [photo_id]
    assert tintype.get("/gallery/articles", tag="beach")["items"] == []
    assert {t["tag_name"] for t in tintype.get("/gallery/trending")["items"]} == {"Cat", "Dune", "Grass"}
    hidden = change(tintype, photo_id, {"status": "private"}).json_body
    assert hidden["status"] == "private"
    assert tintype.call("GET", f"/photos/{photo_id}").status_code == 404
    assert tintype.get("/gallery/trending")["total_tags"] == 0


def test_a_label_is_taken_away_with_null_and_nothing_at_all_changes_nothing(tintype: Tintype) -> None:
    photo_id = beach(tintype)
    change(tintype, photo_id, {"label": "cat"})
    assert change(tintype, photo_id, {"label": None}).json_body["label"] is None
    before = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert change(tintype, photo_id, {}).json_body["version"] == before["version"]


@pytest.mark.parametrize("quoted", ["{}", '"{}"'])
def test_an_edit_holds_for_the_version_that_was_read_and_no_other(tintype: Tintype, quoted: str) -> None:
    photo_id = beach(tintype)
    version = tintype.get(f"/photos/{photo_id}")["version"]
    first = change(tintype, photo_id, {"label": "cat"}, version=quoted.format(version))
    assert first.status_code == 200, first.body
    late = change(tintype, photo_id, {"label": "dog"}, version=quoted.format(version))
    assert (late.status_code, late.json_body["code"]) == (412, "version_mismatch")
    assert late.json_body["version"] == first.json_body["version"]
    assert tintype.get(f"/photos/{photo_id}")["label"] == "cat"
    assert change(tintype, photo_id, {"label": "dog"}, version="*").status_code == 200


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
def test_a_field_that_makes_no_sense_or_is_not_editable_is_named(tintype: Tintype, body: Any, field: str) -> None:
    photo_id = beach(tintype)
    before = tintype.get(f"/photos/{photo_id}")
    answer = change(tintype, photo_id, body)
    assert (answer.status_code, answer.json_body.get("field")) == (400, field), answer.body
    assert tintype.get(f"/photos/{photo_id}")["version"] == before["version"]


@pytest.mark.parametrize("given", ["", "abc", "-1", '"1', "1.5", "9" * 30])
def test_an_if_match_that_names_no_version_is_refused(tintype: Tintype, given: str) -> None:
    answer = change(tintype, beach(tintype), {"label": "cat"}, version=given)
    assert (answer.status_code, answer.json_body["field"]) == (400, "If-Match")


def test_strangers_and_nobody_can_change_nothing_and_learn_nothing(tintype: Tintype) -> None:
    photo_id = beach(tintype)
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", f"/photos/{photo_id}", {"label": "cat"}),
        ("DELETE", f"/photos/{photo_id}", None),
        ("DELETE", f"/photos/{photo_id}?permanent=true", None),
        ("POST", f"/photos/{photo_id}/restore", None),
    ]
    for method, path, body in calls:
        assert tintype.call(method, path, body=body).status_code == 401
        refused = tintype.call(method, path, body=body, as_="mallory")
        assert (refused.status_code, refused.json_body["code"]) == (404, "photo_not_found")
    batch = {"photo_ids": [photo_id, "nothing"], "action": "trash"}
    assert tintype.call("POST", "/photos/batch", body=batch).status_code == 401
    codes = {r["code"] for r in results(tintype.call("POST", "/photos/batch", body=batch, as_="mallory"))}
    assert codes == {"photo_not_found"}
    assert tintype.get(f"/photos/{photo_id}")["label"] is None


def test_a_photo_goes_to_the_trash_and_comes_back(tintype: Tintype) -> None:
    photo_id = beach(tintype)
    answer = tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER)
    assert (answer.status_code, answer.body) == (204, b"")
    assert tintype.call("GET", f"/photos/{photo_id}").status_code == 404
    assert tintype.get("/photos", as_=OWNER)["items"] == []
    (trashed,) = tintype.get("/photos", as_=OWNER, state="trashed", scope="mine")["items"]
    assert (trashed["photo_id"], trashed["state"]) == (photo_id, "trashed")
    assert tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER).status_code == 204
    back = tintype.call("POST", f"/photos/{photo_id}/restore", as_=OWNER)
    assert (back.status_code, back.json_body["state"]) == (200, "ready")
    assert [p["photo_id"] for p in tintype.get("/photos")["items"]] == [photo_id]


def test_a_photo_deleted_for_ever_is_gone_with_its_original_and_cannot_be_restored(tintype: Tintype) -> None:
    photo_id = beach(tintype)
    answer = tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER, query={"permanent": "true"})
    assert (answer.status_code, answer.body) == (204, b"")
    assert "Versions" not in tintype.s3.list_object_versions(Bucket="originals")
    assert "Contents" not in tintype.s3.list_objects_v2(Bucket="derivatives")
    for method, path in [("POST", "/restore"), ("DELETE", ""), ("GET", "")]:
        refused = tintype.call(method, f"/photos/{photo_id}{path}", as_=OWNER)
        assert (refused.status_code, refused.json_body["code"]) == (404, "photo_not_found")
    tintype.deliver("a.jpg", "ObjectRemoved:Delete")
    assert tintype.get("/stats", as_=OWNER)["photos"] == 0


def test_the_cover_of_a_tag_is_replaced_when_its_photo_goes(tintype: Tintype) -> None:
    older, newer = beach(tintype, "older.jpg"), beach(tintype, "newer.jpg", seed=1)
    before = tintype.get("/gallery/trending")["items"][0]
    assert newer in before["cover_image"]
    tintype.call("DELETE", f"/photos/{newer}", as_=OWNER)
    after = tintype.get("/gallery/trending")["items"][0]
    assert (after["count"], older in after["cover_image"]) == (1, True)


@pytest.mark.parametrize("query", [{"permanent": "yes"}, {"for": "ever"}])
def test_a_deletion_that_is_not_understood_deletes_nothing(tintype: Tintype, query: dict[str, str]) -> None:
    photo_id = beach(tintype)
    assert tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER, query=query).status_code == 400
    assert tintype.get(f"/photos/{photo_id}")["state"] == "ready"


def test_a_ticket_that_is_not_used_yet_cannot_be_deleted(tintype: Tintype) -> None:
    ticket = tintype.call("POST", "/uploads", as_=OWNER, body={"filename": "a.jpg"}).json_body
    for query in ({}, {"permanent": "true"}):
        refused = tintype.call("DELETE", f"/photos/{ticket['photo_id']}", as_=OWNER, query=query)
        assert (refused.status_code, refused.json_body["code"]) == (409, "conflict")


def test_the_same_bytes_again_are_a_duplicate_and_told_before_they_are_sent(tintype: Tintype) -> None:
    first = beach(tintype)
    tintype.drop("again.jpg", picture(size=(200, 100)))
    (copy,) = tintype.get("/photos", as_=OWNER, state="duplicate")["items"]
    assert (copy["state"], copy["duplicate_of"]) == ("duplicate", first)
    stored = tintype.container.photos.get(first)
    assert stored is not None
    ask = {"filename": "third.jpg", "sha256": stored.sha256}
    known = tintype.call("POST", "/uploads", as_=OWNER, body=ask)
    assert (known.status_code, known.json_body) == (200, {"duplicate_of": first})
    assert tintype.call("POST", "/uploads", as_="another", body=ask).status_code == 201
    tintype.call("DELETE", f"/photos/{first}", as_=OWNER)
    assert tintype.call("POST", "/uploads", as_=OWNER, body=ask).status_code == 201
    tintype.call("DELETE", f"/photos/{first}", as_=OWNER, query={"permanent": "true"})
    assert tintype.get(f"/photos/{copy['photo_id']}", as_=OWNER)["state"] == "ready"


def test_a_batch_does_one_thing_to_many_photos_with_a_result_for_each(tintype: Tintype) -> None:
    one, two = beach(tintype, "1.jpg"), beach(tintype, "2.jpg", seed=1)
    ask = {"photo_ids": [one, "nothing", two], "action": "tag", "tags": ["Dune"]}
    came = results(tintype.call("POST", "/photos/batch", as_=OWNER, body=ask))
    assert [(r["photo_id"], r["ok"]) for r in came] == [(one, True), ("nothing", False), (two, True)]
    assert came[1]["code"] == "photo_not_found"
    assert came[1]["error"].endswith(".")
    assert came[0]["photo"]["tags"][:2] == ["beach", "dune"]
    for action, there in [("hide", 0), ("publish", 2), ("trash", 0), ("restore", 2)]:
        assert all(r["ok"] for r in _all(tintype, [one, two], action))
        assert len(tintype.get("/photos", scope="public")["items"]) == there
    untag = {"photo_ids": [one], "action": "untag", "tags": ["dune", "beach"]}
    assert "beach" not in results(tintype.call("POST", "/photos/batch", as_=OWNER, body=untag))[0]["photo"]["tags"]


def test_a_photo_that_cannot_take_a_change_keeps_no_other_waiting(tintype: Tintype) -> None:
    full, other = beach(tintype, "1.jpg"), beach(tintype, "2.jpg", seed=1)
    change(tintype, full, {"tags": [f"t{n}" for n in range(20)]})
    ask = {"photo_ids": [full, other], "action": "tag", "tags": ["dune"]}
    first, second = results(tintype.call("POST", "/photos/batch", as_=OWNER, body=ask))
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
        ({"photo_ids": ["a"]}, "action"),
        ({"photo_ids": ["a"], "action": "explode"}, "action"),
        ({"photo_ids": ["a"], "action": ["trash"]}, "action"),
        ({"photo_ids": ["a"], "action": "tag"}, "tags"),
        ({"photo_ids": ["a"], "action": "tag", "tags": []}, "tags"),
        ({"photo_ids": ["a"], "action": "trash", "tags": ["x"]}, "tags"),
        ({"photo_ids": ["a"], "action": "trash", "force": True}, "force"),
    ],
)
def test_a_batch_that_makes_no_sense_does_nothing_and_names_the_field(
    tintype: Tintype, body: dict[str, Any], field: str
) -> None:
    answer = tintype.call("POST", "/photos/batch", as_=OWNER, body=body)
    assert (answer.status_code, answer.json_body["field"]) == (400, field)


def _all(tintype: Tintype, photo_ids: list[str], action: str) -> list[dict[str, Any]]:
    return results(tintype.call("POST", "/photos/batch", as_=OWNER, body={"photo_ids": photo_ids, "action": action}))
