import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.errors import Unreadable
from chalicelib.images import isobmff, plain_container
from tests.support.images import isobmff as containers
from tests.support.images import samples
from tests.support.images.isobmff import Part, container
from tests.unit.images.support import corners

FORMS = ["AVIF", "HEIC"]
SIZE = (128, 96)


def first(data: bytes, form: str = "HEIC") -> isobmff.PrimaryImage:
    return isobmff.read_primary_image(BytesIO(data), containers.CODECS[form])


def plain(form: str = "HEIC") -> Part:
    return containers.encoded_part(samples.quarters(SIZE), form)


def close(seen: tuple[tuple[int, ...], ...], wanted: tuple[tuple[int, ...], ...]) -> bool:
    return all(
        abs(a - b) <= 25 for one, other in zip(seen, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_coded_item_is_read_from_boxes_of_every_version(form: str, *, wide: bool) -> None:
    data = container(form, plain(form), wide=wide)
    picture = first(data, form)
    assert (picture.width, picture.height, picture.tiled, picture.has_alpha) == (*SIZE, False, False)
    assert picture.coded_items[0][1] == plain(form).data
    assert close(corners(data), samples.CORNERS)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_grid_includes_all_its_tiles(form: str, *, inside: bool) -> None:
    tiles = [containers.encoded_part(Image.new("RGB", (64, 64), color), form) for color in samples.CORNERS]
    whole = containers.grid(2, 2, 120, 120)
    data = container(form, whole, *tiles, references=[(b"dimg", 1, [2, 3, 4, 5])], inside=inside)
    picture = first(data, form)
    assert (picture.width, picture.height, picture.tiled, len(picture.coded_items)) == (120, 120, True, 4)
    assert close(corners(data), samples.CORNERS)


@pytest.mark.parametrize("form", FORMS)
def test_alpha_is_decoded_but_depth_and_gain_maps_are_not(form: str) -> None:
    data = samples.transparent(SIZE, form)
    picture = first(data, form)
    assert (picture.has_alpha, len(picture.coded_items)) == (True, 2)
    gain = plain(form).but(containers.full(b"auxC", b"urn:com:apple:photo:2020:aux:hdrgainmap\0"))
    picture = first(container(form, plain(form), gain, references=[(b"auxl", 2, [1])]), form)
    assert (picture.has_alpha, len(picture.coded_items)) == (False, 1)


@pytest.mark.parametrize("kind", [b"jpeg", b"av01", b"mime"])
def test_unsupported_item_type_is_rejected_with_the_reason(kind: bytes) -> None:
    with pytest.raises(Unreadable, match="has a structure that is not supported"):
        first(container("HEIC", Part(kind, b"", (containers.size(5, 5),))))
    with pytest.raises(Unreadable, match="has a structure that is not supported"):
        first(container("HEIC", containers.grid(1, 1, 64, 64), Part(kind), references=[(b"dimg", 1, [2])]))


@pytest.mark.parametrize("form", FORMS)
def test_grid_larger_than_declared_is_damaged(form: str) -> None:
    tile = containers.encoded_part(Image.new("RGB", (64, 64)), form)
    lying = containers.grid(1, 1, 40_000, 40_000).with_declared_size(64, 64)
    with pytest.raises(Unreadable, match="damaged"):
        first(container(form, lying, tile, references=[(b"dimg", 1, [2])]), form)


@pytest.mark.parametrize("form", FORMS)
def test_grid_with_missing_tiles_is_damaged(form: str) -> None:
    tile = containers.encoded_part(Image.new("RGB", (64, 64)), form)
    data = container(form, containers.grid(2, 1, 128, 64), tile, references=[(b"dimg", 1, [2])])
    with pytest.raises(Unreadable, match="damaged"):
        first(data, form)


def test_circular_references_end() -> None:
    grid = containers.grid(1, 1, 64, 64)
    assert first(container("HEIC", grid, grid, references=[(b"dimg", 1, [2]), (b"dimg", 2, [1])])).coded_items == []


def test_reference_to_missing_item_is_damaged() -> None:
    with pytest.raises(Unreadable, match="damaged"):
        first(container("HEIC", containers.grid(1, 1, 64, 64), references=[(b"dimg", 1, [9])]))


def test_bytes_shared_by_many_items_are_not_read_for_each() -> None:
    grid = containers.grid(1, 1, 64, 64)
    data = container("HEIC", grid, *[plain()] * 9, references=[(b"dimg", 1, list(range(2, 11)))])
    to_the_end = data.replace(struct.pack(">I", len(plain().data)), bytes(4))
    with pytest.raises(Unreadable, match="damaged"):
        first(to_the_end)


class CountingFile(BytesIO):
    """A file that counts the bytes that are read."""

    read_bytes = 0

    def read(self, count: int | None = -1, /) -> bytes:
        data = super().read(count)
        self.read_bytes += len(data)
        return data


def with_extents(data: bytes, part: int, extents: list[tuple[int, int]], *, inside: bool = False) -> bytes:
    """A container whose part of this number has these extents, relative to the end of the boxes or to `idat`."""
    at = data.index(b"iloc") - 4
    size = struct.unpack(">I", data[at : at + 4])[0]
    entries = [data[start : start + 16] for start in range(at + 16, at + size, 16)]
    length = 16 + 16 * (len(entries) - 1) + 8 + 8 * len(extents)
    grown, mdat = length - size, data.index(b"mdat") + 4
    body = b""
    for number, entry in enumerate(entries, 1):
        item, method, _, _, start, count = struct.unpack(">HHHHII", entry)
        places = [(start + grown, count)]
        if number == part:
            method = int(inside)
            places = [(start if inside else mdat + grown + start, count) for start, count in extents]
        body += struct.pack(">HHHH", item, method, 0, len(places)) + b"".join(
            struct.pack(">II", *one) for one in places
        )
    box = containers.full(b"iloc", data[at + 12 : at + 16] + body, version=1)
    meta = data.index(b"meta") - 4
    meta_bytes = struct.unpack(">I", data[meta : meta + 4])[0] + grown
    return data[:meta] + struct.pack(">I", meta_bytes) + data[meta + 4 : at] + box + data[at + size :]


MANY_EXTENTS = {"to the end": [(0, 0)] * 400, "overlapping": [(0, 50_000)] * 400}
FREE = containers.box(b"free", bytes(60_000))


def read_bytes_of_damaged(data: bytes, form: str) -> int:
    file = CountingFile(data)
    for read in (
        lambda: isobmff.read_primary_image(file, containers.CODECS[form]),
        lambda: plain_container.rewrite(file, containers.BRANDS[form]),
    ):
        with pytest.raises(Unreadable, match="damaged"):
            read()
    return file.read_bytes


@pytest.mark.parametrize("extents", MANY_EXTENTS.values(), ids=MANY_EXTENTS)
@pytest.mark.parametrize("form", FORMS)
def test_overlapping_extents_of_a_coded_item_are_not_read(form: str, extents: list[tuple[int, int]]) -> None:
    data = with_extents(container(form, plain(form)) + FREE, 1, extents)
    assert first(with_extents(container(form, plain(form)), 1, [(0, 9), (9, 0)]), form).coded_items
    assert read_bytes_of_damaged(data, form) < len(data)


@pytest.mark.parametrize("length", [0, 5000])
def test_overlapping_extents_in_idat_are_damaged(length: int) -> None:
    part = Part(b"hvc1", bytes(5000), (containers.size(5, 5),))
    data = container("HEIC", part, inside=True)
    assert first(data).coded_items[0][1] == part.data
    read_bytes_of_damaged(with_extents(data, 1, [(0, length)] * 400, inside=True), "HEIC")


@pytest.mark.parametrize("extents", MANY_EXTENTS.values(), ids=MANY_EXTENTS)
def test_overlapping_extents_of_metadata_are_not_read(
    extents: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isobmff, "MAX_METADATA_BYTES", 100_000)
    exif = Part(b"Exif", b"first")
    file = CountingFile(with_extents(container("HEIC", plain(), exif, exif) + FREE, 2, extents))
    assert list(isobmff.read_metadata_items(file)) == [b"first"]
    assert file.read_bytes < 10_000


def test_metadata_of_all_items_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isobmff, "MAX_METADATA_BYTES", 25)
    items = [Part(b"Exif", bytes(10)), Part(b"mime", bytes(10)), Part(b"mime", bytes(10)), Part(b"Exif", bytes(5))]
    found = isobmff.read_metadata_items(BytesIO(container("HEIC", plain(), *items)))
    assert [len(body) for body in found] == [10, 10, 5]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no still image"),
        (containers.box(b"ftyp", b"heic"), "no still image"),
        (containers.box(b"ftyp", b"heic") + containers.full(b"meta", b""), "no still image"),
        (containers.box(b"ftyp", b"heic") + struct.pack(">I4s", 500, b"meta"), "incomplete"),
        (containers.box(b"ftyp", b"heic") + struct.pack(">I4s", 500, b"moov"), "incomplete"),
        (containers.box(b"ftyp", b"heic") + struct.pack(">I4s", 3, b"moov"), "damaged"),
        (containers.box(b"ftyp", b"heic") + struct.pack(">I4sQ", 1, b"moov", 9), "damaged"),
        (containers.box(b"ftyp", b"heic") + struct.pack(">I4s", 5_000_000, b"meta"), "structure that is not supported"),
        (containers.box(b"free", b"") * 20_000, "no still image"),
        (container("HEIC", plain(), primary=7), "no still image"),
        (container("HEIC", Part(b"hvc1", b"x")), "damaged"),
    ],
)
def test_boxes_without_an_image_are_rejected(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        first(data)


def test_item_beyond_the_end_of_file_is_incomplete() -> None:
    with pytest.raises(Unreadable, match="incomplete"):
        first(container("HEIC", plain())[:-5])


@pytest.mark.parametrize(("name", "at"), [(b"iloc", 10), (b"ipma", 8)])
def test_implausible_entry_counts_are_rejected(name: bytes, at: int) -> None:
    data = bytearray(container("HEIC", plain(), wide=True))
    place = data.index(name) + at
    data[place : place + 4] = b"\x7f\xff\xff\xff"
    with pytest.raises(Unreadable):
        first(bytes(data))


def test_entries_of_zero_bytes_do_not_loop_forever() -> None:
    body = b"\0\0" + struct.pack(">H", 1000) + struct.pack(">HHH", 1, 0, 65535) * 1000
    data = containers.box(b"ftyp", b"heic") + containers.full(
        b"meta", containers.full(b"pitm", b"\0\1") + containers.full(b"iloc", body)
    )
    with pytest.raises(Unreadable, match="damaged"):
        first(data)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(FORMS), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_mutated_boxes_are_read_or_rejected(form: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(SAMPLES[form])
    for place, value in changes:
        data[place] = value
    try:
        first(bytes(data), form)
    except Unreadable:
        return


SAMPLES = {form: container(form, plain(form)).ljust(401, b"\0") for form in FORMS}
