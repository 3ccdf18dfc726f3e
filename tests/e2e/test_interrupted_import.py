"""2,000 photos with all kinds of metadata leave one library and enter another, through ten kills."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from local.library import run_library
from local.ports import Ports, free_ports
from tests.e2e.conftest import Client
from tests.e2e.test_import import request, run
from tests.support.images.tiny import encode_image
from tintype_cli import catalogue, xmp
from tintype_cli.photos import PhotoDetails

PHOTOS = 2000
KILLS = 10
JOBS = 4  # the default of the command
ALBUMS = 20
TIMEOUT_SECONDS = 1800.0
TIME = datetime(2024, 2, 28, 12, tzinfo=UTC)


@pytest.mark.proof
def test_library_moves_through_ten_kills(tmp_path: Path) -> None:
    made, exported = tmp_path / "made", tmp_path / "exported"
    write_export(made)
    with start_library(tmp_path / "first") as first:
        code, output = run(first, "import", "--from", str(made), "--yes", "--state", str(tmp_path / "first.sqlite"))
        assert code == 0, output
        assert_same(first, made)
        assert run(first, "export", "--to", str(exported))[0] == 0
    with start_library(tmp_path / "second") as second:
        arguments = ("import", "--from", str(exported), "--yes", "--state", str(tmp_path / "second.sqlite"))
        for number in range(1, KILLS + 1):
            kill_at(second, arguments, PHOTOS * number // (KILLS + 1))
        code, output = run(second, *arguments)
        assert code == 0, output
        assert_same(second, exported)
        keys = list_originals(second)
        # A file whose event was not handled yet is sent again, to the same key.
        assert len(set(keys)) == PHOTOS <= len(keys) <= PHOTOS + KILLS * JOBS


@contextmanager
def start_library(data: Path) -> Iterator[Client]:
    with run_library(data, Ports(*free_ports(3))) as library:
        yield Client(library, library.token())


def assert_same(client: Client, export: Path) -> None:
    code, output = run(client, "verify", "--from", str(export))
    assert (code, output.splitlines()[-1]) == (0, "No differences."), output


def kill_at(client: Client, arguments: tuple[str, ...], originals: int) -> None:
    """Run a command in a process of its own, and kill it when the bucket has more than so many originals."""
    key = request(client, "POST", "/keys", name="import", can=["read", "upload", "manage"])["key"]
    environment = os.environ | {"TINTYPE_URL": client.library.api_url, "TINTYPE_KEY": key, "PYTHONPATH": "cli"}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    process = subprocess.Popen([sys.executable, "-m", "tintype_cli", *arguments], env=environment)
    try:
        while len(list_originals(client)) <= originals:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()


def list_originals(client: Client) -> list[str]:
    """The keys of all versions of originals: one that was sent twice is there twice."""
    bucket = client.library.provisioned.outputs["OriginalsBucket"]
    pages = client.library.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    return [version["Key"] for page in pages for version in page.get("Versions", [])]


def write_export(root: Path) -> None:
    """An export of photos that differ in everything, with albums of each order."""
    lines = [catalogue.header_line(TIME, "0.1.0")]
    albums = [f"{number:032x}" for number in range(ALBUMS)]
    lines += (write_photo(root, n, [albums[n % ALBUMS], albums[-1 - n % 3]]) for n in range(PHOTOS))
    members: dict[str, list[str]] = {album_id: [] for album_id in albums}
    for line in lines[1:]:
        for album_id in line["albums"]:
            if line["state"] == "ready":
                members[album_id].append(line["photo_id"])
    for number, album_id in enumerate(albums):
        order = ("manual", "newest", "oldest")[number % 3]
        album = {
            "album_id": album_id,
            "title": f"Album {number // 2}",  # two of each title
            "description": f"Described {number}",
            "order": order,
            "cover_photo_id": members[album_id][0] if number % 2 else None,
            "created_at": iso(TIME + timedelta(hours=number)),
            "updated_at": iso(TIME),
        }
        placed = members[album_id][::-1] if order == "manual" else []
        lines.append(catalogue.album_line(album, placed, None))
    lines.append(catalogue.end_line(PHOTOS, ALBUMS, None))
    (root / catalogue.CATALOGUE_NAME).write_text("".join(map(catalogue.to_text, lines)), encoding="utf-8")


def write_photo(root: Path, number: int, albums: list[str]) -> dict[str, Any]:
    content = encode_image(size=(40 + number % 50, 40 + number // 50))
    path = f"originals/2024/02/photo {number}.jpg"
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)
    (root / f"{path}.xmp").write_bytes(xmp.write(PhotoDetails()))
    taken = datetime(1950, 1, 1, tzinfo=UTC) + timedelta(hours=300 * number)
    details = {
        "photo_id": f"{number + 1:032x}",
        "filename": f"photo {number}.jpg",
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
        "format": "JPEG",
        "width": 40 + number % 50,
        "height": 40 + number // 50,
        "state": "trashed" if number % 25 == 0 else "ready",
        "created_at": iso(TIME - timedelta(minutes=number)),
        "tags": [
            *([f"label {number % 7}"] if number % 2 else []),
            f"tag {number % 13}",
            "übersicht 海",
            f"own {number}",
        ],
        "autoTags": [],
        "keywords": [],
        "dismissed_tags": [f"dismissed {number % 5}"],
        "label": f"label {number % 7}" if number % 2 else None,
        "weight": (1 + number % 98) / 100,
        "status": "public" if number % 3 else "private",
        "caption": f"Caption {number}\nwith “quotes” & 日本" if number % 4 else "",
        "rating": number % 6,
        "favorite": number % 5 == 0,
        "taken_local": f"{taken:%Y-%m-%dT%H:%M:%S}.000",
        "offset": ("+05:45", "-08:00", None)[number % 3],
        "place": "Alfama, Lisbon, Portugal" if number % 2 else None,
        "albums": sorted(set(albums)),
    }
    return catalogue.photo_line(details, path)


def iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
