"""Requests: what is sent, sent again and explained."""

import io

import httpx
import pytest

from tests.cli.fake_api import Script
from tintype_cli.api.client import DELAYS, FIRST_DELAYS, LibraryClient
from tintype_cli.api.errors import (
    ApiError,
    InvalidAddressError,
    LibraryError,
    NeverReachedError,
    StorageError,
    UnreachableError,
)


def test_request_has_key_parameters_and_version() -> None:
    script = Script([httpx.Response(200, json={"version": 4})])
    answer = script.client().request("PATCH", "/albums/a", params={"t": 1}, body={"title": "Lisbon"}, version=3)
    (request,) = script.requests
    assert answer == {"version": 4}
    assert (request.method, str(request.url)) == ("PATCH", "https://photos.test/api/albums/a?t=1")
    assert (request.headers["Authorization"], request.headers["If-Match"]) == ("Bearer tt_key", "3")
    assert request.content == b'{"title":"Lisbon"}'


def test_items_follows_cursors() -> None:
    script = Script(
        [
            httpx.Response(200, json={"items": [{"id": 1}, {"id": 2}], "cursor": "next"}),
            httpx.Response(200, json={"items": [{"id": 3}], "cursor": None}),
        ]
    )
    items = list(script.client().items("/photos", {"state": "trashed"}))
    assert [item["id"] for item in items] == [1, 2, 3]
    assert [request.url.query.decode() for request in script.requests] == [
        "limit=100&state=trashed",
        "limit=100&state=trashed&cursor=next",
    ]


@pytest.mark.parametrize("failure", [httpx.ReadError("reset"), httpx.ConnectTimeout("slow"), httpx.Response(502)])
def test_get_is_repeated_after_failures(failure: httpx.Response | Exception) -> None:
    script = Script([failure, failure, httpx.Response(200, json={"ok": True})])
    assert script.client().get("/me") == {"ok": True}
    assert script.waits == list(DELAYS[:2])


def test_get_gives_up_after_all_attempts() -> None:
    script = Script([httpx.Response(200, json={}), httpx.ConnectError("[Errno 111] Connection refused")])
    client = script.client()
    client.get("/me")
    with pytest.raises(UnreachableError, match=r"^photos\.test can't be reached: Connection refused\.$"):
        client.get("/me")
    assert len(script.requests) == 1 + len(DELAYS) + 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_address_that_was_never_reached_is_given_up_soon(method: str) -> None:
    script = Script([httpx.ConnectError("[Errno -2] Name or service not known")])
    with pytest.raises(NeverReachedError, match=r"photos\.test can't be reached: Name or service not known\. Does the"):
        script.client().request(method, "/me")
    assert script.waits == list(FIRST_DELAYS)
    assert sum(FIRST_DELAYS) < 5


def test_request_without_connection_is_repeated_as_it_had_no_effect() -> None:
    script = Script([httpx.Response(200, json={}), httpx.ConnectError("refused"), httpx.Response(201, json={"id": 1})])
    client = script.client()
    client.get("/me")
    assert client.request("POST", "/albums", body={}) == {"id": 1}


def test_notice_of_outage_comes_at_once_and_every_minute() -> None:
    notices: list[str] = []
    script = Script([httpx.Response(200, json={}), httpx.ConnectTimeout("timed out")])
    client = script.client(notify=notices.append)
    client.get("/me")
    with pytest.raises(UnreachableError):
        client.get("/me")
    # The delays add up to 120.5 s: a notice at once, and one after 60.5 s.
    assert notices == ["photos.test can't be reached: timed out. Trying again."] * 2


@pytest.mark.parametrize("failure", [httpx.ReadError("reset"), httpx.Response(500)])
def test_post_with_unknown_effect_is_not_repeated(failure: httpx.Response | Exception) -> None:
    script = Script([failure])
    with pytest.raises(LibraryError):
        script.client().request("POST", "/albums", body={"title": "Lisbon"})
    assert len(script.requests) == 1


def test_post_is_repeated_if_caller_says_so() -> None:
    script = Script([httpx.ReadError("reset"), httpx.Response(201, json={"photo_id": "p"})])
    assert script.client().request("POST", "/uploads", body={}, repeatable=True) == {"photo_id": "p"}


def test_refused_post_waits_as_asked_and_slows_down() -> None:
    refused = httpx.Response(429, headers={"Retry-After": "7"}, json={"error": "Too many.", "code": "x"})
    script = Script([refused, httpx.Response(201, json={})])
    client = script.client()
    client.request("POST", "/albums", body={})
    assert len(script.requests) == 2
    assert sum(script.waits) == pytest.approx(7.0)
    client.request("POST", "/albums", body={})
    client.request("POST", "/shares", body={})
    assert len(script.waits) == 2  # the pace of albums is lower, the other one is not
    assert script.waits[1] == pytest.approx(1 / 8, rel=0.1)


def test_error_of_api_is_explained() -> None:
    script = Script([httpx.Response(400, json={"error": "title is empty.", "code": "invalid", "field": "title"})])
    with pytest.raises(ApiError, match=r"title is empty\.") as raised:
        script.client().request("POST", "/albums", body={})
    assert (raised.value.status, raised.value.code, raised.value.field) == (400, "invalid", "title")


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(404, text="<html>")])
def test_address_of_page_is_explained(answer: httpx.Response) -> None:
    with pytest.raises(InvalidAddressError, match=r"https://photos\.test/api is not the address of a library's API"):
        Script([answer]).client().get("/me")


@pytest.mark.parametrize("url", ["photos.test", "ftp://photos.test", "https://", "https://a/?b=c", ""])
def test_invalid_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidAddressError):
        LibraryClient(url, "tt_key")


def test_download_has_no_key_and_is_not_decoded() -> None:
    script = Script([httpx.Response(200, stream=httpx.ByteStream(b"\x1f\x8b bytes"))])
    with script.client().download("https://bucket.test/original?signature=s") as chunks:
        assert b"".join(chunks) == b"\x1f\x8b bytes"
    assert "Authorization" not in script.requests[0].headers
    assert script.requests[0].headers["Accept-Encoding"] == "identity"


def test_expired_download_raises_storage_error() -> None:
    script = Script([httpx.Response(403, text="<Error/>")])
    with pytest.raises(StorageError) as raised, script.client().download("https://bucket.test/original"):
        pytest.fail("The response has no content.")
    assert raised.value.status == 403


def test_broken_download_raises_unreachable() -> None:
    def broken() -> object:
        yield b"begin"
        raise httpx.ReadError("reset")

    script = Script([httpx.Response(200, content=broken())])  # type: ignore[arg-type]
    with pytest.raises(UnreachableError), script.client().download("https://bucket.test/original") as chunks:
        list(chunks)


def test_upload_sends_form_with_file_last() -> None:
    script = Script([httpx.Response(204)])
    script.client().upload("https://bucket.test/", {"key": "k", "policy": "p"}, "a.jpg", io.BytesIO(b"bytes"))
    body = script.requests[0].content
    assert body.index(b'name="policy"') < body.index(b'name="file"; filename="a.jpg"') < body.index(b"bytes")
    assert "Authorization" not in script.requests[0].headers


@pytest.mark.parametrize(("status", "retry_after"), [(429, "7"), (503, "7"), (500, "")])
def test_busy_storage_may_be_asked_again(status: int, retry_after: str) -> None:
    script = Script([httpx.Response(status, headers={"Retry-After": retry_after})])
    with pytest.raises(StorageError) as raised:
        script.client().upload("https://bucket.test/", {}, "a.jpg", io.BytesIO(b""))
    assert (raised.value.may_pass, raised.value.retry_after) == (True, float(retry_after or 0))


def test_refused_upload_raises_storage_error() -> None:
    with pytest.raises(StorageError, match="status 403"):
        Script([httpx.Response(403)]).client().upload("https://bucket.test/", {}, "a.jpg", io.BytesIO(b""))
