"""The metadata of a file costs a bounded number of bytes and steps, whatever it holds."""

import struct
import zlib
from io import BytesIO

import pytest

from chalicelib import images
from chalicelib.images import ifd
from chalicelib.images.metadata import containers, exif, iptc, reader, xmp
from chalicelib.images.metadata.budget import MAX_STEPS, MAX_TOTAL_BYTES, STEPS_PER_BLOCK, Budget
from chalicelib.images.metadata.merging import merge
from tests.support.images import blocks


def resource(number: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HxxI", number, len(data)) + data + b"\0" * (len(data) % 2)


def png(*chunks: bytes) -> BytesIO:
    framed = (struct.pack(">I", len(data) - 4) + data + bytes(4) for data in chunks)
    return BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(framed))


@pytest.mark.parametrize("number", [0x0404, 0x0422, 0x0424])
def test_resources_nested_in_resources_are_not_read_recursively(number: int) -> None:
    nested = b""
    for _ in range(3000):
        nested = resource(number, nested)
    found = reader._Found()
    found.add_block(containers.PHOTOSHOP_PREFIX + nested)
    assert merge(found.fields) == images.Metadata()
    assert found.budget.blocks == 0


def test_resources_hold_exif_that_holds_xmp() -> None:
    packet = blocks.xmp("tiff:Model='X100'")
    block = containers.PHOTOSHOP_PREFIX + resource(0x0422, blocks.exif({0x02BC: packet}))
    found = reader._Found()
    found.add_block(block)
    assert merge(found.fields).camera == "X100"


@pytest.mark.parametrize("error", [RecursionError, struct.error, KeyError, TypeError, UnicodeError])
def test_no_error_in_metadata_rejects_a_photo(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(exif, "read", fail)
    data = blocks.jpeg((0xE1, blocks.exif({blocks.MODEL: "X100"})))
    assert images.read_file(BytesIO(data)) == images.Metadata()


def test_lack_of_memory_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(exif, "read", fail)
    with pytest.raises(MemoryError):
        images.read_file(BytesIO(blocks.jpeg((0xE1, blocks.exif({blocks.MODEL: "X100"})))))


def test_xmp_property_in_many_pieces_ends_with_its_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def printable(text: str) -> str:
        lengths.append(len(text))
        return text

    monkeypatch.setattr(xmp, "printable", printable)
    fields = xmp.read(blocks.xmp(elements="<tiff:Model>X" + "<a/>x" * 5000 + "</tiff:Model>"), Budget())
    assert fields.camera == "X" + "x" * 63
    assert len(lengths) <= 20
    assert sum(lengths) <= xmp.MAX_CHARACTERS


@pytest.mark.parametrize("filler", ["<a/>", "<a b='' c='' d=''/>"])
def test_tags_of_all_xmp_blocks_are_counted_together(filler: str) -> None:
    budget = Budget(steps=1000)
    xmp.read(blocks.xmp(elements=filler * 100), budget)
    left = budget.steps
    assert left < 1000 - 100
    xmp.read(blocks.xmp(elements=filler * 1000 + "<tiff:Model>X100</tiff:Model>"), budget)
    assert budget.spent


def test_long_namespace_is_not_repeated_before_each_name() -> None:
    names = "".join(f" n:a{number}=''" for number in range(10_000))
    data = f"<n:x xmlns:n='{'u' * 500_000}'{names}/>".encode()  # expanded, the names take 5 GB
    assert xmp.read(data, Budget()).camera is None


def test_prefix_means_what_the_nearest_element_declares() -> None:
    elements = (
        "<tiff:Model xmlns:tiff='other'>no</tiff:Model><t:Model xmlns:t='http://ns.adobe.com/tiff/1.0/'>X100</t:Model>"
    )
    assert xmp.read(blocks.xmp(elements=elements), Budget()).camera == "X100"


def test_iptc_records_are_counted() -> None:
    budget = Budget(steps=100)
    iptc.read(b"\x1c\x02\x05\0\0" * 1000, budget)
    assert budget.spent


class CountingFile(BytesIO):
    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def test_blocks_in_exif_are_read_once_and_late() -> None:
    size, tags = 200_000, (0x02BC, 0x83BB, 0x8649)
    data = bytearray(b"II*\0" + struct.pack("<I", 8))
    for last in [*[False] * 30, True]:
        data += struct.pack("<H", 3) + b"".join(
            struct.pack("<HHII", tag, 7, size - n, n) for n, tag in enumerate(tags, 1)
        )
        data += struct.pack("<I", 0 if last else len(data) + 4)
    file = CountingFile(data.ljust(size, b"\0"))
    fields = exif.read(file, Budget())
    assert file.count < 10_000
    assert sum(map(len, fields.blocks)) <= size


def test_exif_reads_only_the_numbers_it_needs() -> None:
    block = BytesIO(blocks.exif({ifd.SUB_IFDS: ("L", (7,) * 50_000)}))
    directory = next(ifd.read_directories(block))
    file = CountingFile(block.getvalue())
    object.__setattr__(directory.layout, "file", file)
    assert len(directory.numbers(ifd.SUB_IFDS)) == ifd.MAX_DIRECTORIES
    assert file.count < 1000


def test_compressed_text_is_inflated_within_the_budget() -> None:
    packed = zlib.compress(bytes(1_000_000))
    chunk = b"zTXtXML:com.adobe.xmp\0\0" + packed
    budget = Budget(total_bytes=100_000)
    assert sum(map(len, containers.png(png(*[chunk] * 50), budget))) <= 100_000
    assert budget.spent


def test_text_of_another_kind_is_not_inflated() -> None:
    budget = Budget()
    assert not list(containers.png(png(b"zTXtComment\0\0" + zlib.compress(bytes(1_000_000))), budget))
    assert budget.total_bytes > MAX_TOTAL_BYTES - 10_000
    assert budget.steps == MAX_STEPS


@pytest.mark.parametrize("text", [b"\n" * 300_000, b"\nexif\n" + b" " * 300_000, b"\nexif\n4\n" + b"4 " * 300_000])
def test_profile_of_nothing_but_space_is_read_in_one_pass(text: bytes) -> None:
    assert set(containers._raw_profile(text)) <= {0x44}


def test_blocks_that_say_nothing_are_counted() -> None:
    found = reader._Found()
    found._add_nested([b""] * (MAX_STEPS // STEPS_PER_BLOCK + 1))
    assert found.budget.spent
