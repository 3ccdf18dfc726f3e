"""Which formats become photos, how each is opened and written: one table, where a row is added for another.

The content decides, never the name. What is not in the table is named as well as its first bytes allow,
because its owner will want to know why the file did not become a photo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chalicelib import headers
from chalicelib.errors import Unreadable
from chalicelib.headers import Declared

HEAD_BYTES = 4096  # enough to tell what a file is


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how its size is read, how its first picture is opened, how its derivatives are written.

    `written_as` names the row in which thumbnail and resized are written, where it is not this one.
    """

    name: str
    mime: str
    declares: Callable[[IO[bytes]], Declared]
    opens: Callable[[IO[bytes]], ImageFile]
    alpha: bool
    options: Mapping[str, int] = field(default_factory=dict)
    written_as: str | None = None


FORMATS: Mapping[str, Format] = {
    # The class itself, not Image.open: of a multi-picture file (MPO) it takes the first, and a table of
    # contents that is broken in there does not matter. At quality 85 chroma is halved, as cameras do.
    "JPEG": Format("JPEG", "image/jpeg", headers.jpeg, JpegImageFile, alpha=False, options={"quality": 85}),
    # Level 3 of zlib-ng takes a third of the time of level 6; photos come out 2 % smaller to 13 % larger.
    "PNG": Format("PNG", "image/png", headers.png, PngImageFile, alpha=True, options={"compress_level": 3}),
    # Method 0: a preview of 1600 x 1200 takes 62 to 71 ms instead of 185 to 244 ms with method 4, for a file
    # a fifth larger at the same quality; encoding is the largest part of all work on a photo.
    "WEBP": Format("WEBP", "image/webp", headers.webp, WebPImageFile, alpha=True, options={"quality": 80, "method": 0}),
}

ALLOWED = frozenset(FORMATS)

_SIGNATURES = (
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("WEBP", 8, b"WEBP"),
    ("GIF", 0, b"GIF8"),
    ("TIFF", 0, b"II*\0"),
    ("TIFF", 0, b"MM\0*"),
    ("BMP", 0, b"BM"),
    ("PSD", 0, b"8BPS"),
    ("JPEG XL", 0, b"\xff\x0a"),
    ("JPEG XL", 4, b"JXL "),
    ("JPEG 2000", 4, b"jP  "),
    ("AVIF", 4, b"ftypavi"),
    ("HEIC", 4, b"ftyphei"),
    ("HEIC", 4, b"ftyphev"),
    ("HEIC", 4, b"ftypmif1"),
    ("HEIC", 4, b"ftypmsf1"),
)
_OTHERS = (
    ("a video", 4, b"ftyp"),
    ("a video", 0, b"\x1aE\xdf\xa3"),
    ("a video", 8, b"AVI "),
    ("a PDF document", 0, b"%PDF"),
    ("an archive", 0, b"PK\x03\x04"),
)
_TEXT_BREAKS = frozenset("\t\n\r\f\x1b")


def recognise(head: bytes, allowed: frozenset[str] = ALLOWED) -> Format:
    """The format of a file by its first HEAD_BYTES bytes; raises Unreadable, saying what it is instead."""
    if not head:
        raise Unreadable("This file is empty.")
    text = _text(head)
    name = _match(head, _SIGNATURES) if text is None else None
    if name in allowed and name in FORMATS:
        return FORMATS[name]
    if name:
        raise Unreadable(f"This is a picture in the format {name}; {_only(allowed)}.")
    if other := _match(head, _OTHERS):
        raise Unreadable(f"This is {other}, not a picture; {_only(allowed)}.")
    if text is None:
        raise Unreadable(f"This file is no picture that could be recognised; {_only(allowed)}.")
    if "<svg" in text.casefold():
        raise Unreadable(f"This is an SVG drawing, which may carry scripts; {_only(allowed)}.")
    raise Unreadable(f"This is a text file, not a picture; {_only(allowed)}.")


def written(original: Format) -> Format:
    """The format in which an original's thumbnail and resized are written."""
    return FORMATS[original.written_as or original.name]


def _only(allowed: frozenset[str]) -> str:
    *others, last = sorted(name.replace("WEBP", "WebP") for name in allowed)
    names = f"{', '.join(others)} and {last}" if others else last
    return f"only {names} can be processed"


def _match(head: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, at, magic in signatures if head.startswith(magic, at)), None)


def _text(head: bytes) -> str | None:
    """The head as text, or None where it is none: it may be cut within a character."""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, "replace")
    flaws = sum(1 for c in text[:-1] if c == "\ufffd" or (c < " " and c not in _TEXT_BREAKS))
    return None if flaws else text
