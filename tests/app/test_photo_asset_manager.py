"""The Photo Asset Manager's React client, call for call as it makes them.

It signs in by the implicit flow, sends its id token as `Authorization: Bearer`, names a type for every call, also for
a GET without a body, and puts any file to the URL it was given as `image/jpeg`.
"""

from typing import Any

import pytest
from chalice.test import HTTPResponse

from tests.app.conftest import Tintype
from tests.support.images.tiny import picture

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/plain, */*"}


def asked(tintype: Tintype, method: str, path: str, body: Any = None, **headers: str) -> HTTPResponse:
    token = tintype.identity.token("alice")
    return tintype.call(method, path, token=token, body=body, headers=JSON | headers)


def put(tintype: Tintype, name: str, data: bytes) -> None:
    """Ask for a URL, put the file to it, and let its event come."""
    answer = asked(tintype, "PUT", "/upload", {"file_name": name})
    assert answer.status_code == 200, answer.body
    key = answer.json_body["url"].partition("?")[0].partition("/originals/")[2]
    tintype.s3.put_object(Bucket="originals", Key=key, Body=data, ContentType="image/jpeg")
    tintype.deliver(key)


def test_an_empty_library_has_no_labels_but_their_shape(tintype: Tintype) -> None:
    answer = asked(tintype, "GET", "/labels")
    assert (answer.status_code, answer.json_body) == (200, {"labels": {}})


def test_what_was_put_is_counted_by_its_labels_and_can_be_downloaded_by_them(tintype: Tintype) -> None:
    put(tintype, "a.jpg", picture("navy"))
    put(tintype, "b.png", picture("navy", form="PNG"))
    labels = asked(tintype, "GET", "/labels").json_body["labels"]
    assert labels
    assert all(name == name.title() for name in labels)
    assert max(label["count"] for label in labels.values()) == 2
    answer = asked(tintype, "POST", "/download", {"labels": list(labels)})
    assert (answer.status_code, answer.json_body["photos"]) == (202, 2)


@pytest.mark.parametrize(("method", "path"), [("GET", "/labels"), ("PUT", "/upload"), ("POST", "/download")])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer expired"}])
def test_who_is_not_signed_in_is_refused_so_that_a_browser_may_read_it(
    tintype: Tintype, method: str, path: str, headers: dict[str, str]
) -> None:
    origin = {"Origin": "http://localhost:3000"}
    answer = tintype.call(method, path, body={"labels": ["Sea"]}, headers=JSON | origin | headers)
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
