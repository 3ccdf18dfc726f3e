"""HEIC and AVIF files assembled from encoded parts: grids, false sizes, loops, other box versions."""

import struct
from dataclasses import dataclass, field, replace
from io import BytesIO

from PIL import Image

from chalicelib.images import isobmff
from tests.support.images import samples

CODECS = {"AVIF": b"av01", "HEIC": b"hvc1"}
BRANDS = {"AVIF": b"avif", "HEIC": b"heic"}
ALPHA = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"

type References = list[tuple[bytes, int, list[int]]]


@dataclass(frozen=True)
class Part:
    """One item: its type, data, and properties as complete boxes."""

    kind: bytes
    data: bytes = b""
    properties: tuple[bytes, ...] = field(default=())

    def with_declared_size(self, width: int, height: int) -> "Part":
        """A copy that declares another size."""
        others = tuple(box for box in self.properties if box[4:8] != b"ispe")
        return replace(self, properties=(*others, size(width, height)))

    def but(self, *more: bytes) -> "Part":
        """A copy with more properties."""
        return replace(self, properties=(*self.properties, *more))


def encoded_part(image: Image.Image, form: str, **options: object) -> Part:
    """The coded item of an image."""
    data = samples.encoded(image, form, **options)
    ((item, stream),) = isobmff.read_primary_image(BytesIO(data), CODECS[form]).coded_items
    return Part(item.kind, stream, tuple(box(name, body) for name, body in item.properties))


def grid(across: int, down: int, width: int, height: int, *, large: bool = False) -> Part:
    """A grid of tiles, cropped to this size."""
    layout = bytes([0, large, down - 1, across - 1])
    return Part(b"grid", layout + struct.pack(">II" if large else ">HH", width, height), (size(width, height),))


def size(width: int, height: int) -> bytes:
    """The `ispe` property."""
    return full(b"ispe", struct.pack(">II", width, height))


def alpha() -> bytes:
    """The `auxC` property of an alpha item."""
    return full(b"auxC", ALPHA)


def container(
    form: str,
    *parts: Part,
    references: References | None = None,
    primary: int = 1,
    wide: bool = False,
    inside: bool = False,
) -> bytes:
    """A file of these items, numbered from 1; `wide` uses the box versions for large files, `inside` puts the
    bytes of the first part among the boxes.
    """
    brand = BRANDS[form]
    head = box(b"ftyp", brand + bytes(4) + b"mif1" + brand)
    within = parts[0].data if inside else b""
    empty = _meta(parts, references or [], primary, within, 0, wide=wide)
    start = len(head) + len(empty) + 8
    rest = b"".join(part.data for part in parts[inside:])
    return head + _meta(parts, references or [], primary, within, start, wide=wide) + box(b"mdat", rest)


def box(name: bytes, body: bytes) -> bytes:
    """A box with its length."""
    return struct.pack(">I4s", 8 + len(body), name) + body


def full(name: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A full box."""
    return box(name, bytes([version]) + flags.to_bytes(3) + body)


def _meta(
    parts: tuple[Part, ...], references: References, primary: int, within: bytes, start: int, *, wide: bool
) -> bytes:
    number = ">I" if wide else ">H"
    properties = list(dict.fromkeys(one for part in parts for one in part.properties))
    items = places = uses = b""
    for index, part in enumerate(parts, 1):
        name = struct.pack(number, index)
        items += full(b"infe", name + bytes(2) + part.kind + b"\0", version=3 if wide else 2)
        inside = bool(within) and index == 1
        place = struct.pack(">QQ" if wide else ">II", 0 if inside else start, len(part.data))
        places += name + struct.pack(">HHH", inside, 0, 1) + place
        start += 0 if inside else len(part.data)
        used = [properties.index(one) + 1 for one in part.properties]
        uses += name + bytes([len(used)]) + b"".join(struct.pack(">H" if wide else ">B", one) for one in used)
    linked = b"".join(
        box(
            kind,
            struct.pack(number, origin) + struct.pack(">H", len(to)) + b"".join(struct.pack(number, i) for i in to),
        )
        for kind, origin, to in references
    )
    count = struct.pack(number, len(parts))
    body = full(b"hdlr", bytes(4) + b"pict" + bytes(13))
    body += full(b"pitm", struct.pack(number, primary), version=int(wide))
    body += full(b"iinf", count + items, version=int(wide))
    body += full(b"iloc", (b"\x88\0" if wide else b"\x44\0") + count + places, version=2 if wide else 1)
    body += full(b"iref", linked, version=int(wide)) if references else b""
    table = full(b"ipma", struct.pack(">I", len(parts)) + uses, version=int(wide), flags=int(wide))
    body += box(b"iprp", box(b"ipco", b"".join(properties)) + table)
    body += box(b"idat", within) if within else b""
    return full(b"meta", body)
