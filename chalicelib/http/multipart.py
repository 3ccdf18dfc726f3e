"""Multipart forms (RFC 7578), parsed by a library and limited to known fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Invalid, UnsupportedMedia

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
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise malformed from None
    return _build_form(parts, fields, file)


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
