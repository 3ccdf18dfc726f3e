"""Sidecars of other programs, and files that are none."""

from typing import Any

import pytest

from tintype_cli.photos import PhotoDetails
from tintype_cli.xmp import XmpError, parse
from tintype_cli.xmp.names import NAMESPACES
from tintype_cli.xmp.packet import MAX_BYTES

DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())


def packet(content: str = "", attributes: str = "") -> bytes:
    """A packet with one description."""
    return (
        f'<?xpacket begin="\ufeff" id="x"?><x:xmpmeta {DECLARED}><rdf:RDF>'
        f'<rdf:Description rdf:about="" {attributes}>{content}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def bag(name: str, *texts: str) -> str:
    items = "".join(f"<rdf:li>{text}</rdf:li>" for text in texts)
    return f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>"


def test_empty_description_says_nothing() -> None:
    assert parse(packet()) == PhotoDetails()


def test_lightroom() -> None:
    details = parse(
        packet(
            bag("dc:subject", "Lisbon", "Portugal", "tram")
            + bag("lr:hierarchicalSubject", "Places|Portugal|Lisbon", "tram")
            + '<dc:description><rdf:Alt><rdf:li xml:lang="pt">Eléctrico</rdf:li>'
            '<rdf:li xml:lang="x-default">Tram 28\nuphill</rdf:li></rdf:Alt></dc:description>',
            'xmp:Rating="4" xmp:Label="Red" xmpDM:pick="1" exif:DateTimeOriginal="2019-07-04T13:12:11.25+01:00"'
            ' exif:GPSLatitude="38,42.7654N" exif:GPSLongitude="9,8.25W" photoshop:City="Lisbon"'
            ' photoshop:Country="Portugal" Iptc4xmpCore:Location="Alfama"',
        )
    )
    assert details == PhotoDetails(
        tags=("Lisbon", "Portugal", "tram"),
        caption="Tram 28\nuphill",
        rating=4,
        favorite=True,
        taken_local="2019-07-04T13:12:11.250000",
        offset="+01:00",
        place="Alfama, Lisbon, Portugal",
        latitude=38.712757,
        longitude=-9.1375,
    )


def test_digikam_and_immich() -> None:
    details = parse(
        packet(
            bag("digiKam:TagsList", "People/Ada Lovelace", "cat", "CAT") + "<xmp:Rating>0</xmp:Rating>",
            'digiKam:PickLabel="3" photoshop:DateCreated="2001:02:03 04:05:06"',
        )
    )
    assert details == PhotoDetails(
        tags=("Ada Lovelace", "cat"), rating=0, favorite=True, taken_local="2001-02-03T04:05:06"
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('digiKam:PickLabel="0"', False),
        ('xmpDM:pick="-1"', False),
        ('xmpDM:pick="0" digiKam:PickLabel="3"', True),
        ("", None),
    ],
)
def test_favorite(attributes: str, expected: bool | None) -> None:
    assert parse(packet(attributes=attributes)).favorite is expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('xmp:Rating="-1"', 0),
        ('xmp:Rating="3.0"', 3),
        ('xmp:Rating="9"', None),
        ('xmp:Rating="nan"', None),
        ('xmp:Rating="inf"', None),
        ('xmp:Rating="five"', None),
    ],
)
def test_rating(attributes: str, expected: int | None) -> None:
    assert parse(packet(attributes=attributes)).rating == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1969-12-31", ("1969-12-31T00:00:00", None)),
        ("1969", ("1969-01-01T00:00:00", None)),
        ("2019-07-04T13:12Z", ("2019-07-04T13:12:00", "+00:00")),
        ("2019-07-04T13:12:11+0530", ("2019-07-04T13:12:11", "+05:30")),
        ("2019-07-04T13:12:11.1234567890123", ("2019-07-04T13:12:11.123456", None)),
        ("2019-07-04T13:12:11+99:00", ("2019-07-04T13:12:11", None)),
        ("2019-02-30", (None, None)),
        ("0000:00:00 00:00:00", (None, None)),
        ("1500-01-01", (None, None)),
        ("٢٠١٩", (None, None)),
        ("yesterday", (None, None)),
    ],
)
def test_date(text: str, expected: tuple[str | None, str | None]) -> None:
    details = parse(packet(attributes=f'exif:DateTimeOriginal="{text}"'))
    assert (details.taken_local, details.offset) == expected


def test_second_date_counts_if_the_first_is_none() -> None:
    details = parse(packet(attributes='exif:DateTimeOriginal="-" xmp:CreateDate="1969-12-31"'))
    assert details.taken_local == "1969-12-31T00:00:00"


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("41,24,7.2N", "2,10,26E", (41.402, 2.173889)),
        ("-33.5", "151.25", (-33.5, 151.25)),
        ("0,0N", "0,0E", (None, None)),
        ("91,0N", "2,0E", (None, None)),
        ("41,24N", "2,10N", (None, None)),
        ("41,24N", "", (None, None)),
    ],
)
def test_position(latitude: str, longitude: str, expected: tuple[float | None, float | None]) -> None:
    details = parse(packet(attributes=f'exif:GPSLatitude="{latitude}" exif:GPSLongitude="{longitude}"'))
    assert (details.latitude, details.longitude) == expected


@pytest.mark.parametrize("latitude", ["33.5", "-33.5"])
def test_hemisphere_may_be_a_property_of_its_own(latitude: str) -> None:
    attributes = (
        f'exif:GPSLatitude="{latitude}" exif:GPSLatitudeRef="S" exif:GPSLongitude="70.25" exif:GPSLongitudeRef="W"'
    )
    details = parse(packet(attributes=attributes))
    assert (details.latitude, details.longitude) == (-33.5, -70.25)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('fstop:favorite="1"', True),
        ('fstop:favorite="0"', False),
        ('xmpDM:pick="-1" digiKam:PickLabel="3"', True),
        ('digiKam:PickLabel="2"', False),
        ("", None),
    ],
)
def test_favorites_are_flags_of_programs(attributes: str, expected: bool | None) -> None:
    assert parse(packet(attributes=attributes)).favorite is expected


@pytest.mark.parametrize(
    ("title", "description", "expected"),
    [
        ("Tram", "", "Tram"),
        ("", "A tram", "A tram"),
        ("Tram", "Tram 28", "Tram 28"),
        ("Tram 28", "Tram", "Tram 28"),
        ("Tram", "Uphill", "Tram\n\nUphill"),
        ("", "", None),
    ],
)
def test_caption(title: str, description: str, expected: str | None) -> None:
    content = f"<dc:title>{title}</dc:title><dc:description>{description}</dc:description>"
    assert parse(packet(content)).caption == expected


def test_label_that_is_no_color_counts() -> None:
    assert parse(packet(attributes='xmp:Label="Lisbon"')).label == "Lisbon"
    assert parse(packet(attributes='xmp:Label="Gray"')).label is None


def test_value_with_qualifiers_and_nested_structures() -> None:
    content = (
        '<xmp:Label rdf:parseType="Resource"><rdf:value>cat</rdf:value></xmp:Label>'
        '<exif:Flash><rdf:Description xmp:Rating="5"/></exif:Flash>'
    )
    details = parse(packet(content))
    assert (details.label, details.rating) == ("cat", None)


def test_first_description_counts_and_others_add() -> None:
    data = packet(attributes='xmp:Rating="2"').replace(
        b"</rdf:RDF>", b'<rdf:Description xmp:Rating="4" xmp:Label="cat"/></rdf:RDF>'
    )
    details = parse(data)
    assert (details.rating, details.label) == (2, "cat")


def test_other_encoding_and_padding() -> None:
    data = packet(attributes='xmp:Label="é"')
    assert parse(data.decode().encode("utf-16")).label == "é"
    assert parse(b"\n" + data + b"\0\0\0").label == "é"


HOSTILE: dict[str, Any] = {
    "empty": b"",
    "no XML": b"\xff\xd8\xff\xe0",
    "cut short": packet(bag("dc:subject", "cat"))[:-60],
    "no XMP": b"<svg/>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "external": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><x/>',
    "too large": b" " + packet() + b" " * MAX_BYTES + b"<",
    "deep": b"<a>" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_sidecar_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(XmpError, match=r"^The sidecar is "):
        parse(HOSTILE[name])


def test_deep_nesting_is_ignored() -> None:
    assert parse(packet("<a>" * 50_000 + "</a>" * 50_000)) == PhotoDetails()
