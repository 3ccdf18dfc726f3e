"""`tintype import` of an export into an empty library on other ports, and into one whose ids are taken."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from local.library import run_library
from local.ports import Ports, free_ports
from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image
from tintype_cli.commands import main

READY = tuple(f"import {number}.jpg" for number in range(4))
REJECTED = "import text.jpg"
DETAILS: dict[str, dict[str, Any]] = {
    READY[0]: {
        "tags": ["tram 28", "lisbon"],
        "label": "trip",
        "weight": 0.25,
        "status": "public",
        "caption": "Tram 28 & the\nriver",
        "rating": 4,
        "favorite": True,
        "taken_local": "1955-07-04T13:12:11.120",
        "offset": "-03:30",
        "place": "Alfama, Lisbon, Portugal",
        "coordinates": {"latitude": 38.711902, "longitude": -9.13012},
    },
    READY[1]: {
        "taken_local": "2019-07-05T00:00",
        "rating": 0,
        "caption": "",
        "coordinates": {"latitude": 41.1496, "longitude": -8.611},
    },
}


def request(client: Client, method: str, path: str, **body: Any) -> Any:
    return client.request(method, path, json.dumps(body).encode(), "application/json")


def batch(client: Client, action: str, photo_ids: list[str]) -> None:
    results = request(client, "POST", "/photos/batch", action=action, photo_ids=photo_ids)["results"]
    assert all(result["ok"] for result in results), results


def run(client: Client, *arguments: str) -> tuple[int, str]:
    """Run a command with a new key."""
    key = request(client, "POST", "/keys", name="import", can=["read", "upload", "manage"])["key"]
    env = {"TINTYPE_URL": client.library.api_url, "TINTYPE_KEY": key}
    result = CliRunner(env=env).invoke(main, arguments)
    return result.exit_code, result.output


@pytest.fixture
def owner(client: Client) -> Iterator[Client]:
    """The second user, with photos that have all kinds of metadata, and without what the test has added afterwards."""
    owner = replace(client, token=client.library.token("second"))
    for number, name in enumerate(READY):
        owner.upload_form(name, encode_image(size=(130 + number, 80)))
    owner.upload_form(REJECTED, b"not an image to import")
    photos = owner.wait_until_processed({*READY, REJECTED})
    owner.upload_form("import twin.jpg", encode_image(size=(130, 80)))  # a duplicate
    for name, details in DETAILS.items():
        request(owner, "PATCH", f"/photos/{photos[name]['photo_id']}", **details)
    ids = [photos[name]["photo_id"] for name in READY]
    for title in ("Import", "Import"):
        album = request(owner, "POST", "/albums", title=title, description="Two weeks.", photo_ids=ids)["album_id"]
    request(owner, "PUT", f"/albums/{album}/order", photo_ids=[ids[2], ids[0]])
    request(owner, "PATCH", f"/albums/{album}", cover_photo_id=ids[1])
    request(owner, "POST", "/albums", title="Import, favorites", query={"favorite": "true"})
    batch(owner, "trash", [ids[3]])
    yield owner
    for found in owner.list_all("/albums?scope=mine"):
        if found["title"].startswith("Import"):
            owner.send("DELETE", f"{owner.library.api_url}/albums/{found['album_id']}", b"", None, signed_in=True)
    added = [
        photo["photo_id"]
        for state in ("", "&state=rejected", "&state=duplicate", "&state=trashed")
        for photo in owner.list_all(f"/photos?scope=mine{state}")
        if photo["filename"].startswith("import ")
    ]
    batch(owner, "delete_permanently", added)


def test_imported_library_is_the_exported_one(owner: Client, tmp_path: Path) -> None:
    export, state = tmp_path / "export", str(tmp_path / "state.sqlite")
    assert run(owner, "export", "--to", str(export))[0] == 0
    with run_library(tmp_path / "library", Ports(*free_ports(3))) as library:
        target = Client(library, library.token())
        arguments = ("import", "--from", str(export), "--yes", "--state")
        code, output = run(target, *arguments, state)
        assert code == 0, output
        code, output = run(target, "verify", "--from", str(export))
        assert (code, output.splitlines()[-1]) == (0, "No differences."), output
        copied = {photo["filename"]: photo for photo in target.list_all("/photos?scope=mine")}
        assert copied[READY[1]]["place"] == "Porto, Portugal"
        assert copied[READY[0]]["photo_id"] in {photo["photo_id"] for photo in owner.list_all("/photos?scope=mine")}

        code, output = run(target, *arguments, state)
        assert (code, " imported," in output, "imported by an earlier run" in output) == (0, False, True), output
        assert run(target, "verify", "--from", str(export))[0] == 0

        other = replace(target, token=library.token("second"))
        code, output = run(other, *arguments, str(tmp_path / "other.sqlite"))
        assert (code, "It has a new id, because the library said: This photo_id is not free." in output) == (0, True)
        code, output = run(other, "verify", "--from", str(export))
        assert (code, output.splitlines()[-1]) == (0, "No differences."), output
