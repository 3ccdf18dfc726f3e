import io
import time
import urllib.request
import zipfile
from typing import Any

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


def test_bundle_contains_originals_and_sends_notification(client: Client) -> None:
    originals = {f"photo {n}.jpg": encode_image(size=(500 + n, 200)) for n in range(3)}
    for name, data in originals.items():
        client.upload_form(name, data)
    client.wait_until_processed(set(originals))
    client.request("POST", "/me/notifications", b'{"channel": "sms"}', "application/json")
    requested = client.request("POST", "/download", b'{"labels": ["Camera"]}', "application/json")
    bundle = wait_until_built(client, requested["bundle_id"])
    assert (bundle["state"], bundle["skipped"]) == ("ready", [])
    url = bundle["volumes"][0]["url"]
    assert url.startswith(client.library.api_url)
    with urllib.request.urlopen(url) as response:
        volume = zipfile.ZipFile(io.BytesIO(response.read()))
    assert {name: volume.read(name) for name in originals} == originals
    messages = [
        message for message in fetch_messages(client.library.provisioned.services) if message.subject or message.text
    ]
    assert any("Your photos are ready" in message.subject + message.text for message in messages)
