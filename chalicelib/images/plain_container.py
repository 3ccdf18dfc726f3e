"""Writes the primary image of a HEIC or AVIF into a container that every decoder reads.

Decoders refuse some structures that the standard allows: properties in several boxes, one tile in several places of a
grid, an item that is only another one rotated. The coded bytes and their properties stay as they are.
"""

import struct
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images import isobmff
from chalicelib.images.isobmff import Contents, Item
from chalicelib.images.probe import DAMAGED

_MAX_DEPTH = 4  # identity, grid, tile, alpha of the tile
_METADATA = frozenset({b"Exif", b"mime"})
_TRANSFORMS = frozenset({b"clap", b"irot", b"imir"})
_ESSENTIAL = _TRANSFORMS | {b"hvcC", b"av1C"}

type _References = list[tuple[bytes, int, list[int]]]


def rewrite(file: IO[bytes], brand: bytes) -> bytes:
    """A file with the primary image, its tiles, alpha and metadata; raises Unreadable."""
    contents = isobmff.read_contents(file)
    items: list[Item] = []
    references: _References = []
    _add(contents, contents.primary, items, references)
    for kind, origin, to in contents.references:
        described = kind == b"cdsc" and contents.primary in to and origin in contents.items
        if described and contents.items[origin].kind in _METADATA:
            items.append(contents.items[origin])
            references.append((kind, len(items), [1]))
    data, places = bytearray(), dict[isobmff.Place, tuple[int, int]]()
    for place, body in contents.read_items(file, items).items():
        places[place] = len(data), len(body)
        data += body
    extents = [places[item.place] for item in items]
    head = _box(b"ftyp", brand + bytes(4) + b"mif1miaf" + brand)
    start = len(head) + len(_meta(items, extents, references, 0)) + 8
    return b"".join((head, _meta(items, extents, references, start), struct.pack(">I4s", 8 + len(data), b"mdat"), data))


def _add(contents: Contents, number: int, items: list[Item], references: _References, depth: int = 0) -> int:
    """Append an item and what it consists of; returns its new number, another one for every place it has."""
    if depth > _MAX_DEPTH or len(items) > isobmff.MAX_ENTRIES or number not in contents.items:
        raise Unreadable(DAMAGED)
    item = contents.items[number]
    sources = [one for kind, origin, to in contents.references if kind == b"dimg" and origin == number for one in to]
    if item.kind == isobmff.IDENTITY and len(sources) == 1:
        added = _add(contents, sources[0], items, references, depth + 1)
        source = items[added - 1]
        transforms = [(name, body) for name, body in item.properties if name in _TRANSFORMS]
        items[added - 1] = Item(source.kind, source.properties + transforms, source.extents, source.in_idat)
        return added
    items.append(item)
    added = len(items)
    if sources:
        references.append((b"dimg", added, [_add(contents, one, items, references, depth + 1) for one in sources]))
    for kind, origin, to in contents.references:
        if kind == b"auxl" and number in to and isobmff.is_alpha(contents.items, origin):
            references.append((b"auxl", _add(contents, origin, items, references, depth + 1), [added]))
    return added


def _meta(items: list[Item], extents: list[tuple[int, int]], references: _References, start: int) -> bytes:
    """The `meta` box for items with these extents after `start`."""
    properties = list(dict.fromkeys(one for item in items for one in item.properties))
    numbers = {one: number for number, one in enumerate(properties, 1)}
    entries, places, uses = bytearray(), bytearray(), bytearray()
    for number, (item, (offset, length)) in enumerate(zip(items, extents, strict=True), 1):
        kind = item.kind + (b"\0application/rdf+xml\0" if item.kind == b"mime" else b"\0")
        entries += _full(b"infe", struct.pack(">HH", number, 0) + kind, version=2)
        places += struct.pack(">HHHII", number, 0, 1, start + offset, length)
        essential = [numbers[one] | 0x8000 * (one[0] in _ESSENTIAL) for one in item.properties]
        uses += struct.pack(f">HB{len(essential)}H", number, len(essential), *essential)
    count = struct.pack(">H", len(items))
    linked = b"".join(
        _box(kind, struct.pack(f">HH{len(to)}H", origin, len(to), *to)) for kind, origin, to in references
    )
    table = _full(b"ipma", struct.pack(">I", len(items)) + uses, flags=1)
    return _full(
        b"meta",
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
        + _full(b"pitm", struct.pack(">H", 1))
        + _full(b"iloc", b"\x44\0" + count + places)
        + _full(b"iinf", count + entries)
        + (_full(b"iref", linked) if references else b"")
        + _box(b"iprp", _box(b"ipco", b"".join(_box(name, body) for name, body in properties)) + table),
    )


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def _full(name: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(name, bytes([version]) + flags.to_bytes(3) + body)
