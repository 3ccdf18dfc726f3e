"""`make demo`: uploads a few dozen generated public photos through `POST /upload`, like any script."""

import http.client
import io
import json
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from PIL import Image
from PIL.ExifTags import IFD, Base

from local.demo.drawing import SCENES, draw
from local.errors import UserError
from local.library import Library
from local.ports import HOST, Ports
from local.tokens import fetch_token

PHOTOS_PER_SCENE = 6
TIMEOUT_SECONDS = 120  # for PHOTOS_PER_SCENE photos of each scene
SIZES = [(1600, 1067), (1200, 1600), (1400, 1400), (1800, 1012), (1100, 1467), (2000, 900)]
EXTRA_TAGS = {
    "lake": ["mountain"],
    "clouds": ["sky"],
    "beach": ["sea"],
    "cat": ["animal"],
    "dog": ["animal"],
    "mountain": [],
}
TRANSPOSITIONS = {
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}  # by EXIF orientation


@dataclass(frozen=True, slots=True)
class DemoPhoto:
    """A JPEG file with its label and tags."""

    filename: str
    content: bytes
    label: str
    tags: list[str]


def upload_demo_photos(ports: Ports, rng: Random, now: datetime, per_scene: int = PHOTOS_PER_SCENE) -> int:
    """Generate and upload all photos, with progress on one line; returns their number. Raises UserError."""
    id_token = fetch_token(ports, "demo")
    total = per_scene * len(SCENES)
    for number, photo in enumerate(demo_photos(rng, now, per_scene), start=1):
        _upload(ports.api, photo, id_token)
        if sys.stdout.isatty():
            print(f"\rUploading {number} of {total}: {photo.filename}\033[K", end="", flush=True)
    clear_line = "\r\033[K" if sys.stdout.isatty() else ""
    print(f"{clear_line}Uploaded {total} photos. They appear on http://{HOST}:{ports.page}/ once processed.")
    return total


def wait_until_public(library: Library, total: int) -> None:
    """Wait until the library has this many public photos, with progress on one line; raises UserError on timeout."""
    deadline = time.monotonic() + TIMEOUT_SECONDS * max(1, total / len(SCENES) / PHOTOS_PER_SCENE)
    while (ready := _count_public(library)) < total:
        if time.monotonic() > deadline:
            raise UserError(f"Timed out with {ready} of {total} photos ready. Try again when the machine is less busy.")
        if sys.stdout.isatty():
            print(f"\r{ready} of {total} photos are ready\033[K", end="", flush=True)
        time.sleep(0.5)
    print(end="\r\033[K" if sys.stdout.isatty() else "")


def _count_public(library: Library) -> int:
    with urllib.request.urlopen(f"{library.api_url}/stats?scope=public", timeout=10) as response:  # noqa: S310 (127.0.0.1)
        return int(json.load(response)["photos"])


def demo_photos(rng: Random, now: datetime, per_scene: int = PHOTOS_PER_SCENE) -> Iterator[DemoPhoto]:
    """Photos of every scene in random order, dated within the year before `now`."""
    scenes = [(scene, number) for scene in SCENES for number in range(per_scene)]
    rng.shuffle(scenes)
    for scene, number in scenes:
        taken_at = now - timedelta(minutes=rng.randrange(365 * 24 * 60))
        orientation = rng.choice([1, 1, 1, 6, 8])
        yield DemoPhoto(
            filename=f"{scene}-{taken_at:%Y%m%d-%H%M}.jpg",
            content=_jpeg(draw(scene, SIZES[number % len(SIZES)], rng), taken_at, orientation),
            label=scene,
            tags=EXTRA_TAGS[scene],
        )


def _jpeg(image: Image.Image, taken_at: datetime, orientation: int) -> bytes:
    """The image as a camera in this orientation writes it."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    file = io.BytesIO()
    rotated = image.transpose(TRANSPOSITIONS[orientation]) if orientation in TRANSPOSITIONS else image
    rotated.save(file, "JPEG", quality=88, exif=exif)
    return file.getvalue()


def _upload(port: int, photo: DemoPhoto, id_token: str) -> None:
    fields = {"label": photo.label, "tags": ",".join(photo.tags), "status": "public"}
    body, content_type = _multipart(fields, photo)
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(
            "POST",
            "/upload",
            body,
            {"Authorization": f"Bearer {id_token}", "Content-Type": content_type, "Accept": "*/*"},
        )
        response = connection.getresponse()
        content = response.read()
    except OSError as error:
        raise UserError(f"No library is running on port {port}; start it first: make run") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        is_json = response.getheader("Content-Type") == "application/json"
        reason = json.loads(content)["error"] if is_json else "no details"
        raise UserError(f"Upload of {photo.filename} failed with status {response.status}: {reason}")


def _multipart(fields: Mapping[str, str], photo: DemoPhoto) -> tuple[bytes, str]:
    """A multipart form with its file (RFC 7578), and its content type."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
        if value
    ]
    disposition = f'Content-Disposition: form-data; name="img"; filename="{photo.filename}"'
    head = f"--{boundary}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
    return b"".join([*parts, head, photo.content, f"\r\n--{boundary}--\r\n".encode()]), (
        f"multipart/form-data; boundary={boundary}"
    )
