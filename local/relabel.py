"""`make relabel`: relabels a user's photos in a running library, with progress on one line."""

import time
from collections.abc import Callable
from pathlib import Path

from local.demo.client import LibraryClient
from local.demo.upload import show_progress
from local.errors import Interrupted
from local.ports import Ports
from local.tokens import fetch_token

PATH = "/labels/refresh"
POLL_SECONDS = 2.0


def relabel(data: Path, ports: Ports, user_name: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """Start a relabeling, or join the running one, and follow it to its end; raises UserError."""
    client = LibraryClient(ports.api, lambda: fetch_token(data, ports, user_name))
    progress = client.request("POST", PATH, {})
    try:
        while progress["state"] == "running":
            show_progress(f"Labeled {progress['labeled']} of {progress['photos']} photos")
            sleep(POLL_SECONDS)
            progress = client.request("GET", PATH)
    except KeyboardInterrupt:
        raise Interrupted("The library continues. To follow it again: make relabel") from None
    show_progress("")
    labeled, photos = progress["labeled"], progress["photos"]
    print(f"{labeled} of {photos} photos have current labels.")
    if labeled < photos:
        print(f"{photos - labeled} could not be labeled. The library keeps trying; GET /health may say why.")
