import io
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from local.site.inbox import fetch_messages
from tests.e2e.conftest import TIMEOUT_SECONDS, Client
from tests.support.images.tiny import encode_image


def wait_until_built(client: Client, bundle_id: str) -> Any:
    """The bundle, once it is ready or failed."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        bundle = client.request("GET", f"/bundles/{bundle_id}")
        if bundle["state"] not in {"queued", "building"}:
            return bundle
        time.sleep(0.3)
    raise AssertionError(f"not ready: {bundle}")


@pytest.fixture
def subscriber(client: Client) -> Iterator[Client]:
    """The client, subscribed to text messages until the end of the test."""
    client.request("POST", "/me/notifications", b'{"channel": "sms"}', "application/json")
    yield client
    client.send("DELETE", f"{client.library.api_url}/me/notifications", b"", None, signed_in=True)


def wait_until_notified(client: Client, text: str) -> None:
    """Wait for a message with this text in the inbox."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        messages = fetch_messages(client.library.provisioned.services)
        if any(text in message.subject + message.text for message in messages):
            return
        time.sleep(0.3)
    raise AssertionError(f"no message with {text}")


def test_bundle_contains_originals_and_sends_notification(subscriber: Client) -> None:
    client = subscriber
    originals = {f"photo {n}.jpg": encode_image(size=(500 + n, 200)) for n in range(3)}
    for name, data in originals.items():
        client.upload_form(name, data)
    client.wait_until_processed(set(originals))
    requested = client.request("POST", "/download", b'{"labels": ["Camera"]}', "application/json")
    bundle = wait_until_built(client, requested["bundle_id"])
    assert (bundle["state"], bundle["skipped"]) == ("ready", [])
    url = bundle["volumes"][0]["url"]
    assert url.startswith(client.library.api_url)
    with urllib.request.urlopen(url) as response:
        volume = zipfile.ZipFile(io.BytesIO(response.read()))
    assert {name: volume.read(name) for name in originals} == originals
    wait_until_notified(client, "Your photos are ready")
