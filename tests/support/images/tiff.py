"""TIFFs that Pillow reads but can't write: either byte order, tiles, planes, 16 bits, BigTIFF, any tag."""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 1, 2, 3, 4, 5, 7, 16
_LETTERS = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "L", RATIONAL: "L", UNDEFINED: "B", LONG8: "Q"}
_COLOURS = {"L": 1, "LA": 1, "RGB": 2, "RGBA": 2, "CMYK": 5}

type Tags = dict[int, tuple[int, list[int]]]


def tiff(
    image: Image.Image,
    *,
    order: str = "<",
    large: bool = False,
    tile: int = 0,
    planar: bool = False,
    depth: int = 8,
    deflated: bool = False,
    tags: Tags | None = None,
) -> bytes:
    """One page in L, LA, RGB, RGBA or CMYK; `tags` override its own."""
    samples = len(image.getbands())
    pieces = [
        _samples(piece, depth, deflated=deflated)
        for plane in (image.split() if planar else (image,))
        for piece in _tiles(plane, tile)
    ]
    at, places = 16, []
    for piece in pieces:
        places.append(at)
        at += len(piece)
    counts = [len(piece) for piece in pieces]
    own: Tags = {
        256: (LONG, [image.width]),
        257: (LONG, [image.height]),
        258: (SHORT, [depth] * samples),
        259: (SHORT, [8 if deflated else 1]),
        262: (SHORT, [_COLOURS[image.mode]]),
        277: (SHORT, [samples]),
        284: (SHORT, [2 if planar else 1]),
    }
    if image.mode.endswith("A"):
        own[338] = (SHORT, [2])
    if tile:
        own |= {322: (LONG, [tile]), 323: (LONG, [tile]), 324: (LONG, places), 325: (LONG, counts)}
    else:
        own |= {273: (LONG, places), 278: (LONG, [image.height]), 279: (LONG, counts)}
    return _header(order, at, large=large) + b"".join(pieces) + page(own | (tags or {}), order, at, large=large)


def of_pieces(pieces: list[bytes], size: tuple[int, int], *, order: str = "<", tags: Tags | None = None) -> bytes:
    """One page of these strips as they are, gray with 8 bits unless `tags` say otherwise."""
    starts = [16 + sum(map(len, pieces[:number])) for number in range(len(pieces))]
    own: Tags = {
        256: (LONG, [size[0]]),
        257: (LONG, [size[1]]),
        258: (SHORT, [8]),
        259: (SHORT, [1]),
        262: (SHORT, [1]),
        273: (LONG, starts),
        277: (SHORT, [1]),
        278: (LONG, [-(-size[1] // len(pieces))]),
        279: (LONG, [len(piece) for piece in pieces]),
    }
    data = b"".join(pieces)
    return (
        _header(order, 16 + len(data), large=False)
        + data
        + page(own | (tags or {}), order, 16 + len(data), large=False)
    )


def tags_only(tags: Tags, *, order: str = "<", following: int = 0) -> bytes:
    """A header and one page of tags, without pixels."""
    return _header(order, 16, large=False) + page(tags, order, 16, large=False, following=following)


def _tiles(plane: Image.Image, tile: int) -> Iterator[Image.Image]:
    if not tile:
        yield plane
        return
    for y in range(0, plane.height, tile):
        for x in range(0, plane.width, tile):
            yield plane.crop((x, y, x + tile, y + tile))


def to_16_bits(samples: bytes) -> bytes:
    """Samples of 8 bits with 16 bits, in either byte order, as both bytes of each are the same."""
    doubled = bytearray(2 * len(samples))
    doubled[::2] = doubled[1::2] = samples
    return bytes(doubled)


def _samples(piece: Image.Image, depth: int, *, deflated: bool) -> bytes:
    data = piece.tobytes()
    if depth == 16:
        data = to_16_bits(data)
    return zlib.compress(data) if deflated else data


def _header(order: str, page: int, *, large: bool) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    if large:
        return mark + struct.pack(order + "HHHQ", 43, 8, 0, page)
    return (mark + struct.pack(order + "HL", 42, page)).ljust(16, b"\0")


def page(tags: Tags, order: str, at: int, *, large: bool, following: int = 0) -> bytes:
    """A directory that stands at this position."""
    place = order + ("Q" if large else "L")
    inline = struct.calcsize(place)
    count = struct.pack(order + ("Q" if large else "H"), len(tags))
    end = at + len(count) + len(tags) * (4 + 2 * inline) + inline
    table, others = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        data = struct.pack(f"{order}{len(values)}{_LETTERS[kind]}", *values)
        number = len(values) // 2 if kind == RATIONAL else len(values)
        table += struct.pack(order + "HH", tag, kind) + struct.pack(place, number)
        if len(data) > inline:
            table += struct.pack(place, end + len(others))
            others += data + bytes(len(data) % 2)
        else:
            table += data.ljust(inline, b"\0")
    return count + table + struct.pack(place, following) + others
