"""The boxes of HEIC and AVIF: which picture is shown first, of what parts it is made, and how large they are.

Both are the same container (HEIF, ISO/IEC 23008-12, over ISO/IEC 14496-12) with another codec inside. A picture
may be one coded item or a grid of many, and have its transparency in further ones. Any box may lie: what it says
of its length is checked against what is there, numbers of entries are bounded, and no part is followed twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images.bit_reader import Bits
from chalicelib.images.probe import DAMAGED, INCOMPLETE, big, exactly

UNUSUAL = "This picture is put together in a way that cannot be processed."
NO_STILL = "This file holds no still picture."

# The largest photos of phones have some 200 items, told in 20 KB.
MAX_ENTRIES = 10_000
MAX_META_BYTES = 4 * 1024 * 1024
_GRID = b"grid"


@dataclass(slots=True)
class Item:
    """One part: its kind, its properties by name, and where its bytes are, in the file or among the boxes."""

    kind: bytes
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    extents: list[tuple[int, int]] = field(default_factory=list)
    inside: bool = False

    def all(self, name: bytes) -> list[bytes]:
        """The bodies of its properties of this name."""
        return [body for known, body in self.properties if known == name]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as told, before any turning and cutting; raises Unreadable where they are not."""
        sizes = [(big(body[4:8]), big(body[8:12])) for body in self.all(b"ispe")]
        if not sizes:
            raise Unreadable(DAMAGED)
        return max(sizes, key=lambda size: size[0] * size[1])

    @property
    def pixels(self) -> int:
        """Their number."""
        return self.size[0] * self.size[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """The first picture: its size, and everything that is decoded to show it: the coded parts, with their bytes."""

    width: int
    height: int
    tiled: bool
    transparent: bool
    coded: list[tuple[Item, bytes]]
    file_bytes: int


def first_picture(file: IO[bytes], codec: bytes) -> Picture:
    """The picture that a file of this codec (`hvc1`, `av01`) is to be shown by; raises Unreadable."""
    file_bytes = file.seek(0, 2)
    meta = dict(reversed(list(_boxes(_meta(file)[4:]))))  # of two of a name, the first
    items, references = _items(meta), _references(meta.get(b"iref", b""))
    head = Bits(meta.get(b"pitm", b""))
    primary = head.number(16 if _version(head) == 0 else 32)
    if primary not in items:
        raise Unreadable(NO_STILL)
    ids, transparent = _parts(primary, items, references)
    parts = [items[one] for one in ids]
    if any(part.kind not in {codec, _GRID} for part in parts):
        raise Unreadable(UNUSUAL)
    width, height = items[primary].size
    tiles = {origin: len(to) for kind, origin, to in references if kind == b"dimg"}
    taken, tiled, coded = 0, False, []
    for one, part in zip(ids, parts, strict=True):
        data = _data(file, part, meta.get(b"idat", b""), file_bytes)
        taken += len(data)
        if taken > 2 * file_bytes:
            raise Unreadable(DAMAGED)  # the same bytes for many parts
        if part.kind != _GRID:
            coded.append((part, data))
        elif _grid(data) == (*part.size, tiles.get(one, 0)):
            tiled = True
        else:
            raise Unreadable(DAMAGED)
    return Picture(width, height, tiled, transparent, coded, file_bytes)


def _meta(file: IO[bytes]) -> bytes:
    """The body of the box that tells of the items."""
    at = 0
    for _ in range(MAX_ENTRIES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        size, begin = big(head[:4]), 8
        if size == 1:
            size, begin = big(head[8:16]), 16
        if size and size < begin:
            raise Unreadable(DAMAGED)
        if head[4:8] == b"meta":
            if size > MAX_META_BYTES:
                raise Unreadable(UNUSUAL)
            file.seek(at + begin)
            return exactly(file, size - begin) if size else file.read(MAX_META_BYTES)
        if not size:
            break
        at += size
    raise Unreadable(INCOMPLETE if at > file.seek(0, 2) else NO_STILL)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each box in these bytes."""
    at = 0
    for _ in range(MAX_ENTRIES):
        if at + 8 > len(data):
            return
        size, begin = big(data[at : at + 4]), 8
        if size == 1:
            size, begin = big(data[at + 8 : at + 16]), 16
        size = size or len(data) - at
        if size < begin or at + size > len(data):
            raise Unreadable(DAMAGED)
        yield data[at + 4 : at + 8], data[at + begin : at + size]
        at += size
    raise Unreadable(DAMAGED)


def _version(box: Bits) -> int:
    """The version of a full box; its flags are passed over."""
    version = box.number(8)
    box.skip(24)
    return version


def _items(meta: dict[bytes, bytes]) -> dict[int, Item]:
    """All items, with what is known of each."""
    items: dict[int, Item] = {}
    box = Bits(meta.get(b"iinf", b""))
    listed = meta[b"iinf"][6 if _version(box) == 0 else 8 :] if b"iinf" in meta else b""
    for name, body in _boxes(listed):
        entry = Bits(body)
        version = _version(entry) if name == b"infe" else 0
        if version >= 2:  # older entries tell no kind, and no picture has ever been told so
            number = entry.number(16 if version == 2 else 32)
            entry.skip(16)
            items.setdefault(number, Item(entry.text(4)))
    _locate(Bits(meta.get(b"iloc", b"")), items)
    _describe(meta.get(b"iprp", b""), items)
    return items


def _locate(box: Bits, items: dict[int, Item]) -> None:
    """Tell each item where its bytes are (14496-12, 8.11.3)."""
    version = _version(box)
    offset_bits, length_bits, base_bits, index_bits = (8 * box.number(4) for _ in range(4))
    index_bits = index_bits if version else 0
    entries = 0
    for _ in range(_few(box.number(16 if version < 2 else 32))):
        item = items.get(box.number(16 if version < 2 else 32))
        method = box.number(16) & 15 if version else 0
        box.skip(16)
        base, count = box.number(base_bits), box.number(16)
        entries = _few(entries + count)
        extents = []
        for _ in range(count):
            box.skip(index_bits)
            extents.append((base + box.number(offset_bits), box.number(length_bits)))
        if item is not None and not item.extents:
            item.extents, item.inside = extents, method == 1
            if method > 1:
                item.kind = b""  # put together from other items: no codec that is known here


def _describe(box: bytes, items: dict[int, Item]) -> None:
    """Tell each item its properties (23008-12, 9.3)."""
    boxes = list(_boxes(box))
    known = [one for name, body in boxes if name == b"ipco" for one in _boxes(body)]
    entries = 0
    for body in (body for name, body in boxes if name == b"ipma"):
        table = Bits(body)
        version = table.number(8)
        wide = table.number(24) & 1
        for _ in range(_few(table.number(32))):
            item = items.get(table.number(16 if version == 0 else 32))
            count = table.number(8)
            entries = _few(entries + count)
            for _ in range(count):
                table.skip(1)  # whether a reader must understand it
                index = table.number(15 if wide else 7)
                if item is not None and 0 < index <= len(known):
                    item.properties.append(known[index - 1])


def _references(box: bytes) -> list[tuple[bytes, int, list[int]]]:
    """Kind, from which item, to which items (14496-12, 8.11.12)."""
    if not box:
        return []
    bits = 16 if box[0] == 0 else 32
    references, entries = [], 0
    for kind, body in _boxes(box[4:]):
        entry = Bits(body)
        origin, count = entry.number(bits), entry.number(16)
        entries = _few(entries + count)
        references.append((kind, origin, [entry.number(bits) for _ in range(count)]))
    return references


def _parts(
    primary: int, items: dict[int, Item], references: list[tuple[bytes, int, list[int]]]
) -> tuple[list[int], bool]:
    """Whatever is decoded to show an item: itself, what it is derived from, and the transparency of these."""
    made_of: dict[int, list[int]] = {}
    masks = set()
    for kind, origin, to in references:
        if kind == b"dimg":
            made_of.setdefault(origin, []).extend(to)
        elif kind == b"auxl" and _masks(items, origin):
            masks.add(origin)
            for one in to:
                made_of.setdefault(one, []).append(origin)
    parts, waiting = {primary: None}, [primary]
    while waiting:
        for one in made_of.get(waiting.pop(), ()):
            if one not in items:
                raise Unreadable(DAMAGED)
            if one not in parts:
                parts[one] = None
                waiting.append(one)
    return list(parts), not masks.isdisjoint(parts)


def _masks(items: dict[int, Item], number: int) -> bool:
    """Whether an auxiliary item is transparency; depths and gain maps are decoded by nobody here."""
    kinds = items[number].all(b"auxC") if number in items else []
    return any(b"alpha" in kind or b"auxid:1" in kind for kind in kinds)


def _data(file: IO[bytes], item: Item, inside: bytes, file_bytes: int) -> bytes:
    pieces = []
    for start, length in item.extents:
        end = start + length if length else len(inside) if item.inside else file_bytes
        if item.inside:
            pieces.append(inside[start:end])
        elif end > file_bytes:
            raise Unreadable(INCOMPLETE)
        else:
            file.seek(start)
            pieces.append(exactly(file, end - start))
    return b"".join(pieces)


def _grid(data: bytes) -> tuple[int, int, int]:
    """Width and height that the tiles of a grid are put together to, and how many these are (23008-12, 6.6.2.3.2)."""
    grid = Bits(data)
    grid.skip(8)
    bits = 32 if grid.number(8) & 1 else 16
    tiles = (grid.number(8) + 1) * (grid.number(8) + 1)
    return grid.number(bits), grid.number(bits), tiles


def _few(count: int) -> int:
    """A number of entries that can be believed."""
    if count > MAX_ENTRIES:
        raise Unreadable(DAMAGED)
    return count
