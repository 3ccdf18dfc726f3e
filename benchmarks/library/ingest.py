"""Uploads of 3 MP photos: how many are ingested a second, and how soon one is visible on an idle library."""

import io
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from PIL import Image, ImageChops
from PIL.ExifTags import IFD, Base

from benchmarks.library.http import Connection, Times, summarize
from local.demo.client import LibraryClient
from local.demo.drawing import SCENES, draw
from local.demo.photos import DemoPhoto
from local.demo.series import demo_series
from local.library import Library

CONNECTIONS = 4  # uploads at once
SIZE = (2048, 1536)
GRAIN = 14  # standard deviation of the noise that gives a drawing the bytes of a photo
QUALITY = 90
POLL_SECONDS = 0.02
STATS_POLL_SECONDS = 0.25
STALLED_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Ingested:
    """The result of the uploads: photos a second, and bytes of all originals."""

    photos: int
    seconds: float
    bytes: int

    @property
    def rate(self) -> float:
        """Photos a second, from the first request to the last photo in the counts."""
        return self.photos / self.seconds


def ingest(library: Library, token: Callable[[], str], photos: Iterator[DemoPhoto], before: int) -> Ingested:
    """Upload these photos over several connections and wait until all are counted, beginning with `before` photos."""
    uploader = LibraryClient(library.ports.api, token)
    connection = Connection(library.ports.api, token())
    lock = threading.Lock()

    def upload_many() -> list[int]:
        sizes = []
        while photo := _next(photos, lock):
            assert uploader.upload(photo), f"{photo.filename} is a duplicate"
            sizes.append(len(photo.content))
        return sizes

    started_at = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        uploads = [threads.submit(upload_many) for _ in range(CONNECTIONS)]
        sizes = [size for each in uploads for size in each.result()]
    wait_until_counted(connection, before + len(sizes))
    seconds = time.perf_counter() - started_at
    connection.close()
    return Ingested(len(sizes), seconds, sum(sizes))


def time_to_visible(library: Library, token: Callable[[], str], count: int) -> Times:
    """The seconds from the last byte of a photo to its place at the top of `GET /photos`, one photo at a time."""
    uploader = LibraryClient(library.ports.api, token)
    connection = Connection(library.ports.api, token())
    found = []
    for photo in photos_3mp(count, None):
        ticket = uploader.ticket(photo)
        uploader.upload_file(ticket, photo)
        sent_at = time.perf_counter()
        _wait_until_first(connection, str(ticket["photo_id"]))
        found.append(time.perf_counter() - sent_at)
        time.sleep(1)  # until the library is idle again
    connection.close()
    return summarize(found)


def count_photos(connection: Connection) -> int:
    """The number of the user's photos."""
    return int(connection.get_json("/stats?scope=mine")["photos"])


def wait_until_counted(connection: Connection, expected: int) -> None:
    """Wait until the user has so many photos; raises AssertionError if their number stops growing."""
    reached, deadline = -1, 0.0
    while (found := count_photos(connection)) < expected:
        if found > reached:
            reached, deadline = found, time.perf_counter() + STALLED_SECONDS
        assert time.perf_counter() < deadline, f"stalled at {found} of {expected} photos"
        time.sleep(STATS_POLL_SECONDS)


def photos_3mp(count: int, now: datetime | None) -> Iterator[DemoPhoto]:
    """Different 3 MP photos of about a megabyte; dated in the hours before `now`, or without a date.

    The pictures are drawn before this returns; what the iterator does takes no time.
    """
    masters = _masters()
    series = demo_series(count, now or datetime.now(UTC))
    metadata = [photo for each in series for photo in each.photos]

    def content(number: int) -> bytes:
        taken_at = now - timedelta(seconds=number) if now else None
        return with_exif(masters[number % len(masters)], uuid.uuid4().hex, taken_at)

    return (
        DemoPhoto(photo.filename, content(number), photo.scene, list(photo.tags), photo.public)
        for number, photo in enumerate(metadata)
    )


def with_exif(jpeg: bytes, unique_id: str, taken_at: datetime | None) -> bytes:
    """The JPEG file with an EXIF segment after its first marker: other bytes, and the same pixels."""
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.ImageUniqueID] = unique_id
    if taken_at:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    data = exif.tobytes()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


@cache
def _masters() -> list[bytes]:
    """One picture of every scene with grain, as JPEG without EXIF."""
    rng = Random(7)
    return [_encode(draw(scene, SIZE, rng)) for scene in SCENES]


def _encode(image: Image.Image) -> bytes:
    grain = Image.merge("RGB", [Image.effect_noise(image.size, GRAIN) for _ in range(3)])
    file = io.BytesIO()
    ImageChops.add(image, grain, scale=1, offset=-128).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _next(photos: Iterator[DemoPhoto], lock: threading.Lock) -> DemoPhoto | None:
    with lock:
        return next(photos, None)


def _wait_until_first(connection: Connection, photo_id: str) -> None:
    deadline = time.perf_counter() + STALLED_SECONDS
    while not any(photo["photo_id"] == photo_id for photo in connection.get_json("/photos?limit=1")["items"]):
        assert time.perf_counter() < deadline, f"{photo_id} is not visible"
        time.sleep(POLL_SECONDS)
