"""The supported formats: how each is probed, opened and written. To support another, add a row to the table.

Formats are detected by content, never by file name. Files of other types are named as precisely as their first bytes
allow, because the owner wants to know why a file was rejected.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import avif, color, gif, heic, jpeg, jxl, other_files, png, probe, raw, tiff, webp
from chalicelib.images.probe import ImageHeader

HEAD_BYTES = 4096  # enough to detect the format


def _unchanged(image: Image) -> Image:
    return image


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how its header is read, its first image opened, and its derivatives written.

    `written_as` names the format of thumbnail and resized if it is another one; `convert` turns an image in L, RGB or
    RGBA into one that the format can hold; `decoder_rotates` says that the decoder applies the orientation.
    """

    name: str
    mime: str
    probe: Callable[[IO[bytes]], ImageHeader]
    open_image: Callable[[IO[bytes]], ImageFile]
    alpha: bool = False
    decoder_rotates: bool = False
    convert: Callable[[Image], Image] = _unchanged
    save_options: Mapping[str, int] = field(default_factory=dict)
    written_as: str | None = None


_ROWS = (
    # At quality 85 chroma is subsampled, as cameras do.
    Format(
        "JPEG", "image/jpeg", probe.jpeg, jpeg.open_image, convert=color.flatten_on_white, save_options={"quality": 85}
    ),
    # Level 3 of zlib-ng takes a third of the time of level 6; files are 2 % smaller to 13 % larger.
    Format("PNG", "image/png", probe.png, png.open_image, alpha=True, save_options={"compress_level": 3}),
    # Method 0: a preview of 1600 x 1200 takes 62 to 71 ms instead of 185 to 244 ms with method 4, for a file
    # a fifth larger at the same quality; encoding takes most of the time spent on a photo.
    Format("WEBP", "image/webp", webp.probe, webp.open_image, alpha=True, save_options={"quality": 80, "method": 0}),
    # Speed 9: 3 megapixels in 0.28 s instead of 0.9 s with speed 8, for a file 5 % larger.
    Format("AVIF", "image/avif", avif.probe, avif.open_image, alpha=True, save_options={"quality": 70, "speed": 9}),
    Format("GIF", "image/gif", probe.gif, gif.open_image, alpha=True, convert=color.quantize),
    # Most browsers display none of these.
    Format("HEIC", "image/heic", heic.probe, heic.open_image, decoder_rotates=True, written_as="JPEG"),
    Format("JPEG XL", "image/jxl", jxl.probe, jxl.open_image, written_as="JPEG"),
    Format("TIFF", "image/tiff", tiff.probe, tiff.open_image, written_as="JPEG"),
)
FORMATS: Mapping[str, Format] = {row.name: row for row in _ROWS}

# The preview of a raw file becomes the photo.
RAW_FORMATS: Mapping[str, Format] = {
    name: Format(name, mime, raw.probe, raw.open_image, written_as="JPEG") for name, mime in raw.MIME_TYPES.items()
}

ALLOWED = frozenset({*FORMATS, "RAW"})

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
    ("PSB", 0, b"8BPS\0\2"),
    ("PSD", 0, b"8BPS"),
    ("XCF", 0, b"gimp xcf"),
    ("PaintShop Pro", 0, b"Paint Shop Pro Image File"),
    ("OpenEXR", 0, b"\x76\x2f\x31\x01"),
    ("DDS", 0, b"DDS "),
    ("DPX", 0, b"SDPX"),
    ("DPX", 0, b"XPDS"),
    ("PCX", 0, b"\n\x05\x01"),
    ("PCX", 0, b"\n\x03\x01"),
    ("Netpbm", 0, b"P4\n"),
    ("Netpbm", 0, b"P5\n"),
    ("Netpbm", 0, b"P6\n"),
    ("BPG", 0, b"BPG\xfb"),
    ("FLIF", 0, b"FLIF"),
    ("DICOM", 128, b"DICM"),
    ("JPEG XL", 0, b"\xff\x0a"),
    ("JPEG XL", 4, b"JXL "),
    ("JPEG 2000", 4, b"jP  "),
    ("JPEG 2000", 0, b"\xff\x4f\xff\x51"),
    ("JPEG XR", 0, b"II\xbc\x01"),
)
# Formats whose files begin with text, all of it or up to the pixels.
_TEXT_SIGNATURES = (
    ("FITS", 0, b"SIMPLE  ="),
    ("Radiance HDR", 0, b"#?RADIANCE"),
    ("Radiance HDR", 0, b"#?RGBE"),
    ("PFM", 0, b"PF\n"),
    ("PFM", 0, b"Pf\n"),
    ("MIFF", 0, b"id=ImageMagick"),
)
# Brands of the container that HEIC, AVIF and videos share. The major brand may be another if one of these is
# compatible.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), "HEIC"),
}
_GENERIC_BRANDS = frozenset({b"mif1", b"mif2", b"msf1", b"miaf"})
_ICONS = {b"\0\0\x01\0": "ICO", b"\0\0\x02\0": "CUR"}
_TGA_TYPES, _TGA_DEPTHS = frozenset({b"\x02", b"\x03", b"\x0a", b"\x0b"}), frozenset({b"\x08", b"\x10", b"\x18", b" "})
_MIN_ASCII = 0.9  # of a text in an older encoding
_TEXT_CONTROLS = frozenset("\t\n\r\f\x1b")


def detect_file_format(file: IO[bytes], allowed: frozenset[str] = ALLOWED) -> Format:
    """Detect the format of a file; raises Unreadable naming what it is instead."""
    if "RAW" in allowed and (name := raw.detect(file)):
        return RAW_FORMATS[name]
    file.seek(0)
    return detect_format(file.read(HEAD_BYTES), allowed)


def detect_format(head: bytes, allowed: frozenset[str] = ALLOWED) -> Format:
    """Detect the format from the first HEAD_BYTES bytes; raises Unreadable naming what the file is instead."""
    if not head:
        raise Unreadable("This file is empty.")
    text = _text(head)
    name = _match(head, _TEXT_SIGNATURES)
    if not name and text is None:
        name = _match(head, _SIGNATURES) or _brand(head) or _icon_or_tga(head)
    if name in allowed and name in FORMATS:
        return FORMATS[name]
    if name:
        raise Unreadable(f"{name} images are not supported; {_allowed_formats(allowed)}.")
    kind = other_files.describe(head) if text is None else other_files.describe_text(text)
    if kind is None:
        raise Unreadable(f"This file is not a recognized image; {_allowed_formats(allowed)}.")
    if kind == other_files.SVG:
        raise Unreadable(f"SVG files are not supported because they can contain scripts; {_allowed_formats(allowed)}.")
    raise Unreadable(f"This is {kind}, not an image; {_allowed_formats(allowed)}.")


def output_format(original: Format) -> Format:
    """The format that thumbnail and resized are written in."""
    return FORMATS[original.written_as or original.name]


def _allowed_formats(allowed: frozenset[str]) -> str:
    *others, last = sorted(name.replace("WEBP", "WebP") for name in allowed)
    names = f"{', '.join(others)} and {last}" if others else last
    return f"only {names} can be processed"


def _brand(head: bytes) -> str | None:
    """HEIC or AVIF by the first brand known here; if all are generic, by the type of the items."""
    if head[4:8] != b"ftyp":
        return None
    end = min(len(head), int.from_bytes(head[:4]))
    brands = [head[8:12]] + [head[at : at + 4] for at in range(16, end - 3, 4)]
    name = next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    if name or _GENERIC_BRANDS.isdisjoint(brands):
        return name
    return "AVIF" if b"av01" in head and b"hvc1" not in head else "HEIC"


def _icon_or_tga(head: bytes) -> str | None:
    """Formats without a signature, by what the fields of their header may hold."""
    if head[:4] in _ICONS and head[4:6] != b"\0\0" and head[5:6] == b"\0" and head[9:10] == b"\0":
        return _ICONS[head[:4]]
    plain = head[:2] == b"\0\0" and head[2:3] in _TGA_TYPES and head[3:8] == bytes(5)
    sized = head[12:14] != b"\0\0" and head[14:16] != b"\0\0"
    return "TGA" if plain and sized and head[16:17] in _TGA_DEPTHS and head[17] < 64 else None


def _match(head: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, at, magic in signatures if head.startswith(magic, at)), None)


def _text(head: bytes) -> str | None:
    """The first bytes as text, or None if they are binary; the last character may be cut."""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, "replace")[:-1]
    if any(char < " " and char not in _TEXT_CONTROLS for char in text):
        return None
    if "\ufffd" in text and sum(byte < 128 for byte in head) < _MIN_ASCII * len(head):
        return None
    return text
