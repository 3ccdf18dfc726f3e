"""The requests of the Photo Asset Manager's React client.

The client signs in by the implicit flow and sends its ID token as `Authorization: Bearer`. It sends a Content-Type with
every request, even a GET without a body, and uploads every file to its presigned URL as `image/jpeg`.
"""

from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
from tests.app.conftest import Tintype
from tests.support.images.tiny import encode_image

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/plain, */*"}


def send(tintype: Tintype, method: str, path: str, body: Any = None, **headers: str) -> HTTPResponse:
    token = tintype.identity.token("alice")
    return tintype.call(method, path, token=token, body=body, headers=JSON | headers)


def upload(tintype: Tintype, name: str, data: bytes) -> None:
    """Get a presigned URL, upload the file, and deliver its event."""
    response = send(tintype, "PUT", "/upload", {"file_name": name})
    assert response.status_code == 200, response.body
    key = response.json_body["url"].partition("?")[0].partition("/originals/")[2]
    tintype.s3.put_object(Bucket="originals", Key=key, Body=data, ContentType="image/jpeg")
    tintype.deliver(key)


def test_empty_library_has_an_empty_labels_object(tintype: Tintype) -> None:
    response = send(tintype, "GET", "/labels")
    assert (response.status_code, response.json_body) == (200, {"labels": {}})


def test_uploaded_photos_are_counted_and_downloadable_by_label(tintype: Tintype) -> None:
    upload(tintype, "a.jpg", encode_image("navy"))
    upload(tintype, "b.png", encode_image("navy", image_format="PNG"))
    labels = send(tintype, "GET", "/labels").json_body["labels"]
    assert labels
    assert all(name == name.title() for name in labels)
    assert max(label["count"] for label in labels.values()) == 2
    response = send(tintype, "POST", "/download", {"labels": list(labels)})
    assert (response.status_code, response.json_body["photos"]) == (202, 2)


@pytest.mark.parametrize(("method", "path"), [("GET", "/labels"), ("PUT", "/upload"), ("POST", "/download")])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer expired"}])
def test_401_has_cors_headers(tintype: Tintype, method: str, path: str, headers: dict[str, str]) -> None:
    origin = {"Origin": "http://localhost:3000"}
    response = tintype.call(method, path, body={"labels": ["Sea"]}, headers=JSON | origin | headers)
    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_other_fields_of_the_two_calls_are_ignored(tintype: Tintype) -> None:
    assert send(tintype, "PUT", "/upload", {"file_name": "a.jpg", "size": 3}).status_code == 200
    assert send(tintype, "POST", "/download", {"labels": ["Sea"], "email": "x"}).status_code == 202
    assert send(tintype, "POST", "/bundles", {"tags": ["Sea"], "email": "x"}).status_code == 400


def test_unknown_labels_make_an_empty_bundle(tintype: Tintype) -> None:
    response = send(tintype, "POST", "/download", {"labels": ["Sea", "No such label"]})
    assert (response.status_code, response.json_body["photos"], response.json_body["state"]) == (202, 0, "ready")
    assert send(tintype, "GET", f"/bundles/{response.json_body['bundle_id']}").json_body["volumes"] == []


@pytest.mark.parametrize(("number", "status"), [(0, 400), (1000, 202), (1001, 400)])
def test_up_to_a_thousand_labels(tintype: Tintype, number: int, status: int) -> None:
    labels = [f"Label {n}" for n in range(number)]
    assert send(tintype, "POST", "/download", {"labels": labels}).status_code == status


def test_token_without_bearer_signs_in(tintype: Tintype) -> None:
    token = tintype.identity.token("alice")
    for method, path, body in (
        ("GET", "/labels", None),
        ("PUT", "/upload", {"file_name": "a.jpg"}),
        ("POST", "/download", {"labels": ["Sea"]}),
    ):
        response = tintype.call(method, path, body=body, headers=JSON | {"Authorization": token})
        assert response.status_code in {200, 202}, response.body


def test_verified_address_of_the_token_is_subscribed(tintype: Tintype) -> None:
    upload(tintype, "a.jpg", encode_image("navy"))
    labels = list(send(tintype, "GET", "/labels").json_body["labels"])
    token = tintype.identity.token("alice", email="alice@tintype.example", email_verified=True)
    for _ in range(2):
        response = tintype.call("POST", "/download", token=token, body={"labels": labels}, headers=JSON)
        assert response.status_code == 202
    (subscription,) = tintype.get("/me/notifications", token=token)["subscriptions"]
    assert (subscription["channel"], subscription["address"]) == ("email", "a•••@t•••.example")


def test_confirmations_of_downloads_are_limited_per_hour(tintype: Tintype) -> None:
    token = tintype.identity.token("alice", email="alice@tintype.example", email_verified=True)
    subscribed = []
    for _ in range(MAX_MESSAGES_PER_HOUR + 2):
        response = tintype.call("POST", "/download", token=token, body={"labels": ["Sea"]}, headers=JSON)
        assert response.status_code == 202
        subscribed.append(len(tintype.get("/me/notifications", token=token)["subscriptions"]))
        tintype.call("DELETE", "/me/notifications", token=token)
    assert subscribed == [1] * MAX_MESSAGES_PER_HOUR + [0, 0]
