import io
import time
import urllib.request
import zipfile
from typing import Any

from local.site.inbox import fetch_messages
from tests.e2e.conftest import TIMEOUT_SECONDS, Client
from tests.support.images.tiny import picture


def ready(client: Client, bundle_id: str) -> Any:
    """The bundle, once nothing more happens to it."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        bundle = client.request("GET", f"/bundles/{bundle_id}")
        if bundle["state"] not in {"queued", "building"}:
            return bundle
        time.sleep(0.3)
    raise AssertionError(f"not ready: {bundle}")


def test_photos_are_taken_away_in_a_zip_and_a_message_says_when_it_is_ready(client: Client) -> None:
    originals = {f"away {n}.jpg": picture(size=(500 + n, 200)) for n in range(3)}
    for name, data in originals.items():
        client.upload_form(name, data)
    client.wait_until_processed(set(originals))
    client.request("POST", "/me/notifications", b'{"channel": "sms"}', "application/json")
    ordered = client.request("POST", "/download", b'{"labels": ["Camera"]}', "application/json")
    bundle = ready(client, ordered["bundle_id"])
    assert (bundle["state"], bundle["skipped"]) == ("ready", [])
    url = bundle["volumes"][0]["url"]
    assert url.startswith(client.library.api_url)
    with urllib.request.urlopen(url) as answer:
        built = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert {name: built.read(name) for name in originals} == originals
    told = [
        message for message in fetch_messages(client.library.provisioned.services) if message.subject or message.text
    ]
    assert any("Your photos are ready" in message.subject + message.text for message in told)
