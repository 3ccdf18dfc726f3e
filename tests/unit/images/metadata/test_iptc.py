import struct

import pytest

from chalicelib.images.metadata import iptc
from chalicelib.images.metadata.budget import Budget
from tests.support.images import blocks

UTF_8 = b"\x1c\x01\x5a\0\x03\x1b%G"


def record(number: int, data: bytes) -> bytes:
    return b"\x1c\x02" + struct.pack(">BH", number, len(data)) + data


def test_caption_title_and_keywords_are_read() -> None:
    data = blocks.iptc(_5="Lisbon", _120="The dog\ron the beach") + record(25, b"dog") + record(25, b"beach, sea")
    fields = iptc.read(data + record(25, b"dog"), Budget())
    assert (fields.title, fields.description) == ("Lisbon", "The dog\ron the beach")
    assert fields.keywords == ("dog", "beach, sea")


def test_headline_is_the_title_if_there_is_no_name() -> None:
    assert iptc.read(blocks.iptc(_5=" ", _105="Lisbon"), Budget()).title == "Lisbon"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (UTF_8 + record(120, "Säo".encode()), "Säo"),
        (record(120, "Säo".encode()), "Säo"),
        (record(120, b"S\xe4o"), "Säo"),
        (UTF_8 + record(120, b"S\xe4o"), "So"),
        (record(120, "Sä".encode() + b"\xc3"), "Sä"),
        (record(120, b"caf\xe9"), "café"),
        (record(120, b"don\x92t"), "don’t"),
    ],
    ids=["declared", "UTF-8", "Latin-1", "wrongly declared", "cut", "Latin-1 at the end", "Windows"],
)
def test_text_is_decoded_by_its_character_set(data: bytes, text: str) -> None:
    assert iptc.read(data, Budget()).description == text


def test_texts_of_any_number_and_size_are_bounded() -> None:
    words = b"".join(record(25, f"word {n}".encode()) for n in range(5000))
    wide = b"\x1c\x02\x78\x80\x04" + struct.pack(">L", 1_000_000) + b"x" * 1_000_000
    fields = iptc.read(words + wide, Budget())
    assert fields.keywords == tuple(f"word {n}" for n in range(50))
    assert len(fields.description) == 8000
