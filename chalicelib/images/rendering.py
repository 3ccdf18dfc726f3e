"""From an original's bytes to the images made of it: thumbnail, resized, preview, small, and a placeholder.

What Pillow raises on hostile bytes becomes Unreadable, with a reason for a person.

One decode serves all: a large picture is halved while it is read (a JPEG by libjpeg itself, at a quarter
of the work), the halves are the resized, preview and thumbnail are made from them, and small from the
preview. Pixels are turned last, when they are few.
"""

import errno
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import IO, cast

from PIL import Image

from chalicelib.errors import Unreadable
from chalicelib.images import color, exif, formats, geometry
from chalicelib.images.formats import FORMATS, Format
from chalicelib.images.placeholder import thumbhash
from chalicelib.images.probe import DAMAGED, INCOMPLETE, Declared

PREVIEW = FORMATS["WEBP"]
# Measured in decision 21. The gap has pairs of pixels averaged before they are resized: half the time, 8 ms of 16.
SMALL, SMALL_GAP = replace(PREVIEW, options={"quality": 75, "method": 0}), 1.1

# What the pictures of one original may take of memory at their peak, beside some 20 MB for Python and Pillow:
# below 400 MB in all. That is 156 megapixels of an ordinary JPEG, 52 to 89 of a progressive one, 110 of a GIF, 70 of
# a PNG or an unpacked TIFF, 64 of a HEIC, 33 of an AVIF and 24 of a WebP. Measured peaks at 50 megapixels: 94 MB
# (JPEG), 125 MB (JPEG to be turned), 356 MB (progressive, 4:4:4), 277 MB (PNG with alpha), 188 MB (GIF), 346 MB (TIFF,
# packed by LZW), 245 MB (HEIC in tiles), 274 MB (HEIC in one); AVIF would take 430 MB and WebP 796 MB.
MEMORY_BYTES = 375_000_000


@dataclass(frozen=True, slots=True)
class Derivative:
    """One image made from an original, encoded; sizes in pixels as seen."""

    data: bytes
    mime: str
    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """All that an original's pixels and EXIF give. Width and height as seen; `taken_at` in UTC; thumbhash in base64.

    `small` is None where the preview is as small itself.
    """

    format: str
    mime: str
    width: int
    height: int
    taken_at: datetime | None
    camera: str | None
    thumbnail: Derivative
    resized: Derivative
    preview: Derivative
    small: Derivative | None
    placeholder: str


def render(
    file: IO[bytes], size: int, *, allowed: frozenset[str] = formats.ALLOWED, memory: int = MEMORY_BYTES
) -> Rendered:
    """Everything made from an original of `size` bytes; raises Unreadable for what is no picture.

    Errors of the file itself (its disk, its connection) are raised as they are, and so is MemoryError.
    """
    if size == 0:
        raise Unreadable("This file is empty.")
    source = _Source(file)
    original = formats.recognise(source.head(), allowed)
    with _hostile(source):
        declared = original.declares(source.stream())
        _refuse_too_large(declared, memory, size)
        pixels, (width, height), shot = _decoded(source, original, declared)
    written = formats.written(original)
    preview = geometry.fitted(pixels, (width, height), geometry.PREVIEW_SIDE)
    small = geometry.fitted(preview, (width, height), geometry.SMALL_SIDE, gap=SMALL_GAP)
    # A thumbnail made from the preview wants something left to average.
    larger = preview if min(preview.size) >= 2 * geometry.THUMBNAIL_SIDE else pixels
    thumbnail = geometry.thumbnail(larger, (width, height), alpha=written.alpha)
    upright = geometry.turned(small, shot.orientation)
    placeholder, tile = thumbhash(upright), None if small is preview else _encoded(upright, SMALL)
    shown = _encoded(geometry.turned(preview, shot.orientation), PREVIEW)
    del preview, small, upright, larger
    resized = pixels if geometry.halves_serve((width, height)) else pixels.reduce(2)
    del pixels
    turned = shot.orientation >= 5
    return Rendered(
        format=original.name,
        mime=original.mime,
        width=height if turned else width,
        height=width if turned else height,
        taken_at=shot.taken_at,
        camera=shot.camera,
        thumbnail=_encoded(geometry.turned(thumbnail, shot.orientation), written),
        resized=_encoded(geometry.turned(resized, shot.orientation), written),
        preview=shown,
        small=tile,
        placeholder=placeholder,
    )


def _decoded(source: "_Source", original: Format, declared: Declared) -> tuple[Image.Image, tuple[int, int], exif.Shot]:
    """The pixels in sRGB, as stored and not yet turned, the size they had, and what EXIF says.

    They are halved where the halves serve.
    """
    source.seek(0)
    stored = original.opens(source.stream())
    size = stored.size
    if size[0] * size[1] > declared.width * declared.height:
        raise Unreadable(DAMAGED)
    halves = geometry.halves_serve(size)
    if halves:
        # A request of half the size, rounded down, is met by scaling to half, rounded up.
        stored.draft(None, (size[0] // 2, size[1] // 2))
    halve = halves and stored.size == size
    if not halve:
        stored.load()  # else it is taken by strips
    grey = color.levelled(stored)
    pixels = geometry.halved(grey) if halve else color.cleared(color.plain(grey))
    shot = exif.read(stored.info.get("exif"))
    pixels = color.managed(pixels, stored.info.get("icc_profile"))
    pixels.info = {}  # Pillow would write comment, profile and transparency again from here
    return pixels, size, replace(shot, orientation=1) if original.upright else shot


def _refuse_too_large(declared: Declared, memory: int, file_bytes: int) -> None:
    pixels, most = declared.width * declared.height, int((memory - declared.beside) / declared.bytes_per_pixel)
    size = f"This image is {declared.width:,} x {declared.height:,} pixels"
    if max(declared.width, declared.height) > declared.max_side:
        raise Unreadable(f"{size}; at most {declared.max_side:,} a side can be processed.")
    if pixels <= most:
        return
    if pixels * declared.bytes_per_pixel <= memory:
        raise Unreadable(f"{size} in {file_bytes / 1e6:,.0f} MB; a file of its kind as heavy cannot be processed.")
    raise Unreadable(f"{size}; at most {max(0, most) // 1_000_000} megapixels of its kind can be processed.")


def _encoded(image: Image.Image, written: Format) -> Derivative:
    data = BytesIO()
    written.fit(image).save(data, written.name, **written.options)
    return Derivative(data.getvalue(), written.mime, written.name, *image.size)


@contextmanager
def _hostile(source: "_Source") -> Iterator[None]:
    """Where bytes are read that anybody may have written: their faults become Unreadable, those of the file stay.

    Pillow warns of oddities in EXIF and of large pictures; the filter set here is for its modules alone, so
    that it does no harm where threads overlap and one restores it late.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            yield
        except MemoryError:
            raise
        except Exception as fault:
            if source.fault is not None:
                raise source.fault from None
            if isinstance(fault, Unreadable):
                raise
            raise Unreadable(_reason(str(fault))) from fault
        if source.fault is not None:  # Pillow may have taken it for the end of a part it can do without
            raise source.fault


def _reason(fault: str) -> str:
    """Pillow's words in those of a person."""
    if "truncated" in fault:
        return INCOMPLETE
    if "text chunks" in fault or "Decompressed data too large" in fault:
        return "This PNG holds more text, or a larger colour profile, than can be processed."
    return DAMAGED


class _Source:
    """The original's file as Pillow reads it, remembering if it was the file itself that failed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.fault: Exception | None = None

    def head(self) -> bytes:
        self.seek(0)
        return self.read(formats.HEAD_BYTES)

    def stream(self) -> IO[bytes]:
        """Itself, as those see it who are typed for whole files and use only these three methods."""
        return cast("IO[bytes]", self)

    def read(self, count: int = -1) -> bytes:
        with self._watching():
            return self.file.read(count)

    def seek(self, offset: int, whence: int = 0) -> int:
        with self._watching():
            return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, OverflowError):  # a place or a length that only a picture can ask for
            raise
        except Exception as fault:
            if getattr(fault, "errno", None) != errno.EINVAL:  # such a place again, as a file on a disk says it
                self.fault = fault
            raise
