"""Multipart forms (RFC 7578), parsed by a library and limited to known fields.

RFC 7578 forbids `filename*`, and the library ignores it. Some clients send nothing else for a name with accents, so a
`filename*` without a `filename` (RFC 8187) is rewritten first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from chalicelib.errors import Invalid, UnsupportedMedia

DISPOSITION = re.compile(rb"^content-disposition:[^\r\n]*", re.IGNORECASE | re.MULTILINE)
PARAMETER = re.compile(rb';[ \t]*([^=;\s]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)')
CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")

type Part = tuple[str, str | None, bytes]
"""Field name, filename (None for a text field) and content."""


@dataclass(frozen=True, slots=True)
class MultipartForm:
    """The text fields by name, and the one file."""

    fields: Mapping[str, str]
    filename: str
    file: bytes


def parse(body: bytes, content_type: str, *, fields: frozenset[str], file: str) -> MultipartForm:
    """Parse a form with these text fields and one `file`; raises UnsupportedMedia, Invalid."""
    from python_multipart import FormParser
    from python_multipart.exceptions import FormParserError

    boundary = _read_boundary(content_type)
    parts: list[Part] = []

    def on_field(part: Any) -> None:
        parts.append((_decode(part.field_name), None, part.value or b""))

    def on_file(part: Any) -> None:
        part.file_object.seek(0)
        parts.append((_decode(part.field_name), _decode(part.file_name), part.file_object.read()))

    malformed = Invalid("The multipart body is malformed.", code="invalid_multipart")
    # The parser accepts a truncated body and drops its last part.
    if b"--" + boundary + b"--" not in body:
        raise malformed
    try:
        parser = FormParser(
            "multipart/form-data", on_field, on_file, boundary=boundary, config={"MAX_MEMORY_FILE_SIZE": len(body) + 1}
        )
        parser.write(_with_plain_filenames(body, boundary))
        parser.finalize()
    except FormParserError:
        raise malformed from None
    return _build_form(parts, fields, file)


def _with_plain_filenames(body: bytes, boundary: bytes) -> bytes:
    """The body with `filename` instead of a `filename*` that stands alone; raises Invalid if that is not UTF-8."""
    if b"*=" not in body:
        return body
    headers = rb"((?:\A|\r\n)--" + re.escape(boundary) + rb"[ \t]*\r\n)(.*?)(?=\r\n\r\n)"
    return re.sub(headers, lambda part: part[1] + DISPOSITION.sub(_rewrite_disposition, part[2]), body, flags=re.DOTALL)


def _rewrite_disposition(header: re.Match[bytes]) -> bytes:
    parameters = {parameter[1].lower(): parameter for parameter in PARAMETER.finditer(header[0])}
    extended = parameters.get(b"filename*")
    if extended is None or b"filename" in parameters:
        return header[0]
    charset, _, encoded = extended[2].strip().partition(b"'")
    name = unquote_to_bytes(encoded.partition(b"'")[2])
    if charset.lower() != b"utf-8":
        raise Invalid("The parameter filename* must be in UTF-8.", code="invalid_multipart")
    quoted = CONTROLS.sub(b"", name).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    start, end = extended.span()
    return header[0][:start] + b'; filename="' + quoted + b'"' + header[0][end:]


def _read_boundary(content_type: str) -> bytes:
    from python_multipart.multipart import parse_options_header

    # Header text is Latin-1 (RFC 9110, 5.5); other characters cannot name a valid type.
    media_type, options = parse_options_header(content_type.encode("latin-1", "replace"))
    boundary: bytes | None = options.get(b"boundary")
    if media_type != b"multipart/form-data" or not boundary:
        raise UnsupportedMedia("Send the photo as multipart/form-data.")
    return boundary


def _build_form(parts: list[Part], fields: frozenset[str], file: str) -> MultipartForm:
    texts: dict[str, str] = {}
    upload: tuple[str, bytes] | None = None
    for name, filename, data in parts:
        if name not in fields and name != file:
            raise Invalid(f"Unexpected field '{name}' in request body", field=name)
        if name in texts or (name == file and upload):
            raise Invalid(f"{name} may appear only once.", field=name)
        if name != file:
            texts[name] = _decode(data)
        elif filename is None:
            raise Invalid(f"{file} must be a file.", field=file)
        else:
            upload = (filename, data)
    if upload is None:
        raise Invalid(f"{file} is required.", field=file)
    return MultipartForm(texts, *upload)


def _decode(data: bytes | None) -> str:
    try:
        return (data or b"").decode()
    except UnicodeDecodeError:
        raise Invalid("The form's text must be UTF-8.", code="invalid_multipart") from None
