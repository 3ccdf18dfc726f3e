from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from chalice.test import HTTPResponse

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.images.tiny import picture
from tests.support.multipart import TYPE, Part, form

FORM = {"Content-Type": TYPE}


def send(tintype: Tintype, *parts: Part) -> HTTPResponse:
    return tintype.call("POST", "/upload", as_="alice", body=form(*parts), headers=FORM)


IMAGE = ("img", "cat.jpg", picture())
LABEL = ("label", None, b"cat")


def test_a_form_becomes_a_photo_with_what_was_said_of_it(tintype: Tintype) -> None:
    answer = send(
        tintype, LABEL, IMAGE, ("weight", None, b"0.25"), ("tags", None, b"Tiger, pet"), ("status", None, b"public")
    )
    assert answer.status_code == 200, answer.body
    assert answer.json_body["message"] == "Image uploaded successfully"
    photo_id = answer.json_body["photo_id"]
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["state"] == "uploading"
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/cat.jpg")
    shown = tintype.get(f"/photos/{photo_id}")
    assert (shown["state"], shown["label"], shown["weight"]) == ("ready", "cat", 0.25)
    assert shown["tags"][:3] == ["cat", "tiger", "pet"]


def test_a_photo_is_private_unless_said_otherwise(tintype: Tintype) -> None:
    photo_id = send(tintype, LABEL, IMAGE).json_body["photo_id"]
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/cat.jpg")
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["status"] == "private"
    for path in ("", "/thumbnail", "/preview", "/resized", "/original"):
        assert tintype.call("GET", f"/photos/{photo_id}{path}").status_code == 404
        assert tintype.call("GET", f"/photos/{photo_id}{path}", as_="mallory").status_code == 404
    assert tintype.call("GET", f"/thumbnails/{photo_id}", as_="mallory").status_code == 404
    assert tintype.get("/photos", scope="public")["items"] == []
    assert tintype.get("/photos", as_="mallory")["items"] == []
    assert tintype.get("/gallery/trending")["total_tags"] == 0


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([LABEL, IMAGE, ("x", None, b"1")], "Unexpected field 'x' in request body"),
        ([IMAGE], "label is required."),
        ([LABEL], "img is required."),
        ([LABEL, ("img", None, b"text")], "img must be a file."),
        ([LABEL, LABEL, IMAGE], "label may be given only once."),
        ([LABEL, IMAGE, ("weight", None, b"1")], "weight must be a number over 0 and under 1"),
        ([LABEL, IMAGE, ("status", None, b"secret")], "status must be public or private."),
        ([LABEL, IMAGE, ("tags", None, b"x" * 5000)], "A tag has at most 64 characters"),
        ([LABEL, IMAGE, ("tags", None, b",".join(b"%d" % n for n in range(200)))], "at most 20 tags"),
        ([LABEL, IMAGE, ("tags", None, b"\xff\xfe")], "UTF-8"),
        ([("label", None, b"y" * 65), IMAGE], "A label has at most 64 characters"),
    ],
)
def test_a_form_that_breaks_the_rules_is_refused_with_a_sentence(
    tintype: Tintype, parts: list[Any], sentence: str
) -> None:
    answer = send(tintype, *parts)
    assert answer.status_code == 400
    assert sentence in answer.json_body["error"]
    assert tintype.get("/photos", as_="alice")["items"] == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain"])
def test_what_is_no_form_is_told_what_to_send(tintype: Tintype, kind: str) -> None:
    answer = tintype.call("POST", "/upload", as_="alice", body=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json_body["code"] == "unsupported_media_type"


def test_a_broken_form_is_bad_input(tintype: Tintype) -> None:
    answer = tintype.call("POST", "/upload", as_="alice", body=b"--nonsense", headers=FORM)
    assert (answer.status_code, answer.json_body["code"]) == (400, "invalid_multipart")


def test_what_is_too_large_for_lambda_is_shown_the_way(tintype: Tintype) -> None:
    answer = send(tintype, LABEL, ("img", "big.jpg", b"x" * 4_600_000))
    assert answer.status_code == 413
    assert answer.json_body["upload_with"] == "POST /uploads"


def test_a_ticket_fixes_the_key_and_the_size(tintype: Tintype) -> None:
    answer = tintype.call("POST", "/uploads", as_="alice", body={"filename": "a b/ü.jpg", "bytes": 1234, "tags": ["x"]})
    assert answer.status_code == 201
    ticket = answer.json_body
    fields = ticket["upload"]["fields"]
    assert fields["key"] == f"uploads/{id_of('alice')}/{ticket['photo_id']}/ü.jpg"
    assert fields["Content-Type"] == "image/jpeg"
    assert ticket["upload"]["method"] == "POST"
    assert ticket["expires_at"].endswith("Z")


def test_bytes_that_are_in_the_library_already_need_no_ticket(tintype: Tintype) -> None:
    import hashlib

    photo_id = send(tintype, LABEL, IMAGE).json_body["photo_id"]
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/cat.jpg")
    known = hashlib.sha256(picture()).hexdigest().upper()
    answer = tintype.call("POST", "/uploads", as_="alice", body={"filename": "copy.jpg", "sha256": known})
    assert (answer.status_code, answer.json_body) == (200, {"duplicate_of": photo_id})
    assert tintype.call("POST", "/uploads", as_="bob", body={"filename": "a.jpg", "sha256": known}).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "filename"),
        ({"filename": 7}, "filename"),
        ({"filename": "x" * 1025}, "filename"),
        ({"filename": "a.jpg", "bytes": 0}, "bytes"),
        ({"filename": "a.jpg", "bytes": -1}, "bytes"),
        ({"filename": "a.jpg", "bytes": 10**12}, "bytes"),
        ({"filename": "a.jpg", "bytes": "many"}, "bytes"),
        ({"filename": "a.jpg", "bytes": True}, "bytes"),
        ({"filename": "a.jpg", "sha256": "abc"}, "sha256"),
        ({"filename": "a.jpg", "tags": "sea"}, "tags"),
        ({"filename": "a.jpg", "tags": ["x" * 5000]}, "tags"),
        ({"filename": "a.jpg", "tags": [str(n) for n in range(200)]}, "tags"),
        ({"filename": "a.jpg", "tags": [None]}, "tags"),
        ({"filename": "a.jpg", "label": 7}, "label"),
        ({"filename": "a.jpg", "weight": 1}, "weight"),
        ({"filename": "a.jpg", "status": "Public"}, "status"),
        ({"filename": "a.jpg", "colour": "red"}, "colour"),
    ],
)
def test_a_ticket_for_bad_input_is_refused_and_the_field_named(
    tintype: Tintype, body: dict[str, Any], field: str
) -> None:
    answer = tintype.call("POST", "/uploads", as_="alice", body=body)
    assert answer.status_code == 400
    assert answer.json_body["field"] == field


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_a_ticket_asked_for_in_no_json_is_refused(tintype: Tintype, body: bytes) -> None:
    answer = tintype.call("POST", "/uploads", as_="alice", body=body)
    assert (answer.status_code, answer.json_body["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(("path", "sent"), [("/uploads", {"filename": "a.jpg"}), ("/upload", form(LABEL, IMAGE))])
def test_nobody_puts_anything_in_without_signing_in(tintype: Tintype, path: str, sent: Any) -> None:
    answer = tintype.call("POST", path, body=sent, headers=FORM if isinstance(sent, bytes) else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("bucket", ["originals"])
@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "image/jpeg"}, {"Content-Type": "application/x-www-form-urlencoded"}]
)
def test_a_raw_body_becomes_a_photo_whatever_its_type(tintype: Tintype, bucket: str, headers: dict[str, str]) -> None:
    answer = tintype.call("PUT", f"/{bucket}/my%20cat%2B1.jpg", as_="alice", body=picture(), headers=headers)
    assert answer.status_code == 200, answer.body
    photo_id = answer.json_body["photo_id"]
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["filename"] == "my cat+1.jpg"
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/my cat+1.jpg")
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["state"] == "ready"


def test_a_raw_body_for_another_bucket_is_not_found(tintype: Tintype) -> None:
    for bucket in ("otherbucket", "derivatives"):
        assert tintype.call("PUT", f"/{bucket}/x.jpg", as_="alice", body=picture()).status_code == 404


def test_a_raw_body_must_be_signed_and_neither_empty_nor_too_large(tintype: Tintype) -> None:
    assert tintype.call("PUT", "/originals/x.jpg", body=picture()).status_code == 401
    assert tintype.call("PUT", "/originals/x.jpg", as_="alice").status_code == 400
    large = tintype.call("PUT", "/originals/x.jpg", as_="alice", body=b"x" * 4_600_000)
    assert (large.status_code, large.json_body["upload_with"]) == (413, "POST /uploads")
    assert tintype.get("/photos", as_="alice")["items"] == []


def test_a_url_used_again_after_its_photo_was_deleted_makes_no_photo(tintype: Tintype) -> None:
    url = tintype.call("PUT", "/upload", as_="alice", body={"file_name": "a b.jpg"}).json_body["url"]
    key = "uploads/" + unquote(urlsplit(url).path).partition("/uploads/")[2]
    tintype.drop(key, picture())
    (photo,) = tintype.get("/photos", as_="alice")["items"]
    path = f"/photos/{photo['photo_id']}?permanent=true"
    assert tintype.call("DELETE", path, as_="alice").status_code == 204
    tintype.drop(key, picture(size=(50, 30)))
    for viewer in ("alice", OWNER):
        assert tintype.get("/photos", as_=viewer)["items"] == []
        for state in ("processing", "rejected", "trashed"):
            assert tintype.get("/photos", as_=viewer, state=state)["items"] == []
    assert tintype.s3.head_object(Bucket="originals", Key=key)["ContentLength"] == len(picture(size=(50, 30)))


def test_a_plain_client_is_given_a_url_to_put_to(tintype: Tintype) -> None:
    answer = tintype.call("PUT", "/upload", as_="alice", body={"file_name": "a b.jpg"})
    assert answer.status_code == 200
    url = answer.json_body["url"]
    assert "/a%20b.jpg?" in url
    assert "X-Amz-Signature=" in url
    assert "content-type" not in url.lower()
    refused = tintype.call("PUT", "/upload", as_="alice", body={"filename": "a.jpg"})
    assert (refused.status_code, refused.json_body["field"]) == (400, "filename")
    assert tintype.call("PUT", "/upload", body={"file_name": "a.jpg"}).status_code == 401
