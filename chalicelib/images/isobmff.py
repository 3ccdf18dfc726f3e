"""Parses the boxes of HEIC and AVIF: the primary image, the items it consists of, and their sizes.

Both use the same container (HEIF, ISO/IEC 23008-12, on top of ISO/IEC 14496-12) with different codecs. An image is one
coded item or a grid of many, and its alpha channel may be further items. No box is trusted: lengths are checked against
the data, numbers of entries are bounded, and no item is visited twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images.bit_reader import BitReader
from chalicelib.images.probe import DAMAGED, INCOMPLETE, big_endian, read_exactly

UNSUPPORTED_STRUCTURE = "This image has a structure that is not supported."
OVERLAY = "This image is composed of several overlaid images, which cannot be processed."
NO_STILL_IMAGE = "This file contains no still image."

# The largest phone photos have some 200 items, described in 20 KB.
MAX_ENTRIES = 10_000
MAX_META_BYTES = 4 * 1024 * 1024
MAX_METADATA_BYTES = 8 * 1024 * 1024  # of all items with metadata
MAX_ITEMS_TO_FILE = 2  # bytes of all items that are read, to those of the file: extents may overlap
_GRID, IDENTITY = b"grid", b"iden"
_METADATA = frozenset({b"Exif", b"mime"})

type Place = tuple[bool, tuple[tuple[int, int], ...]]


@dataclass(slots=True)
class Item:
    """One item: its type, its properties, and the extents of its data, in the file or in the `idat` box."""

    kind: bytes
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    extents: list[tuple[int, int]] = field(default_factory=list)
    in_idat: bool = False

    @property
    def place(self) -> Place:
        """Where its data is; several items may share theirs."""
        return self.in_idat, tuple(self.extents)

    def all_properties(self, name: bytes) -> list[bytes]:
        """The bodies of the properties with this name."""
        return [body for known, body in self.properties if known == name]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height from `ispe`, before rotation and cropping; raises Unreadable if missing."""
        sizes = [(big_endian(body[4:8]), big_endian(body[8:12])) for body in self.all_properties(b"ispe")]
        if not sizes:
            raise Unreadable(DAMAGED)
        return max(sizes, key=lambda size: size[0] * size[1])

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.size[0] * self.size[1]


@dataclass(frozen=True, slots=True)
class PrimaryImage:
    """The primary image: its size, and the coded items that are decoded to display it, with their data.

    `code_points` are its color primaries and transfer characteristics (ITU-T H.273), None if the boxes have none.
    """

    width: int
    height: int
    tiled: bool
    has_alpha: bool
    coded_items: list[tuple[Item, bytes]]
    file_bytes: int
    code_points: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Contents:
    """The items of a file, the number of the primary one, and their references: kind, from, to."""

    primary: int
    items: dict[int, Item]
    references: list[tuple[bytes, int, list[int]]]
    idat: bytes
    file_bytes: int

    def item_bytes(self, item: Item) -> int:
        """Length of the data of an item, every extent counted; raises Unreadable if the file ends first."""
        return sum(map(len, self._ranges(item)))

    def read_item(self, file: IO[bytes], item: Item) -> bytes:
        """The data of an item; raises Unreadable if the file ends first."""
        if item.in_idat:
            return b"".join(self.idat[part.start : part.stop] for part in self._ranges(item))
        pieces = []
        for part in self._ranges(item):
            file.seek(part.start)
            pieces.append(read_exactly(file, len(part)))
        return b"".join(pieces)

    def read_items(self, file: IO[bytes], items: Iterable[Item]) -> dict[Place, bytes]:
        """The data of items by place; raises Unreadable if the file ends first or extents overlap too much."""
        read: dict[Place, bytes] = {}
        total = 0
        for item in items:
            if item.place in read:
                continue
            total += self.item_bytes(item)
            if total > MAX_ITEMS_TO_FILE * self.file_bytes:
                raise Unreadable(DAMAGED)
            read[item.place] = self.read_item(file, item)
        return read

    def _ranges(self, item: Item) -> list[range]:
        """The extents of an item, in `idat` or in the file; those without a length reach to the end (8.11.3)."""
        available = len(self.idat) if item.in_idat else self.file_bytes
        ends = [start + length if length else available for start, length in item.extents]
        if not item.in_idat and any(end > available for end in ends):
            raise Unreadable(INCOMPLETE)
        starts = (start for start, _ in item.extents)
        return [range(start, min(end, available)) for start, end in zip(starts, ends, strict=True)]


def read_contents(file: IO[bytes]) -> Contents:
    """Read the boxes that describe the items; raises Unreadable."""
    file_bytes = file.seek(0, 2)
    boxes = list(iter_boxes(read_box(file, b"meta")[4:]))
    meta = dict(reversed(boxes))  # the first of several with the same name
    if b"pitm" not in meta:
        raise Unreadable(NO_STILL_IMAGE)
    items = _read_items(meta, [body for name, body in boxes if name == b"iprp"])
    references = _read_references(meta.get(b"iref", b""))
    head = BitReader(meta[b"pitm"])
    primary = head.read(16 if _read_version(head) == 0 else 32)
    if primary not in items:
        raise Unreadable(NO_STILL_IMAGE)
    return Contents(primary, items, references, meta.get(b"idat", b""), file_bytes)


def read_primary_image(file: IO[bytes], codec: bytes) -> PrimaryImage:
    """Read the primary image of a file with this codec (`hvc1`, `av01`); raises Unreadable."""
    contents = read_contents(file)
    items = contents.items
    ids, transparent = _dependencies(contents.primary, items, contents.references)
    parts = [items[one] for one in ids]
    if any(part.kind == b"iovl" for part in parts):
        raise Unreadable(OVERLAY)
    if any(part.kind not in {codec, _GRID, IDENTITY} for part in parts):
        raise Unreadable(UNSUPPORTED_STRUCTURE)
    width, height = items[contents.primary].size
    tiles: dict[int, int] = {origin: len(to) for kind, origin, to in contents.references if kind == b"dimg"}
    read = contents.read_items(file, (part for part in parts if part.kind != IDENTITY))
    tiled, coded = False, []
    for one, part in zip(ids, parts, strict=True):
        if part.kind == IDENTITY:
            continue
        data = read[part.place]
        if part.kind != _GRID:
            coded.append((part, data))
        elif _read_grid(data) == (*part.size, tiles.get(one, 0)):
            tiled = True
        else:
            raise Unreadable(DAMAGED)
    code_points = next(filter(None, (_code_points(part) for part in parts)), None)
    return PrimaryImage(width, height, tiled, transparent, coded, contents.file_bytes, code_points)


def read_box(file: IO[bytes], name: bytes) -> bytes:
    """The body of the first box with this name; raises Unreadable if there is none."""
    at = 0
    for _ in range(MAX_ENTRIES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        size, begin = big_endian(head[:4]), 8
        if size == 1:
            size, begin = big_endian(head[8:16]), 16
        if size and size < begin:
            raise Unreadable(DAMAGED)
        if head[4:8] == name:
            if size > MAX_META_BYTES:
                raise Unreadable(UNSUPPORTED_STRUCTURE)
            file.seek(at + begin)
            return read_exactly(file, size - begin) if size else file.read(MAX_META_BYTES)
        if not size:
            break
        at += size
    raise Unreadable(INCOMPLETE if at > file.seek(0, 2) else NO_STILL_IMAGE)


def iter_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each box in `data`."""
    at = 0
    for _ in range(MAX_ENTRIES):
        if at + 8 > len(data):
            return
        size, begin = big_endian(data[at : at + 4]), 8
        if size == 1:
            size, begin = big_endian(data[at + 8 : at + 16]), 16
        size = size or len(data) - at
        if size < begin or at + size > len(data):
            raise Unreadable(DAMAGED)
        yield data[at + 4 : at + 8], data[at + begin : at + size]
        at += size
    raise Unreadable(DAMAGED)


def _read_version(box: BitReader) -> int:
    """Read the version of a full box and skip its flags."""
    version = box.read(8)
    box.skip(24)
    return version


def _read_items(meta: dict[bytes, bytes], properties: list[bytes]) -> dict[int, Item]:
    """All items with their extents and properties, by item id."""
    items: dict[int, Item] = {}
    box = BitReader(meta.get(b"iinf", b""))
    listed = meta[b"iinf"][6 if _read_version(box) == 0 else 8 :] if b"iinf" in meta else b""
    for name, body in iter_boxes(listed):
        entry = BitReader(body)
        version = _read_version(entry) if name == b"infe" else 0
        if version >= 2:  # older versions have no item type; no image uses them
            number = entry.read(16 if version == 2 else 32)
            entry.skip(16)
            items.setdefault(number, Item(entry.read_bytes(4)))
    _read_locations(BitReader(meta.get(b"iloc", b"")), items)
    for body in properties:
        _read_properties(body, items)
    return items


def _read_locations(box: BitReader, items: dict[int, Item]) -> None:
    """Set the extents of each item from `iloc` (14496-12, 8.11.3)."""
    version = _read_version(box)
    offset_bits, length_bits, base_bits, index_bits = (8 * box.read(4) for _ in range(4))
    index_bits = index_bits if version else 0
    entries = 0
    for _ in range(_check_count(box.read(16 if version < 2 else 32))):
        item = items.get(box.read(16 if version < 2 else 32))
        method = box.read(16) & 15 if version else 0
        box.skip(16)
        base, count = box.read(base_bits), box.read(16)
        entries = _check_count(entries + count)
        extents = []
        for _ in range(count):
            box.skip(index_bits)
            extents.append((base + box.read(offset_bits), box.read(length_bits)))
        if item is not None and not item.extents:
            item.extents, item.in_idat = extents, method == 1
            if method > 1:
                item.kind = b""  # constructed from other items: not supported


def _read_properties(box: bytes, items: dict[int, Item]) -> None:
    """Set the properties of each item from `iprp` (23008-12, 9.3)."""
    boxes = list(iter_boxes(box))
    known = [one for name, body in boxes if name == b"ipco" for one in iter_boxes(body)]
    entries = 0
    for body in (body for name, body in boxes if name == b"ipma"):
        table = BitReader(body)
        version = table.read(8)
        wide = table.read(24) & 1
        for _ in range(_check_count(table.read(32))):
            item = items.get(table.read(16 if version == 0 else 32))
            count = table.read(8)
            entries = _check_count(entries + count)
            for _ in range(count):
                table.skip(1)  # the `essential` flag
                index = table.read(15 if wide else 7)
                if item is not None and 0 < index <= len(known):
                    item.properties.append(known[index - 1])


def _read_references(box: bytes) -> list[tuple[bytes, int, list[int]]]:
    """Reference type, from item, to items (14496-12, 8.11.12)."""
    if not box:
        return []
    bits = 16 if box[0] == 0 else 32
    references, entries = [], 0
    for kind, body in iter_boxes(box[4:]):
        entry = BitReader(body)
        origin, count = entry.read(bits), entry.read(16)
        entries = _check_count(entries + count)
        references.append((kind, origin, [entry.read(bits) for _ in range(count)]))
    return references


def _dependencies(
    primary: int, items: dict[int, Item], references: list[tuple[bytes, int, list[int]]]
) -> tuple[list[int], bool]:
    """Ids of all items decoded to display an item (itself, its sources, their alpha), and whether there is alpha."""
    sources: dict[int, list[int]] = {}
    alpha_items = set()
    for kind, origin, to in references:
        if kind == b"dimg":
            sources.setdefault(origin, []).extend(to)
        elif kind == b"auxl" and is_alpha(items, origin):
            alpha_items.add(origin)
            for one in to:
                sources.setdefault(one, []).append(origin)
    parts, pending = {primary: None}, [primary]
    while pending:
        for one in sources.get(pending.pop(), ()):
            if one not in items:
                raise Unreadable(DAMAGED)
            if one not in parts:
                parts[one] = None
                pending.append(one)
    return list(parts), not alpha_items.isdisjoint(parts)


def is_alpha(items: dict[int, Item], number: int) -> bool:
    """Whether an auxiliary item is an alpha channel; depth and gain maps are not decoded."""
    kinds = items[number].all_properties(b"auxC") if number in items else []
    return any(b"alpha" in kind or b"auxid:1" in kind for kind in kinds)


def _code_points(item: Item) -> tuple[int, int] | None:
    """Primaries and transfer from the `nclx` property of an item (14496-12, 12.1.5)."""
    colors = [body[4:8] for body in item.all_properties(b"colr") if body[:4] == b"nclx" and len(body) >= 10]
    return (big_endian(colors[0][:2]), big_endian(colors[0][2:])) if colors else None


def _read_grid(data: bytes) -> tuple[int, int, int]:
    """Output width, height, and number of tiles of a grid (23008-12, 6.6.2.3.2)."""
    grid = BitReader(data)
    grid.skip(8)
    bits = 32 if grid.read(8) & 1 else 16
    tiles = (grid.read(8) + 1) * (grid.read(8) + 1)
    return grid.read(bits), grid.read(bits), tiles


def _check_count(count: int) -> int:
    """Return `count`; raises Unreadable if it is implausibly large."""
    if count > MAX_ENTRIES:
        raise Unreadable(DAMAGED)
    return count


def read_metadata_items(file: IO[bytes]) -> Iterator[bytes]:
    """The data of the EXIF and XMP items of a file (23008-12, annex A); raises Unreadable."""
    contents = read_contents(file)
    bytes_left = MAX_METADATA_BYTES
    for item in contents.items.values():
        if item.kind in _METADATA and (size := contents.item_bytes(item)) <= bytes_left:
            bytes_left -= size
            yield contents.read_item(file, item)
