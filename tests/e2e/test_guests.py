"""A guest of a shared link in the running library: looks, downloads and adds photos through S3's real forms."""

import json
import time
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

from tests.e2e.conftest import TIMEOUT_SECONDS, Client
from tests.support.images.tiny import encode_image
from tests.support.multipart import file_form


def send(method: str, url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, Message]:
    """Status, body and headers of a request without an account."""
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


class Guest:
    """Someone with a link of the demo user."""

    def __init__(self, client: Client, share: Any) -> None:
        self.url = f"{client.library.api_url}/shares/{share['token']}"

    def get(self, path: str = "") -> Any:
        status, body, _ = send("GET", self.url + path)
        assert status == 200, body
        return json.loads(body)

    def ticket(self, size: int) -> Any:
        body = json.dumps({"name": "Grandma", "filename": "bay.jpg", "bytes": size}).encode()
        status, answer, _ = send("POST", f"{self.url}/uploads", body, **{"Content-Type": "application/json"})
        assert status == 201, answer
        return json.loads(answer)

    def upload(self, ticket: Any, data: bytes, **fields: str) -> int:
        """Send a ticket's form; returns the status."""
        body, content_type = file_form({**ticket["upload"]["fields"], **fields}, "file", "bay.jpg", data)
        return send("POST", ticket["upload"]["url"], body, **{"Content-Type": content_type})[0]

    def wait_for(self, ticket: Any, state: str) -> None:
        """Wait until a photo has this state."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while (found := self.get(f"/uploads/{ticket['photo_id']}")["state"]) != state:
            assert time.monotonic() < deadline, found
            time.sleep(0.1)


def post(client: Client, path: str, **body: Any) -> Any:
    return client.request("POST", path, json.dumps(body).encode(), "application/json")


def test_guest_adds_a_photo_that_the_owner_reviews(client: Client) -> None:
    album_id = post(client, "/albums", title="Summer")["album_id"]
    guest = Guest(client, post(client, f"/albums/{album_id}/shares", add=True, review=True, download="original"))
    # Two pictures of the same size in bytes: decoders ignore what follows a JPEG.
    first, second = (encode_image(color, size=(301, 200)).ljust(9_000, b"\0") for color in ("coral", "orchid"))
    ticket = guest.ticket(len(first))
    for data, fields in ((first + b"x", {}), (first[:-1], {}), (first, {"key": "uploads/other.jpg"})):
        assert 400 <= guest.upload(ticket, data, **fields) < 500
    assert guest.get(f"/uploads/{ticket['photo_id']}")["state"] == "uploading"
    assert guest.upload(ticket, first) == 204
    guest.wait_for(ticket, "pending")
    assert guest.get("/photos")["items"] == []
    post(client, "/photos/batch", action="approve", photo_ids=[ticket["photo_id"]])
    guest.wait_for(ticket, "ready")
    [photo] = guest.get("/photos")["items"]
    assert (photo["guest"], photo["width"], photo["original"]) == ("Grandma", 301, True)
    status, original, headers = send("GET", f"{guest.url}/photos/{photo['photo_id']}/original")
    assert (status, original) == (200, first)
    assert headers["Content-Disposition"].startswith("attachment")
    # The same ticket again, with another file of the same size: it waits once more.
    assert guest.upload(ticket, second) == 204
    guest.wait_for(ticket, "pending")
    assert guest.get("/photos")["items"] == []
