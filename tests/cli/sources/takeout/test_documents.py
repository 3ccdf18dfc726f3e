"""JSON files of photos and albums, and hostile ones."""

import json
from typing import Any

import pytest

from tintype_cli.sources.takeout.documents import AlbumDocument, PhotoDocument, parse


def parse_photo(**fields: Any) -> PhotoDocument:
    document = parse(json.dumps({"photoTakenTime": {"timestamp": "1"}, **fields}).encode())
    assert isinstance(document, PhotoDocument)
    return document


def test_photo() -> None:
    document = parse_photo(
        title="a&amp;b.jpg",
        description=" It&#39;s &lt;b&gt; ",
        people=[{"name": "Susan"}, {"name": "Susan"}, "x", {"name": 3}],
        favorited=True,
        trashed=True,
        archived=True,
    )
    assert document == PhotoDocument("a&b.jpg", "It's <b>", 1, None, ("Susan",), True, True, True)


@pytest.mark.parametrize(
    ("timestamp", "seconds"),
    [
        ("-2082844800", -2082844800),
        (-5, -5),
        ("0", None),
        (0, None),
        ("", None),
        ("soon", None),
        (None, None),
        (1.5, None),
        ("9" * 5000, None),
        ("99999999999999", None),
        ([], None),
    ],
)
def test_date(timestamp: object, seconds: int | None) -> None:
    assert parse_photo(photoTakenTime={"timestamp": timestamp}).taken_at == seconds


LISBON = {"latitude": 38.7, "longitude": -9.1, "altitude": 3.0}


@pytest.mark.parametrize(
    ("geo_data", "of_file", "position"),
    [
        (LISBON, {"latitude": 0.0, "longitude": 0.0}, (38.7, -9.1)),
        (LISBON, None, (38.7, -9.1)),
        (LISBON, {"latitude": 1.0, "longitude": 2.0}, (38.7, -9.1)),
        ({"latitude": 0, "longitude": 0}, LISBON, (38.7, -9.1)),
        (None, LISBON, (38.7, -9.1)),
        ({"latitude": True, "longitude": 1}, None, None),
        ({"latitude": 0, "longitude": 10}, None, (0, 10)),
        ({"latitude": "38.7", "longitude": -9.1}, None, None),
        ({"latitude": 38.7}, None, None),
        ({"latitude": float("nan"), "longitude": 1}, None, None),
        ({"latitude": 10**400, "longitude": 1}, None, None),
        ([], None, None),
    ],
)
def test_position(geo_data: object, of_file: object, position: tuple[float, float] | None) -> None:
    assert parse_photo(geoData=geo_data, geoDataExif=of_file).position == position


def test_album() -> None:
    enrichments = [
        {"narrativeEnrichment": {"text": "First"}},
        {"locationEnrichment": {"location": [{"name": "Rome"}]}},
        {"narrativeEnrichment": {"text": "Second &amp; last"}},
        {"narrativeEnrichment": 3},
        "x",
    ]
    data = json.dumps({"title": "Rom&#39;e", "description": "Short", "enrichments": enrichments}).encode()
    assert parse(data) == AlbumDocument("Rom'e", "Short\nFirst\nSecond & last")
    assert parse(b'{"title": ""}') == AlbumDocument("")
    assert parse(b'{"albumData": {"title": "Old", "date": {"timestamp": "1"}}}') == AlbumDocument("Old")


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b"3", b'{"title": ["x"]}', b'{"externalOrderId": "4"}', b'{"title": null}']
)
def test_other_documents(data: bytes) -> None:
    assert parse(data) is None


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"title": ' + b"9" * 5000])
def test_what_is_no_json(data: bytes) -> None:
    with pytest.raises(ValueError):
        parse(data)


def test_texts_can_be_written_as_utf_8() -> None:
    assert parse_photo(title="a\ud800\0.jpg").title == "a\ufffd.jpg"
