import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.images.metadata import exif
from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.fields import Fields
from chalicelib.images.orientation import read_orientation
from tests.support.images import blocks, samples


def read(block: bytes | bytearray) -> Fields:
    return exif.read(BytesIO(block), Budget())


def camera_of(block: bytes) -> str | None:
    return read(block).camera


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("Apple", "iPhone 6", "Apple iPhone 6"),
        ("Jolla", "Jolla", "Jolla"),
        ("Canon", "Canon Canon EOS R5", "Canon EOS R5"),
        ("CANON Canon", "EOS R5", "Canon EOS R5"),
        ("OLYMPUS IMAGING CORP.  ", "u1020,S1020     ", "OLYMPUS IMAGING CORP. u1020,S1020"),
        ("", "X100", "X100"),
        ("Fuji\x07\nfilm", "", "Fuji film"),
        ("", "", None),
        ("M" * 300, "x", "M" * 64),
        ("M" * 10_240, "M" * 10_240, "M" * 64),
        ("word " * 2_048, "word " * 2_048, "word"),
        ("a b " * 2_560, "x", ("a b " * 16).strip()),
    ],
)
def test_camera_is_make_and_model_without_repetition(make: str, model: str, camera: str | None) -> None:
    assert camera_of(blocks.exif({blocks.MAKE: make, blocks.MODEL: model})) == camera


@pytest.mark.parametrize(
    "hostile",
    [("L", (7,)), ("L", (2**31,)), ("l", (-1,)), ("H", (1, 2, 3)), b"", b"\0\xff\xfe", "\x1b[2J\0hidden"],
)
def test_camera_of_any_type_does_no_harm(hostile: blocks.Value) -> None:
    camera = camera_of(blocks.exif({blocks.MAKE: hostile, blocks.MODEL: "X100"}))
    assert camera is not None
    assert camera.endswith("X100")
    assert camera.isprintable()


def test_camera_bytes_that_are_not_text_are_read_as_far_as_possible() -> None:
    assert camera_of(blocks.exif({blocks.MAKE: b"Ca\x07\x81n\0", blocks.MODEL: "EOS R5"})) == "Ca n EOS R5"


def test_block_that_ends_early_keeps_what_comes_before() -> None:
    block = blocks.exif({blocks.MODEL: "X100"}, order=">") + b"\0" * 20
    assert camera_of(block[:-21]) == "X100"


@pytest.mark.parametrize("nothing", [b"", b"text", b"Exif\0\0", b"Exif\0\0II*\0", b"II*\0\xff\xff\xff\xff\0\0\0\0"])
def test_block_without_directories_is_empty(nothing: bytes) -> None:
    assert read(nothing) == Fields()


def test_directories_that_point_into_themselves_are_read_once() -> None:
    block = bytearray(blocks.exif({blocks.MODEL: "X10"}, {blocks.ORIGINAL: "2014:09:01 10:00:00"}, prefix=b""))
    main = bytes(block[4:8])
    block[-4:] = main  # the next directory
    fields = read(block)
    assert (len(fields.times), fields.camera) == (1, "X10")
    pointer = block.index(b"\x69\x87") + 8
    block[pointer : pointer + 4] = main
    assert read(block).camera == "X10"


def test_value_of_any_claimed_size_takes_no_memory() -> None:
    block = bytearray(blocks.exif({blocks.MAKE: "Canon", 0x02BC: b"x" * 100}))
    at = block.index(struct.pack("<HH", 0x02BC, 2)) + 4
    block[at : at + 4] = b"\xff\xff\xff\xff"
    assert sum(map(len, read(bytes(block)).blocks)) <= len(block)


DESCRIPTION, COMMENT, RATING, LENS_MODEL = 0x010E, 0x9286, 0x4746, 0xA434
TITLE, WINDOWS_COMMENT, KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E


def test_words_of_people_are_read() -> None:
    main: blocks.Directory = {
        DESCRIPTION: "O cão\nna praia",
        RATING: ("H", (4,)),
        TITLE: "Lisboa é".encode("utf-16-le") + b"\0\0",
        KEYWORDS: "cão; praia;;cão".encode("utf-16-le"),
    }
    fields = read(blocks.exif(main, {LENS_MODEL: "EF50mm f/1.8 STM"}))
    assert (fields.title, fields.description, fields.rating) == ("Lisboa é", "O cão\nna praia", 4)
    assert (fields.keywords, fields.lens) == (("cão", "praia"), "EF50mm f/1.8 STM")


def test_comment_of_windows_is_the_description_if_the_other_is_the_title() -> None:
    wide = {TITLE: "Lisbon".encode("utf-16-le"), WINDOWS_COMMENT: "The dog".encode("utf-16-le")}
    assert read(blocks.exif({DESCRIPTION: "Lisbon", **wide})).description == "The dog"
    assert read(blocks.exif({DESCRIPTION: "A dog", **wide})).description == "A dog"


@pytest.mark.parametrize(
    "data",
    [b"ASCII\0\0\0The dog", bytes(8) + b"The dog", b"UNICODE\0" + "The dog".encode("utf-16-le"),
     b"UNICODE\0" + "The dog".encode("utf-16-be"), b"UNICODE\0" + "\ufeffThe dog".encode("utf-16-le"),
     b"UNICODE\0The dog", b"JIS\0\0\0\0\0The dog", b"The dog", b"ASCII\0\0\0The dog\0\0hidden"],
)  # fmt: skip
def test_comment_is_decoded_by_its_code(data: bytes) -> None:
    assert read(blocks.exif(details={COMMENT: data})).comment.strip("\ufeff") == "The dog"


def test_comment_in_japanese() -> None:
    text = "東京タワー"
    for data in (b"UNICODE\0" + text.encode("utf-16-le"), b"JIS\0\0\0\0\0" + text.encode("iso2022_jp")):
        assert read(blocks.exif(details={COMMENT: data})).comment == text


def test_description_that_is_a_number_is_no_text() -> None:
    assert read(blocks.exif({DESCRIPTION: ("H", (0x4142, 0x4344))})).description == ""


@pytest.mark.parametrize("rating", [("H", (9,)), ("L", (2**31,)), "3 stars", ("Q", (1, 0)), b""])
def test_rating_out_of_range_is_missing(rating: blocks.Value) -> None:
    assert read(blocks.exif({RATING: rating})).rating is None


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=10))
def test_arbitrary_exif_does_no_harm(changes: list[tuple[float, int]]) -> None:
    facts = samples.exif(6, "2024:01:01 10:00:00", "+01:00", ("Canon", "Canon EOS 40D"), place=True)
    data = bytearray(facts.tobytes())
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    read(data)
    assert 1 <= read_orientation(bytes(data)) <= 8
