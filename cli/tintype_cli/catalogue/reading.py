"""Reads a catalogue line by line, and says of each line that is not valid what is wrong with it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, BinaryIO

from jsonschema import Draft202012Validator

from tintype_cli.catalogue.lines import VERSION
from tintype_cli.catalogue.schema import LINES

MAX_LINE_BYTES = 4 * 1024 * 1024
# Fields whose pattern in the schema also fits what is no time.
TIMES = ("exported_at", "created_at", "updated_at", "taken_at", "taken_local", "delete_at", "expires_at")
CONTENT = frozenset({"photo", "album", "share"})


class CatalogueError(Exception):
    """The file is no catalogue, or one of a newer version; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Line:
    """A valid line about a photo, an album or a share. Lines are counted from 1."""

    number: int
    kind: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InvalidLine:
    """A line that can't be used, and why: a sentence for people. Number 0 stands for the file as a whole."""

    number: int
    reason: str


def read(file: BinaryIO) -> Iterator[Line | InvalidLine]:
    """The lines about photos, albums and shares, with what is wrong; memory does not grow with the file.

    A file that was cut short ends with an InvalidLine that says so. Raises CatalogueError.
    """
    read_header(file)
    found: Counter[str] = Counter()
    for number, text in enumerate(iter(lambda: _read_line(file), b""), 2):
        line = _parse(number, text)
        if isinstance(line, InvalidLine):
            found["invalid"] += 1
            yield line
        elif line.kind == "end":
            yield from _check_end(line.fields, found)
            return
        else:
            found[line.kind] += 1
            yield line
    yield InvalidLine(0, "The catalogue was cut short: its last line is missing.")


def read_header(file: BinaryIO) -> None:
    """Read the first line; raises CatalogueError if it is not that of a catalogue that this command reads."""
    header = _load(_read_line(file) or b"")
    if not isinstance(header, dict) or header.get("type") != "catalogue":
        raise CatalogueError("The file is not a catalogue of Tintype: its first line does not say so.")
    version = header.get("version")
    if isinstance(version, int) and version > VERSION:
        raise CatalogueError(
            f"The catalogue is of version {version}, and this command reads up to version {VERSION}: "
            "install a newer tintype-cli."
        )
    if (reason := _invalid(header)) is not None:
        raise CatalogueError(f"The first line of the catalogue is invalid: {reason}")


def _read_line(file: BinaryIO) -> bytes | None:
    """The next line, empty at the end of the file; None for one that is too long, which is passed over."""
    text = file.readline(MAX_LINE_BYTES)
    if len(text) < MAX_LINE_BYTES or text.endswith(b"\n"):
        return text
    while (rest := file.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass
    return None


def _parse(number: int, text: bytes | None) -> Line | InvalidLine:
    if text is None:
        return InvalidLine(number, f"The line is longer than {MAX_LINE_BYTES // 1024**2} MB.")
    fields = _load(text)
    if not isinstance(fields, dict):
        return InvalidLine(number, "The line is not a JSON object.")
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in CONTENT | {"end"}:
        return InvalidLine(number, f"type must be photo, album or share, not {json.dumps(kind)[:50]}.")
    reason = _invalid(fields)
    return Line(number, kind, fields) if reason is None else InvalidLine(number, reason)


def _check_end(end: dict[str, Any], found: Counter[str]) -> Iterator[InvalidLine]:
    """Lines that are missing, unless those that are invalid may be them."""
    for kind in ("photo", "album", "share"):
        missing = (end[f"{kind}s"] or 0) - found[kind]
        if missing and not 0 < missing <= found["invalid"]:
            yield InvalidLine(0, f"The catalogue has {found[kind]} {kind}s, and its last line says {end[f'{kind}s']}.")


def _load(text: bytes) -> Any:
    """The value of the JSON; None if it is none, or has text that is not Unicode."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        if b"\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _invalid(fields: dict[str, Any]) -> str | None:
    """What is wrong with a line, or None."""
    error = next(_validator(fields["type"]).iter_errors(fields), None)
    if error is None:
        return next((f"{name} is not a time." for name in TIMES if not _is_time(fields.get(name))), None)
    field = ".".join(map(str, error.absolute_path))
    message = str(error.message)[:200]
    return f"in {field}, {message}." if field else f"{message}."


def _is_time(value: str | None) -> bool:
    """Whether a value that looks like a time is one, or is missing."""
    try:
        return value is None or datetime.fromisoformat(value).astimezone(UTC).year > 0
    except (ValueError, OverflowError):
        return False


@cache
def _validator(kind: str) -> Any:
    return Draft202012Validator(LINES[kind])
