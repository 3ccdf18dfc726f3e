"""Which formats become photos, how each is opened and written: one table, where a row is added for another.

The content decides, never the name. What is not in the table is named as well as its first bytes allow,
because its owner will want to know why the file did not become a photo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import avif, color, heic, probe, tiff
from chalicelib.images.probe import Declared

HEAD_BYTES = 4096  # enough to tell what a file is


def _as_it_is(image: Image) -> Image:
    return image


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how its size is read, how its first picture is opened, how its derivatives are written.

    `written_as` names the row in which thumbnail and resized are written, where it is not this one; `fit` makes an
    image in L, RGB or RGBA such as the format can hold; `upright` says that its decoder has turned the picture.
    """

    name: str
    mime: str
    declares: Callable[[IO[bytes]], Declared]
    opens: Callable[[IO[bytes]], ImageFile]
    alpha: bool = False
    upright: bool = False
    fit: Callable[[Image], Image] = _as_it_is
    options: Mapping[str, int] = field(default_factory=dict)
    written_as: str | None = None


_ROWS = (
    # The class itself, not Image.open: of a multi-picture file (MPO) it takes the first, and a table of
    # contents that is broken in there does not matter. At quality 85 chroma is halved, as cameras do.
    Format("JPEG", "image/jpeg", probe.jpeg, JpegImageFile, fit=color.on_white, options={"quality": 85}),
    # Level 3 of zlib-ng takes a third of the time of level 6; photos come out 2 % smaller to 13 % larger.
    Format("PNG", "image/png", probe.png, PngImageFile, alpha=True, options={"compress_level": 3}),
    # Method 0: a preview of 1600 x 1200 takes 62 to 71 ms instead of 185 to 244 ms with method 4, for a file
    # a fifth larger at the same quality; encoding is the largest part of all work on a photo.
    Format("WEBP", "image/webp", probe.webp, WebPImageFile, alpha=True, options={"quality": 80, "method": 0}),
    # Speed 9: 3 megapixels in 0.28 s instead of 0.9 s with speed 8, for a file 5 % larger.
    Format("AVIF", "image/avif", avif.declares, avif.opens, alpha=True, options={"quality": 70, "speed": 9}),
    Format("GIF", "image/gif", probe.gif, GifImageFile, alpha=True, fit=color.indexed),
    # Browsers show neither of these.
    Format("HEIC", "image/heic", heic.declares, heic.opens, upright=True, written_as="JPEG"),
    Format("TIFF", "image/tiff", tiff.declares, tiff.opens, written_as="JPEG"),
)
FORMATS: Mapping[str, Format] = {row.name: row for row in _ROWS}

ALLOWED = frozenset(FORMATS)

_SIGNATURES = (
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("WEBP", 8, b"WEBP"),
    ("GIF", 0, b"GIF87a"),
    ("GIF", 0, b"GIF89a"),
    ("TIFF", 0, b"II*\0"),
    ("TIFF", 0, b"MM\0*"),
    ("TIFF", 0, b"II+\0"),
    ("TIFF", 0, b"MM\0+"),
    ("BMP", 0, b"BM"),
    ("PSD", 0, b"8BPS"),
    ("JPEG XL", 0, b"\xff\x0a"),
    ("JPEG XL", 4, b"JXL "),
    ("JPEG 2000", 4, b"jP  "),
)
# The brands of the container that HEIC, AVIF and videos share; the general ones leave it to those named after.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), "HEIC"),
}
_GENERAL_BRANDS = frozenset({b"mif1", b"msf1", b"miaf"})
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
    name = _match(head, _SIGNATURES) or _brand(head) if text is None else None
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


def _brand(head: bytes) -> str | None:
    """HEIC or AVIF, by the brand of the file or, where that is a general one, by the first that it goes with."""
    if head[4:8] != b"ftyp":
        return None
    end = min(len(head), int.from_bytes(head[:4]))
    brands = [head[8:12]] + [head[at : at + 4] for at in range(16, end - 3, 4)]
    if brands[0] in _GENERAL_BRANDS:
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "HEIC")
    return _BRANDS.get(brands[0])


def _match(head: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, at, magic in signatures if head.startswith(magic, at)), None)


def _text(head: bytes) -> str | None:
    """The head as text, or None where it is none: it may be cut within a character."""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, "replace")
    flaws = sum(1 for c in text[:-1] if c == "\ufffd" or (c < " " and c not in _TEXT_BREAKS))
    return None if flaws else text
