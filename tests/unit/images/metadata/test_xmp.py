"""XMP is untrusted XML."""

import tracemalloc

import pytest

from chalicelib.images.metadata import xmp
from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.fields import Fields
from tests.support.images import blocks

DATE = "<exif:DateTimeOriginal>2014-09-01T09:00:00</exif:DateTimeOriginal>"
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def read(data: bytes) -> Fields:
    return xmp.read(data, Budget())


@pytest.mark.parametrize(
    "before",
    [f'<!DOCTYPE x [<!ENTITY a0 "2014-09-01">{ENTITIES}]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
     '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1/x">%e;]>', "<!DOCTYPE x>"],
)  # fmt: skip
def test_document_type_is_refused(before: str) -> None:
    assert read(blocks.xmp(elements=DATE, before=before)) == Fields()


def test_entity_without_a_document_type_ends_the_reading() -> None:
    assert read(blocks.xmp(elements="<exif:DateTimeOriginal>&date;</exif:DateTimeOriginal>")) == Fields()


@pytest.mark.parametrize(
    "filler",
    ["&amp;" * 1_000_000, "<a>" * 1_600_000, "<a b='c'/>" * 50_000, "x" * 5_000_000,
     "<a " + "".join(f"b{n}='' " for n in range(400_000)) + "/>"],
    ids=["entities", "depth", "elements", "text", "attributes"],
)  # fmt: skip
def test_xmp_of_5_mb_takes_little_memory(filler: str) -> None:
    data = blocks.xmp(elements=DATE + filler)
    tracemalloc.start()
    fields = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(fields.times) == 1
    assert peak < 40_000_000


@pytest.mark.parametrize("data", [b"", b"<", b"<a>", b'<?xml version="1.0" encoding="nonsense"?><a/>', b"\xff" * 100])
def test_damaged_xmp_is_empty(data: bytes) -> None:
    assert read(data) == Fields()


def test_properties_of_nested_structures_do_not_count() -> None:
    nested = (
        '<xmp:Other xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmp:CreateDate="2001-01-01"><exif:DateTimeOriginal>2002-01-01</exif:DateTimeOriginal>'
        "</rdf:Description></xmp:Other>"
    )
    assert read(blocks.xmp(elements=nested)) == Fields()


def test_what_comes_before_damage_counts() -> None:
    assert len(read(blocks.xmp(elements=DATE + "<unclosed>")).times) == 1
