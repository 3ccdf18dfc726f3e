"""`make demo`: a few dozen drawn pictures, public, put in through the door that anybody's script would take."""

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
from local.errors import Problem
from local.library import Library
from local.ports import HOST, Ports
from local.tokens import token

EACH = 6  # pictures of a scene
READY_SECONDS = 120  # for so many of each
SIZES = [(1600, 1067), (1200, 1600), (1400, 1400), (1800, 1012), (1100, 1467), (2000, 900)]
ALSO = {"lake": ["mountain"], "clouds": ["sky"], "beach": ["sea"], "cat": ["animal"], "dog": ["animal"], "mountain": []}
TURNED = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}  # how the pixels lie, by EXIF orientation


@dataclass(frozen=True, slots=True)
class Picture:
    """A file, and what is said of it."""

    filename: str
    content: bytes
    label: str
    tags: list[str]


def put_in(ports: Ports, rng: Random, now: datetime, each: int = EACH) -> int:
    """Draw and put in every picture, with progress on one line, and say how many; raises Problem if refused."""
    bearer = token(ports, "demo")
    total = each * len(SCENES)
    for number, picture in enumerate(pictures(rng, now, each), start=1):
        _post(ports.api, picture, bearer)
        if sys.stdout.isatty():
            print(f"\r{number} of {total}: {picture.filename}\033[K", end="", flush=True)
    lead = "\r\033[K" if sys.stdout.isatty() else ""
    print(f"{lead}{total} pictures are in; they appear on http://{HOST}:{ports.page}/ as they are ready.")
    return total


def come_out(library: Library, total: int) -> None:
    """Wait until the library shows so many public photos, with progress on one line; raises Problem if it does not."""
    until = time.monotonic() + READY_SECONDS * max(1, total / len(SCENES) / EACH)
    while (ready := _public(library)) < total:
        if time.monotonic() > until:
            raise Problem(f"Only {ready} of {total} photos are ready; is the machine busy? Try again.")
        if sys.stdout.isatty():
            print(f"\r{ready} of {total} photos are ready\033[K", end="", flush=True)
        time.sleep(0.5)
    print(end="\r\033[K" if sys.stdout.isatty() else "")


def _public(library: Library) -> int:
    with urllib.request.urlopen(f"{library.api}/stats?scope=public", timeout=10) as answer:  # noqa: S310 (127.0.0.1)
        return int(json.load(answer)["photos"])


def pictures(rng: Random, now: datetime, each: int = EACH) -> Iterator[Picture]:
    """So many of each scene, in mixed order, taken at some time in the year before `now`."""
    wanted = [(scene, number) for scene in SCENES for number in range(each)]
    rng.shuffle(wanted)
    for scene, number in wanted:
        taken_at = now - timedelta(minutes=rng.randrange(365 * 24 * 60))
        orientation = rng.choice([1, 1, 1, 6, 8])
        yield Picture(
            filename=f"{scene}-{taken_at:%Y%m%d-%H%M}.jpg",
            content=_jpeg(draw(scene, SIZES[number % len(SIZES)], rng), taken_at, orientation),
            label=scene,
            tags=ALSO[scene],
        )


def _jpeg(image: Image.Image, taken_at: datetime, orientation: int) -> bytes:
    """The picture as a camera held that way would have written it."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    written = io.BytesIO()
    lying = image.transpose(TURNED[orientation]) if orientation in TURNED else image
    lying.save(written, "JPEG", quality=88, exif=exif)
    return written.getvalue()


def _post(port: int, picture: Picture, bearer: str) -> None:
    fields = {"label": picture.label, "tags": ",".join(picture.tags), "status": "public"}
    body, kind = _multipart(fields, picture)
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(
            "POST", "/upload", body, {"Authorization": f"Bearer {bearer}", "Content-Type": kind, "Accept": "*/*"}
        )
        answer = connection.getresponse()
        said = answer.read()
    except OSError as error:
        raise Problem(f"The API does not answer at port {port}; start the library first: make run") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        told = json.loads(said) if answer.getheader("Content-Type") == "application/json" else {}
        reason = told.get("error", "without a reason")
        raise Problem(f"{picture.filename} was not taken ({answer.status}): {reason}")


def _multipart(fields: Mapping[str, str], picture: Picture) -> tuple[bytes, str]:
    """A form with its file, and its content type (RFC 7578)."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
        if value
    ]
    disposition = f'Content-Disposition: form-data; name="img"; filename="{picture.filename}"'
    head = f"--{boundary}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
    return b"".join([*parts, head, picture.content, f"\r\n--{boundary}--\r\n".encode()]), (
        f"multipart/form-data; boundary={boundary}"
    )
