"""Lines of a catalogue: written, read, and refused."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.api_objects import album, member, photo, share
from tintype_cli.catalogue import (
    CatalogueError,
    InvalidLine,
    Line,
    album_line,
    end_line,
    header_line,
    photo_line,
    read,
    share_line,
    to_text,
)
from tintype_cli.catalogue.reading import MAX_LINE_BYTES
from tintype_cli.catalogue.schema import SCHEMA

DOCS = Path(__file__).parents[3] / "docs"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LINES = [
    header_line(NOW, "0.1.0"),
    photo_line(photo("p1"), "originals/2026/11/p1.jpg"),
    album_line(album("a1"), ["p1"], [member()]),
    share_line(share("s1")),
    end_line(1, 1, 1),
]


def read_all(*lines: dict[str, Any] | str) -> list[Line | InvalidLine]:
    text = "".join(line if isinstance(line, str) else to_text(line) for line in lines)
    return list(read(io.BytesIO(text.encode())))


def test_schema_in_docs_is_current() -> None:
    assert json.loads((DOCS / "catalogue.schema.json").read_text()) == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


def test_every_line_is_valid() -> None:
    for line in LINES:
        Draft202012Validator(SCHEMA).validate(json.loads(to_text(line)))


def test_all_fields_are_in_the_line_but_urls() -> None:
    line = photo_line(photo("p1"), None)
    assert line.keys() == SCHEMA["$defs"]["photo"]["properties"].keys()
    assert not [name for name in line if "url" in name]
    assert "key" not in share_line(share("s1") | {"key": "secret", "token": "secret"})


def test_lines_are_read_with_numbers() -> None:
    assert read_all(*LINES) == [
        Line(2, "photo", LINES[1]),
        Line(3, "album", LINES[2]),
        Line(4, "share", LINES[3]),
    ]


def test_unknown_fields_are_ignored() -> None:
    (line,) = read_all(LINES[0], LINES[1] | {"smell": "sweet"}, end_line(1, 0, None))
    assert isinstance(line, Line)


def test_lines_are_read_one_by_one() -> None:
    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.lines = iter_lines()

        def readline(self, size: int | None = -1, /) -> bytes:
            return next(self.lines)

    def iter_lines() -> Iterator[bytes]:
        yield to_text(LINES[0]).encode()
        while True:
            yield to_text(LINES[1]).encode()

    lines = read(Endless())  # type: ignore[arg-type]
    assert [next(lines) for _ in range(3)][-1] == Line(4, "photo", LINES[1])


@pytest.mark.parametrize("text", ["", "\n", "{}\n", "[]\n", '{"type":"photo"}\n', '{"type":["catalogue"]}\n', "\x00"])
def test_other_files_are_no_catalogue(text: str) -> None:
    with pytest.raises(CatalogueError, match="not a catalogue"):
        read_all(text)


def test_newer_version_is_refused() -> None:
    with pytest.raises(CatalogueError, match="is of version 2, and this command reads up to version 1"):
        read_all(LINES[0] | {"version": 2})


def test_invalid_header_is_refused() -> None:
    with pytest.raises(CatalogueError, match="first line of the catalogue is invalid: in version, 0 is less than"):
        read_all(LINES[0] | {"version": 0})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense\n", "The line is not a JSON object."),
        ('{"type":"photo","caption":"\\ud800"}\n', "The line is not a JSON object."),
        ('{"type":"photo","weight":NaN}\n', "The line is not a JSON object."),
        ("[" * 100_000 + "\n", "The line is not a JSON object."),
        ('{"type":"person"}\n', 'type must be photo, album or share, not "person".'),
        ('{"type":{}}\n', "type must be photo, album or share, not {}."),
        (LINES[1] | {"rating": 6}, "in rating, 6 is greater than the maximum of 5."),
        (LINES[1] | {"coordinates": {"latitude": 1}}, "in coordinates, 'longitude' is a required property."),
        (LINES[1] | {"path": "originals/../../secret"}, "in path, 'originals/../../secret' does not match"),
        (LINES[1] | {"path": "/etc/passwd"}, "in path, '/etc/passwd' does not match"),
        (LINES[2] | {"photo_ids": "p1"}, "in photo_ids, 'p1' is not of type 'array'."),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "fields",
)
def test_altered_line_is_named(line: dict[str, Any] | str, reason: str) -> None:
    found = read_all(LINES[0], line, end_line(1, 0, 0))
    assert [(each.number, type(each)) for each in found] == [(2, InvalidLine)]
    assert isinstance(found[0], InvalidLine)
    assert found[0].reason.startswith(reason)


def test_line_that_is_too_long_is_one_line() -> None:
    found = read_all(LINES[0], "x" * (2 * MAX_LINE_BYTES + 1) + "\n", LINES[1], end_line(2, 0, 0))
    assert found == [InvalidLine(2, "The line is longer than 4 MB."), Line(3, "photo", LINES[1])]


def test_long_first_line_is_no_header() -> None:
    with pytest.raises(CatalogueError, match="not a catalogue"):
        read_all("x" * (MAX_LINE_BYTES + 1) + "\n", LINES[1])


def test_cut_file_is_noticed() -> None:
    *_, last = read_all(*LINES[:3])
    assert last == InvalidLine(0, "The catalogue was cut short: its last line is missing.")


def test_removed_line_is_noticed() -> None:
    found = read_all(LINES[0], LINES[2], LINES[3], LINES[4])
    assert found[-1] == InvalidLine(0, "The catalogue has 0 photos, and its last line says 1.")
