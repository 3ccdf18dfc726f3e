"""Parses a browser's upload form (`multipart/form-data`) while it arrives: fields first, the file last."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from local.ministack.objects.errors import S3Error, pre_data_too_large

MAX_PRE_DATA_BYTES = 20 * 1024  # all that precedes the file: names, headers and values of parts, and delimiters
PIECE_BYTES = 4096  # parsed at once before the file: each part copies the rest of its piece
BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.IGNORECASE)
NAME = re.compile(r'(?:^|;)\s*name=(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)
FILENAME = re.compile(r'(?:^|;)\s*filename=(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields before the file, by their names in lower case, and what the file's part says about it."""

    fields: Mapping[str, str]
    filename: str
    content_type: str


class _State(Enum):
    PREAMBLE = auto()
    HEADERS = auto()
    FIELD = auto()
    FILE = auto()
    END = auto()


class FormParser:
    """Calls `begin` once with the fields, then `write` with the file's bytes; what follows the file is ignored."""

    def __init__(self, content_type: str, begin: Callable[[Form], None], write: Callable[[bytes], None]) -> None:
        match = BOUNDARY.search(content_type)
        if match is None:
            raise malformed_form()
        self._delimiter = b"\r\n--" + match[1].encode("latin-1")
        self._begin, self._write = begin, write
        self._buffer = b"\r\n"  # the first delimiter may start the body
        self._state = _State.PREAMBLE
        self._fields: dict[str, str] = {}
        self._received = 0  # bytes until the piece in which the file starts
        self._name = ""

    def feed(self, data: bytes) -> None:
        """Parse the next bytes; raises S3Error."""
        start = 0
        while start < len(data) and self._precedes_file():
            piece = data[start : start + PIECE_BYTES]
            start += len(piece)
            self._received += len(piece)
            self._parse(piece)
            if self._precedes_file() and self._received > MAX_PRE_DATA_BYTES:
                raise pre_data_too_large()
        self._parse(data[start:])

    def finish(self) -> None:
        """Raise S3Error if the form has no complete file."""
        if self._state is not _State.END:
            raise malformed_form()

    def _precedes_file(self) -> bool:
        return self._state in {_State.PREAMBLE, _State.HEADERS, _State.FIELD}

    def _parse(self, data: bytes) -> None:
        self._buffer += data
        while self._advance():
            pass

    def _advance(self) -> bool:
        """Take one step; False if more bytes are needed."""
        match self._state:
            case _State.HEADERS:
                return self._read_headers()
            case _State.END:
                self._buffer = b""
                return False
        content, found, rest = self._buffer.partition(self._delimiter)
        if self._state is _State.FILE:
            if not found:  # the end of the buffer may be the start of the delimiter
                keep = len(self._delimiter) - 1
                content, rest = self._buffer[:-keep], self._buffer[-keep:]
            if content:
                self._write(content)
            self._buffer = rest
            self._state = _State.END if found else _State.FILE
            return bool(found)
        if not found:
            return False
        if self._state is _State.FIELD:
            self._add_field(content)
        self._buffer, self._state = rest, _State.HEADERS
        return True

    def _read_headers(self) -> bool:
        if self._buffer.startswith(b"--"):  # the last delimiter, before any file
            raise S3Error(400, "InvalidArgument", "POST requires exactly one file upload per request.")
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        headers = {}
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        disposition = headers.get("content-disposition", "")
        self._name, self._buffer = _parameter(NAME, disposition).lower(), rest
        self._state = _State.FIELD
        if self._name == "file":
            self._state = _State.FILE
            if self._received - len(rest) > MAX_PRE_DATA_BYTES:
                raise pre_data_too_large()
            # The delimiter of an empty file starts with the line break that ended the headers.
            self._begin(Form(self._fields, _parameter(FILENAME, disposition), headers.get("content-type", "")))
        return True

    def _add_field(self, content: bytes) -> None:
        if self._name in self._fields:
            raise malformed_form()
        self._fields[self._name] = content.decode("utf-8", "replace")


def malformed_form() -> S3Error:
    """400 for a body that is not a form."""
    return S3Error(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")


def _parameter(pattern: re.Pattern[str], header: str) -> str:
    match = pattern.search(header)
    return (match[1] or match[2] or "") if match else ""
