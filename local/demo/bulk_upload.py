"""`make demo N=5000`: a library of any size, uploaded over several connections; can be interrupted and continued."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Protocol

from PIL import Image, ImageEnhance

from local.demo.client import LibraryClient
from local.demo.counted_uploads import CountedUploads
from local.demo.drawing import SCENES, draw
from local.demo.photos import ORIENTATIONS, SIZES, DemoPhoto, encode_jpeg
from local.demo.series import PhotoMetadata, Series, demo_series
from local.demo.upload import show_progress
from local.errors import Interrupted
from local.ports import HOST, Ports
from local.tokens import fetch_token

CONNECTIONS = 4
SETTLE_SECONDS = 4.0  # longer than a library needs for a photo
# Where an earlier run's photos may be.
STATES = ("", "&state=processing", "&state=duplicate", "&state=rejected", "&state=trashed")
NUMBERED_NAME = re.compile(rf"(?:{'|'.join(SCENES)})-(\d{{6}})\.jpg")


class Uploader(Protocol):
    """What a bulk upload needs of its client; used by several threads."""

    def upload(self, photo: DemoPhoto) -> str | None:
        """Upload a photo; raises UserError."""

    def request(self, method: str, path: str) -> Any:
        """The JSON of a request."""

    def list_all(self, path: str) -> Iterable[Mapping[str, Any]]:
        """All items of a list."""


def fill_library(data: Path, ports: Ports, total: int, now: datetime) -> None:
    """Upload those of the first `total` numbered photos that the library lacks; raises UserError."""
    client = LibraryClient(ports.api, lambda: fetch_token(data, ports, "demo"))
    added = upload_missing(client, total, now)
    show_progress("")
    present = f" ({total - added:,} were there already)" if added < total else ""
    print(f"Uploaded {added:,} photos{present}. They appear on http://{HOST}:{ports.page}/ once processed.")


def upload_missing(client: Uploader, total: int, now: datetime, sleep: Callable[[float], None] = time.sleep) -> int:
    """Upload the missing photos and return how many were added; raises UserError, after Ctrl-C Interrupted.

    Dates are relative to the first of the month, so that a photo that is uploaded again has the same bytes and is known
    as a duplicate.
    """
    _wait_until_settled(client, sleep)
    numbers = uploaded_numbers(client)
    present = sum(number <= total for number in numbers)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    started_at, uploads = time.monotonic(), CountedUploads(client.upload, CONNECTIONS)

    def on_progress(_: DemoPhoto) -> None:
        show_progress(_progress(uploads.added + uploads.known, total - present, time.monotonic() - started_at))

    try:
        uploads.run(_draw_missing(demo_series(total, month), numbers), on_progress)
    except KeyboardInterrupt:
        there, added = present + uploads.known + uploads.added, uploads.added
        text = f"Stopped: {there:,} of {total:,} photos are there, {added:,} of them new; the same command continues."
        raise Interrupted(text) from None
    return uploads.added


def uploaded_numbers(client: Uploader) -> set[int]:
    """The numbers of the numbered photos that the user has, in any state."""
    names = (str(photo["filename"]) for state in STATES for photo in client.list_all(f"/photos?scope=mine{state}"))
    return {int(match[1]) for match in map(NUMBERED_NAME.fullmatch, names) if match}


def _wait_until_settled(client: Uploader, sleep: Callable[[float], None]) -> None:
    """Wait while uploads of an earlier run are turning into photos: until then no list contains them."""
    count = -1
    while (found := int(client.request("GET", "/stats?scope=mine")["photos"])) and found != count:
        count = found
        show_progress(f"Waiting for photos of an earlier run ({found:,} are ready)")
        sleep(SETTLE_SECONDS)


def draw_series(series: Series) -> Image.Image:
    """The view that all photos of the series show."""
    rng = Random(series.seed)  # noqa: S311 (no secret)
    return draw(series.photos[0].scene, rng.choice(SIZES), rng)


def photo_of(metadata: PhotoMetadata, view: Image.Image) -> DemoPhoto:
    """One photo of the view, with a frame and an exposure of its own."""
    rng = Random(metadata.number)  # noqa: S311 (no secret)
    share = rng.uniform(0.7, 1)
    width, height = round(view.width * share), round(view.height * share)
    left, top = rng.randint(0, view.width - width), rng.randint(0, view.height - height)
    image = view.crop((left, top, left + width, top + height))
    image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.88, 1.12))
    image = ImageEnhance.Color(image).enhance(rng.uniform(0.8, 1.2))
    return DemoPhoto(
        filename=metadata.filename,
        content=encode_jpeg(image, metadata.taken_at, rng.choice(ORIENTATIONS)),
        label=metadata.scene,
        tags=list(metadata.tags),
        public=metadata.public,
    )


def _draw_missing(every_series: Iterator[Series], present: set[int]) -> Iterator[DemoPhoto]:
    """The photos whose numbers are not present."""
    for series in every_series:
        missing = [photo for photo in series.photos if photo.number not in present]
        if missing:
            view = draw_series(series)
            yield from (photo_of(photo, view) for photo in missing)


def _progress(uploaded: int, total: int, seconds: float) -> str:
    rate = uploaded / seconds if seconds else 0
    left = f", {(total - uploaded) / rate / 60:.0f} min left" if rate else ""
    return f"Uploaded {uploaded:,} of {total:,} photos ({rate:.1f} a second{left})"
