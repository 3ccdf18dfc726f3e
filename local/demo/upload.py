"""`make demo`: uploads a few dozen generated public photos to a running library, with progress on one line."""

import json
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from random import Random

from local.demo.client import LibraryClient
from local.demo.counted_uploads import CountedUploads
from local.demo.drawing import SCENES
from local.demo.photos import PHOTOS_PER_SCENE, DemoPhoto, demo_photos
from local.errors import Interrupted, UserError
from local.library import Library
from local.ports import HOST, Ports
from local.tokens import fetch_token

TIMEOUT_SECONDS = 120  # for PHOTOS_PER_SCENE photos of each scene


def upload_demo_photos(data: Path, ports: Ports, rng: Random, now: datetime, per_scene: int = PHOTOS_PER_SCENE) -> int:
    """Generate and upload all photos; returns their number. Raises UserError."""
    client = LibraryClient(ports.api, lambda: fetch_token(data, ports, "demo"))
    total, uploads = per_scene * len(SCENES), CountedUploads(client.upload, connections=1)

    def on_progress(photo: DemoPhoto) -> None:
        show_progress(f"Uploaded {uploads.added} of {total}: {photo.filename}")

    try:
        uploads.run(demo_photos(rng, now, per_scene), on_progress)
    except KeyboardInterrupt:
        raise Interrupted(f"Stopped after {uploads.added} of {total} photos.") from None
    show_progress("")
    print(
        f"Uploaded {total} photos. They appear on http://{HOST}:{ports.page}/ once processed. "
        "They are drawings: their tags say what is drawn, but labels for objects need real photos."
    )
    return total


def wait_until_public(library: Library, total: int) -> None:
    """Wait until the library has this many public photos, with progress on one line; raises UserError on timeout."""
    deadline = time.monotonic() + TIMEOUT_SECONDS * max(1, total / len(SCENES) / PHOTOS_PER_SCENE)
    while (ready := _count_public(library)) < total:
        if time.monotonic() > deadline:
            raise UserError(f"Timed out with {ready} of {total} photos ready. Try again when the machine is less busy.")
        show_progress(f"{ready} of {total} photos are ready")
        time.sleep(0.5)
    show_progress("")


def show_progress(text: str) -> None:
    """Replace the line on the terminal; nothing if the output is a file."""
    if sys.stdout.isatty():
        print(f"\r{text}\033[K", end="", flush=True)


def _count_public(library: Library) -> int:
    with urllib.request.urlopen(f"{library.api_url}/stats?scope=public", timeout=10) as response:  # noqa: S310 (127.0.0.1)
        return int(json.load(response)["photos"])
