"""Log files: readable by their owner only, and without what a person would not show to others."""

import base64
import json
import stat
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from local.credentials import read_access_key
from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image

TAG, FILENAME, DROPPED = "zanzibar", "grandmother-at-home.jpg", "dropped-by-a-tool.jpg"


def use_everything(client: Client) -> list[str]:
    """Send requests whose contents must not be logged; returns secrets that they used."""
    client.upload_with_ticket(FILENAME, encode_image(size=(301, 203)))
    client.put_in_bucket(DROPPED, b"not an image")
    photos = client.wait_until_processed({FILENAME, DROPPED})
    edit = json.dumps({"tags": [TAG]}).encode()
    client.request("PATCH", f"/photos/{photos[FILENAME]['photo_id']}", edit, "application/json")
    (tagged,) = client.request("GET", f"/gallery/articles?tag={TAG}")["items"]
    client.send("GET", tagged["thumbnail_url"], b"", None)
    client.request("POST", "/me/notifications", b'{"channel": "email"}', "application/json")
    client.send("GET", f"{client.library.page_url}inbox?tag={TAG}", b"", None)
    client.send("DELETE", f"{client.library.api_url}/me/notifications", b"", None, signed_in=True)
    for address in (f"{client.library.api_url}/", client.library.page_url):
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(address + FILENAME, timeout=30).close()
    key = client.request("POST", "/keys", b'{"name": "k", "can": ["read"]}', "application/json")["key"]
    bundle = client.request("POST", "/bundles", json.dumps({"tags": [TAG]}).encode(), "application/json")
    client.request("GET", f"/bundles/{bundle['bundle_id']}")
    return [str(key), client.token, client.token.rpartition(".")[2]]


def test_logs_hold_nothing_private(client: Client) -> None:
    secrets = use_everything(client)
    access_key = read_access_key(client.library.data_dir.credentials)
    assert access_key is not None
    private = [TAG, FILENAME, DROPPED, "X-Amz-Signature", "@tintype.example", "+1202555", access_key.secret, *secrets]
    private += [base64.b64encode(FILENAME.encode()).decode()]
    for log in client.library.data_dir.logs.iterdir():
        content = log.read_text(errors="replace")
        assert [each for each in private if each in content] == [], (log.name, content[-3000:])


def test_files_are_readable_by_their_owner_only(client: Client) -> None:
    data_dir = client.library.data_dir
    for path in (data_dir.credentials, *data_dir.logs.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for folder in folders(data_dir.root):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0, folder


def folders(root: Path) -> list[Path]:
    """The folders in the data directory."""
    return [path for path in root.iterdir() if path.is_dir()]
