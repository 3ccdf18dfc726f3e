"""Finds the blocks of metadata in JPEG, PNG, WebP, JPEG XL and GIF files, without decoding a pixel.

The kind of a block shows in its prefix in the file, or in its first bytes. Damage ends the search; what was found
before it counts. Checksums are not compared, because a block that can be read is better than none.
"""

import re
import string
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import IO

from chalicelib.images import chunks, jxl_header
from chalicelib.images.metadata.budget import MAX_BLOCK_BYTES, Budget

MAX_PARTS = 1_000_000  # segments, chunks or blocks of a file: a GIF of 200 MB has 800,000 blocks
MAX_PADDING_BYTES = 64 * 1024
_GIF_BLOCK_BYTES, _MAX_READ_BYTES = 256, 64 * 1024

CREATION_TIME, TITLE, DESCRIPTION = b"Creation Time", b"Title", b"Description"
TEXT_KEYWORDS = frozenset({CREATION_TIME, TITLE, DESCRIPTION})
MAX_KEYWORD_BYTES = 80  # with its NUL (PNG specification, 11.3.4.1)
XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
PHOTOSHOP_PREFIX = b"Photoshop 3.0\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_XMP_HEADER = len(_EXTENDED_XMP) + 32 + 4 + 4  # identifier, whole length, offset
_JPEG_APPLICATION_SEGMENTS = range(0xE1, 0xF0)
_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_ENDS = frozenset({0xD9, 0xDA})  # end of image, start of scan
_GIF_XMP = b"XMP DataXMP"
_PNG_XMP, _PNG_PROFILE = b"XML:com.adobe.xmp", b"Raw profile type "
_SPACE = string.whitespace.encode()
_NO_HEX = re.compile(rb"[^0-9a-fA-F\s]")


def jpeg(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The application segments of a JPEG, but APP0, up to the first scan; XMP that needs several is joined."""
    extended: dict[int, bytes] = {}
    at = 2
    for _ in range(MAX_PARTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            break
        if head[0] != 0xFF:
            at = _next_marker(file, at)
            if at < 0:
                break
        elif head[1] == 0xFF or head[1] in _JPEG_WITHOUT_LENGTH:
            at += 1 if head[1] == 0xFF else 2
        elif head[1] in _JPEG_ENDS:
            break
        else:
            at += 2 + max(2, int.from_bytes(head[2:4]))
            if head[1] in _JPEG_APPLICATION_SEGMENTS:
                data = budget.read(file, int.from_bytes(head[2:4]) - 2)
                if data.startswith(_EXTENDED_XMP):
                    extended[int.from_bytes(data[_EXTENDED_XMP_HEADER - 4 : _EXTENDED_XMP_HEADER])] = data
                else:
                    yield data
    if extended:
        yield b"".join((XMP_PREFIX, *(extended[n][_EXTENDED_XMP_HEADER:] for n in sorted(extended))))


def png(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The EXIF chunk of a PNG, and its texts that hold metadata: XMP, profiles of ImageMagick, date and caption."""
    for name, _, size in islice(chunks.iter_png(file), MAX_PARTS):
        if name == b"eXIf":
            yield budget.read(file, size)
        elif name in {b"tEXt", b"zTXt", b"iTXt"}:
            yield from _png_text(name, budget.read(file, size), budget)


def webp(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The EXIF and XMP chunks of a WebP."""
    for name, _, size in islice(chunks.iter_riff(file), MAX_PARTS):
        if name in {b"EXIF", b"XMP "}:
            yield budget.read(file, size)


def jxl(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The EXIF and XMP boxes of a JPEG XL; those that are compressed (`brob`) are left out."""
    for name, size in jxl_header.boxes(file):
        if name in {b"Exif", b"xml "}:
            yield budget.read(file, size)


def gif(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The XMP of a GIF, which its application extension holds as if the lengths of its blocks were text."""
    file.seek(0)
    head = file.read(13)
    file.seek(_gif_colors(head[10:11]), 1)
    parts = iter(range(MAX_PARTS))
    for _ in parts:
        kind = file.read(1)
        if kind == b",":
            file.seek(_gif_colors(file.read(9)[8:]) + 1, 1)  # the byte is LZW's code size
            _skip_gif_blocks(file, parts)
        elif kind == b"!" and file.read(1) == b"\xff" and file.read(file.read(1)[0]) == _GIF_XMP:
            data = budget.read(file, MAX_BLOCK_BYTES)
            yield data.partition(b"<?xpacket end")[0]
            file.seek(-len(data), 1)
            _skip_gif_blocks(file, parts)
        elif kind == b"!":
            _skip_gif_blocks(file, parts)
        else:
            return


def _next_marker(file: IO[bytes], at: int) -> int:
    """The position of the next 0xFF, or -1."""
    file.seek(at)
    found = file.read(MAX_PADDING_BYTES).find(b"\xff")
    return at + found if found >= 0 else -1


def _png_text(name: bytes, data: bytes, budget: Budget) -> Iterator[bytes]:
    keyword, _, text = data.partition(b"\0")
    # `date:create` is not the camera's: ImageMagick writes the file's date there.
    if keyword not in TEXT_KEYWORDS and not keyword.startswith((_PNG_XMP, _PNG_PROFILE)):
        return
    if name == b"zTXt":
        text = _inflate(text[1:], budget)
    elif name == b"iTXt":
        compressed, (_, _, text) = text[:1] == b"\1", (text[2:].partition(b"\0")[2]).partition(b"\0")
        text = _inflate(text, budget) if compressed else text
    if keyword == _PNG_XMP:
        yield text
    elif keyword.startswith(_PNG_PROFILE):
        yield _raw_profile(text)
    else:
        yield keyword + b"\0" + text


def _raw_profile(text: bytes) -> bytes:
    """The bytes of a profile as text: its name, its length, and hexadecimal digits, on lines."""
    _, _, rest = text.lstrip().partition(b"\n")
    length, _, digits = rest.lstrip().partition(b"\n")
    if not length.strip().isdigit():
        return b""
    digits = _NO_HEX.split(digits, maxsplit=1)[0].translate(None, _SPACE)
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def _inflate(data: bytes, budget: Budget) -> bytes:
    most = budget.take_bytes(MAX_BLOCK_BYTES)
    try:
        return zlib.decompressobj().decompress(data, most) if most else b""  # for zlib, 0 is no limit
    except zlib.error:
        return b""


def _gif_colors(flags: bytes) -> int:
    """Bytes of the color table that these flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _skip_gif_blocks(file: IO[bytes], parts: Iterator[int]) -> None:
    """Skip the blocks of a frame or an extension; a frame has one for every 255 bytes of its pixels."""
    count, data, at = _GIF_BLOCK_BYTES, b"", 0
    for _ in parts:
        while at >= len(data):
            at -= len(data)
            if not (data := file.read(count)):
                return
            count = min(2 * count, _MAX_READ_BYTES)  # an extension is small
        size = data[at]
        at += 1 + size
        if not size:
            file.seek(at - len(data), 1)
            return
