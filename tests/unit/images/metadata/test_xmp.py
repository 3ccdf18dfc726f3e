"""XMP is untrusted XML."""

import tracemalloc

import pytest

from chalicelib.images.metadata import xmp
from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.fields import Fields
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure
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


def test_default_language_is_preferred() -> None:
    texts = (
        '<dc:title><rdf:Alt><rdf:li xml:lang="fr">Lisbonne</rdf:li><rdf:li xml:lang="x-default">Lisbon</rdf:li>'
        '</rdf:Alt></dc:title><dc:description>\n<rdf:Alt>\n<rdf:li xml:lang="pt">O cão</rdf:li></rdf:Alt>'
        "</dc:description>"
    )
    fields = read(blocks.xmp(elements=texts))
    assert (fields.title, fields.description) == ("Lisbon", "O cão")


def test_texts_may_be_attributes_or_without_a_list() -> None:
    fields = read(
        blocks.xmp('photoshop:Headline="Lisbon"', "<dc:title> </dc:title><dc:description>A\nB</dc:description>")
    )
    assert (fields.title, fields.description) == ("Lisbon", "A\nB")


def test_keywords_are_the_items_of_a_list() -> None:
    words = blocks.items("dc:subject", "dog", " beach ", "", "dog", "a &amp; b")
    assert read(blocks.xmp(elements=words)).keywords == ("dog", "beach", "a & b")


@pytest.mark.parametrize(
    ("text", "rating"),
    [("3", 3), ("3.0", 3), (" 5 ", 5), ("4.5", 4), ("0", 0), ("-1", 0), ("6", None), ("99", None), ("nan", None),
     ("1e3", None), ("\u0663", None), ("", None)],
)  # fmt: skip
def test_rating_is_whole_stars(text: str, rating: int | None) -> None:
    assert read(blocks.xmp(f'xmp:Rating="{text}"')).rating == rating
    assert read(blocks.xmp(elements=f"<xmp:Rating>{text}</xmp:Rating>")).rating == rating


def test_lens_and_position_are_read() -> None:
    attributes = 'aux:Lens="EF50mm f/1.8" exif:GPSLatitude="41,24.5N" exif:GPSLongitude="2,10E"'
    fields = read(blocks.xmp(attributes))
    assert (fields.lens, fields.coordinates) == ("EF50mm f/1.8", Coordinates(41_408_333, 2_166_667))
    newer = attributes + ' exifEX:LensMake="Canon" exifEX:LensModel="RF50mm"'
    assert read(blocks.xmp(newer)).lens == "Canon RF50mm"


def test_exposure_is_read() -> None:
    attributes = (
        'exif:ExposureTime="1/250" exif:FNumber="28/10" exif:FocalLength="50/1" exif:FocalLengthIn35mmFilm="75"'
    )
    sensitivity = "<exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li></rdf:Seq></exif:ISOSpeedRatings>"
    assert read(blocks.xmp(attributes, sensitivity)).exposure == Exposure(4_000_000, 280, 200, 5000, 7500)
    assert read(blocks.xmp('exif:FNumber="0/1"')).exposure is None


@pytest.mark.parametrize("name", ["dc:title", "dc:subject"])
def test_lists_of_any_length_are_bounded(name: str) -> None:
    budget = Budget()
    many = "<rdf:li>" + "x" * 10_000 + "</rdf:li>"
    default = '<rdf:li xml:lang="x-default">y</rdf:li>'
    reader = xmp._Reader(budget)
    reader.parse(blocks.xmp(elements=f"<{name}><rdf:Bag>{many * 100}{default * 1000}</rdf:Bag></{name}>"))
    (texts,) = reader.found.values()
    assert len(texts) == 50
    assert texts[0] == "y"


def test_title_of_a_megabyte_is_cut() -> None:
    fields = read(blocks.xmp(elements="<dc:title>" + "x" * 1_000_000 + "</dc:title>"))
    assert fields.title == "x" * 8000
