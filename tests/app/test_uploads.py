import hashlib
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from chalice.test import HTTPResponse

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.images.tiny import encode_image
from tests.support.multipart import TYPE, Part, form

FORM = {"Content-Type": TYPE}


def send_form(tintype: Tintype, *parts: Part) -> HTTPResponse:
    return tintype.call("POST", "/upload", as_="alice", body=form(*parts), headers=FORM)


IMAGE = ("img", "cat.jpg", encode_image())
LABEL = ("label", None, b"cat")


def test_form_becomes_a_photo_with_its_metadata(tintype: Tintype) -> None:
    response = send_form(
        tintype, LABEL, IMAGE, ("weight", None, b"0.25"), ("tags", None, b"Tiger, pet"), ("status", None, b"public")
    )
    assert response.status_code == 200, response.body
    assert response.json_body["message"] == "Image uploaded successfully"
    photo_id = response.json_body["photo_id"]
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["state"] == "uploading"
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/cat.jpg")
    photo = tintype.get(f"/photos/{photo_id}")
    assert (photo["state"], photo["label"], photo["weight"]) == ("ready", "cat", 0.25)
    assert photo["tags"][:3] == ["cat", "tiger", "pet"]


def test_photo_is_private_by_default(tintype: Tintype) -> None:
    photo_id = send_form(tintype, LABEL, IMAGE).json_body["photo_id"]
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
        ([LABEL, LABEL, IMAGE], "label may appear only once."),
        ([LABEL, IMAGE, ("weight", None, b"1")], "weight must be greater than 0 and less than 1"),
        ([LABEL, IMAGE, ("status", None, b"secret")], "status must be public or private."),
        ([LABEL, IMAGE, ("tags", None, b"x" * 5000)], "A tag can have at most 64 characters"),
        ([LABEL, IMAGE, ("tags", None, b",".join(b"%d" % n for n in range(200)))], "at most 20 tags"),
        ([LABEL, IMAGE, ("tags", None, b"\xff\xfe")], "UTF-8"),
        ([("label", None, b"y" * 65), IMAGE], "A label can have at most 64 characters"),
    ],
)
def test_invalid_form_field_returns_400(tintype: Tintype, parts: list[Any], sentence: str) -> None:
    response = send_form(tintype, *parts)
    assert response.status_code == 400
    assert sentence in response.json_body["error"]
    assert tintype.get("/photos", as_="alice")["items"] == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain"])
def test_other_content_type_returns_415(tintype: Tintype, kind: str) -> None:
    response = tintype.call("POST", "/upload", as_="alice", body=b"{}", headers={"Content-Type": kind})
    assert response.status_code == 415
    assert response.json_body["code"] == "unsupported_media_type"


def test_malformed_form_returns_400(tintype: Tintype) -> None:
    response = tintype.call("POST", "/upload", as_="alice", body=b"--nonsense", headers=FORM)
    assert (response.status_code, response.json_body["code"]) == (400, "invalid_multipart")


def test_body_over_the_limit_returns_413_with_the_alternative(tintype: Tintype) -> None:
    response = send_form(tintype, LABEL, ("img", "big.jpg", b"x" * 4_600_000))
    assert response.status_code == 413
    assert response.json_body["upload_with"] == "POST /uploads"


def test_ticket_restricts_key_and_size(tintype: Tintype) -> None:
    response = tintype.call(
        "POST", "/uploads", as_="alice", body={"filename": "a b/ü.jpg", "bytes": 1234, "tags": ["x"]}
    )
    assert response.status_code == 201
    ticket = response.json_body
    fields = ticket["upload"]["fields"]
    assert fields["key"] == f"uploads/{id_of('alice')}/{ticket['photo_id']}/ü.jpg"
    assert fields["Content-Type"] == "image/jpeg"
    assert ticket["upload"]["method"] == "POST"
    assert ticket["expires_at"].endswith("Z")


def test_upload_named_like_a_sidecar_is_rejected_and_can_be_deleted(tintype: Tintype) -> None:
    for name in ("holiday.json", "x.xmp", "thumbs.db"):
        photo_id = send_form(tintype, LABEL, ("img", name, b"{}")).json_body["photo_id"]
        tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/{name}")
        assert [p["photo_id"] for p in tintype.get("/photos", as_="alice", state="rejected")["items"]] == [photo_id]
        assert tintype.call("DELETE", f"/photos/{photo_id}?permanent=true", as_="alice").status_code == 204


def test_key_without_read_permission_learns_of_no_duplicate(tintype: Tintype) -> None:
    photo_id = send_form(tintype, LABEL, IMAGE).json_body["photo_id"]
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/cat.jpg")
    body = {"filename": "copy.jpg", "sha256": hashlib.sha256(encode_image()).hexdigest()}
    statuses = {}
    for can in (["upload"], ["upload", "manage"], ["upload", "read"]):
        token = tintype.call("POST", "/keys", as_="alice", body={"name": "scanner", "can": can}).json_body["key"]
        statuses[can[-1]] = tintype.call("POST", "/uploads", token=token, body=body).status_code
    assert statuses == {"upload": 201, "manage": 201, "read": 200}


def test_known_sha256_gets_no_ticket(tintype: Tintype) -> None:
    photo_id = send_form(tintype, LABEL, IMAGE).json_body["photo_id"]
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/cat.jpg")
    sha256 = hashlib.sha256(encode_image()).hexdigest().upper()
    response = tintype.call("POST", "/uploads", as_="alice", body={"filename": "copy.jpg", "sha256": sha256})
    assert (response.status_code, response.json_body) == (200, {"duplicate_of": photo_id})
    assert tintype.call("POST", "/uploads", as_="bob", body={"filename": "a.jpg", "sha256": sha256}).status_code == 201


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
        ({"filename": "a.jpg", "color": "red"}, "color"),
    ],
)
def test_invalid_ticket_request_returns_400_naming_the_field(
    tintype: Tintype, body: dict[str, Any], field: str
) -> None:
    response = tintype.call("POST", "/uploads", as_="alice", body=body)
    assert response.status_code == 400
    assert response.json_body["field"] == field


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_ticket_request_that_is_no_json_returns_400(tintype: Tintype, body: bytes) -> None:
    response = tintype.call("POST", "/uploads", as_="alice", body=body)
    assert (response.status_code, response.json_body["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(("path", "sent"), [("/uploads", {"filename": "a.jpg"}), ("/upload", form(LABEL, IMAGE))])
def test_uploads_require_sign_in(tintype: Tintype, path: str, sent: Any) -> None:
    response = tintype.call("POST", path, body=sent, headers=FORM if isinstance(sent, bytes) else {})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("bucket", ["originals"])
@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "image/jpeg"}, {"Content-Type": "application/x-www-form-urlencoded"}]
)
def test_raw_body_becomes_a_photo_for_any_content_type(tintype: Tintype, bucket: str, headers: dict[str, str]) -> None:
    response = tintype.call("PUT", f"/{bucket}/my%20cat%2B1.jpg", as_="alice", body=encode_image(), headers=headers)
    assert response.status_code == 200, response.body
    photo_id = response.json_body["photo_id"]
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["filename"] == "my cat+1.jpg"
    tintype.deliver(f"uploads/{id_of('alice')}/{photo_id}/my cat+1.jpg")
    assert tintype.get(f"/photos/{photo_id}", as_="alice")["state"] == "ready"


def test_raw_body_for_another_bucket_returns_404(tintype: Tintype) -> None:
    for bucket in ("otherbucket", "derivatives"):
        assert tintype.call("PUT", f"/{bucket}/x.jpg", as_="alice", body=encode_image()).status_code == 404


def test_raw_body_requires_sign_in_and_a_valid_size(tintype: Tintype) -> None:
    assert tintype.call("PUT", "/originals/x.jpg", body=encode_image()).status_code == 401
    assert tintype.call("PUT", "/originals/x.jpg", as_="alice").status_code == 400
    large = tintype.call("PUT", "/originals/x.jpg", as_="alice", body=b"x" * 4_600_000)
    assert (large.status_code, large.json_body["upload_with"]) == (413, "POST /uploads")
    assert tintype.get("/photos", as_="alice")["items"] == []


def test_url_reused_after_deletion_creates_no_photo(tintype: Tintype) -> None:
    url = tintype.call("PUT", "/upload", as_="alice", body={"file_name": "a b.jpg"}).json_body["url"]
    key = "uploads/" + unquote(urlsplit(url).path).partition("/uploads/")[2]
    tintype.drop(key, encode_image())
    (photo,) = tintype.get("/photos", as_="alice")["items"]
    path = f"/photos/{photo['photo_id']}?permanent=true"
    assert tintype.call("DELETE", path, as_="alice").status_code == 204
    tintype.drop(key, encode_image(size=(50, 30)))
    for viewer in ("alice", OWNER):
        assert tintype.get("/photos", as_=viewer)["items"] == []
        for state in ("processing", "rejected", "trashed"):
            assert tintype.get("/photos", as_=viewer, state=state)["items"] == []
    assert "Versions" not in tintype.s3.list_object_versions(Bucket="originals", Prefix=key)


def test_presigned_put_url_is_returned(tintype: Tintype) -> None:
    response = tintype.call("PUT", "/upload", as_="alice", body={"file_name": "a b.jpg"})
    assert response.status_code == 200
    url = response.json_body["url"]
    assert "/a%20b.jpg?" in url
    assert "X-Amz-Signature=" in url
    assert "content-type" not in url.lower()
    error = tintype.call("PUT", "/upload", as_="alice", body={"filename": "a.jpg"})
    assert (error.status_code, error.json_body["field"]) == (400, "file_name")
    assert tintype.call("PUT", "/upload", body={"file_name": "a.jpg"}).status_code == 401
    error = tintype.call("PUT", "/upload", as_="alice", body=b"\xff\xd8\xff photo").json_body
    assert error["code"] == "invalid_json"
    assert "PUT it to /originals/{filename}" in error["error"]
