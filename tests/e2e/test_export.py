"""`tintype export` of a running library, with everything in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image
from tintype_cli.commands import main
from tintype_cli.xmp import parse

NAMES = ("tram.jpg", "harbor.jpg", "trash.jpg", "broken.jpg")


@pytest.fixture
def owner(client: Client) -> Iterator[Client]:
    """The second user, with photos, an album and a shared link."""
    owner = replace(client, token=client.library.token("second"))
    for number, name in enumerate(NAMES[:-1]):
        owner.upload_form(name, encode_image(size=(100 + number, 80)))
    owner.upload_form("broken.jpg", b"not an image")
    yield owner
    for album in owner.list_all("/albums?scope=mine"):
        owner.send("DELETE", f"{owner.library.api_url}/albums/{album['album_id']}", b"", None, signed_in=True)


def request(owner: Client, method: str, path: str, **body: Any) -> Any:
    return owner.request(method, path, json.dumps(body).encode(), "application/json")


def run(owner: Client, key: str, *arguments: str) -> tuple[int, str]:
    env = {"TINTYPE_URL": owner.library.api_url, "TINTYPE_KEY": key}
    result = CliRunner(env=env).invoke(main, arguments)
    return result.exit_code, result.output


def test_export_has_everything_and_second_run_copies_what_changed(owner: Client, tmp_path: Path) -> None:
    photos = owner.wait_until_processed(set(NAMES))
    tram, harbor, trash = (photos[name]["photo_id"] for name in NAMES[:3])
    details = {"caption": "Tram 28", "rating": 4, "favorite": True, "taken_local": "2019-07-04T13:12"}
    request(owner, "PATCH", f"/photos/{tram}", **details)
    owner.send("DELETE", f"{owner.library.api_url}/photos/{trash}", b"", None, signed_in=True)
    album = request(owner, "POST", "/albums", title="Lisbon", order="manual", photo_ids=[tram, harbor])["album_id"]
    request(owner, "PUT", f"/albums/{album}/order", photo_ids=[tram, harbor])
    request(owner, "POST", f"/albums/{album}/shares", password="a long password")
    key = request(owner, "POST", "/keys", name="export", can=["read", "share"])["key"]

    code, output = run(owner, key, "export", "--to", str(tmp_path))
    assert (code, output.splitlines()[0]) == (0, "4 photos, 1 album, 1 shared link.")
    lines = [json.loads(line) for line in (tmp_path / "catalogue.jsonl").read_text().splitlines()]
    found = {line["filename"]: line for line in lines if line["type"] == "photo"}
    assert {name: line["state"] for name, line in found.items()} == {
        "tram.jpg": "ready", "harbor.jpg": "ready", "trash.jpg": "trashed", "broken.jpg": "rejected"
    }  # fmt: skip
    for line in found.values():
        content = (tmp_path / line["path"]).read_bytes()
        assert (line["sha256"], line["bytes"]) == (sha256(content).hexdigest(), len(content))
    assert found["tram.jpg"]["path"] == "originals/2019/07/tram.jpg"
    sidecar = parse((tmp_path / "originals/2019/07/tram.jpg.xmp").read_bytes())
    assert (sidecar.caption, sidecar.rating, sidecar.favorite) == ("Tram 28", 4, True)
    assert [line["photo_ids"] for line in lines if line["type"] == "album"] == [[tram, harbor]]
    assert [line["has_password"] for line in lines if line["type"] == "share"] == [True]
    assert key not in (tmp_path / "catalogue.jsonl").read_text()

    request(owner, "PATCH", f"/photos/{tram}", caption="Uphill")
    code, output = run(owner, key, "export", "--to", str(tmp_path))
    assert (code, output.splitlines()[1]) == (0, "0 originals copied (0 bytes).")
    assert parse((tmp_path / "originals/2019/07/tram.jpg.xmp").read_bytes()).caption == "Uphill"

    assert run(owner, key, "verify", "--to", str(tmp_path))[1].splitlines()[-1] == "No differences."
    request(owner, "PATCH", f"/photos/{tram}", rating=5)
    code, output = run(owner, key, "verify", "--to", str(tmp_path))
    assert (code, output.splitlines()[0]) == (
        1,
        "originals/2019/07/tram.jpg: rating is 4 in the export, and 5 in the library.",
    )
