"""Forms: multipart bodies (RFC 7578) read by a library, and held to the fields that a door knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Invalid, UnsupportedMedia


@dataclass(frozen=True, slots=True)
class Form:
    """What a multipart body held: text by field name, and the one file."""

    fields: Mapping[str, str]
    filename: str
    file: bytes


def read(body: bytes, content_type: str, *, fields: frozenset[str], file: str) -> Form:
    """Read a multipart body; raises UnsupportedMedia for another type, Invalid for a field nobody knows."""
    from python_multipart import FormParser
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import parse_options_header

    # Header text is Latin-1 (RFC 9110, 5.5); what is not cannot name a type either.
    kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise UnsupportedMedia("Send the photo as multipart/form-data.")
    parts: list[tuple[str, str | None, bytes]] = []

    def on_field(part: Any) -> None:
        parts.append((_text(part.field_name), None, part.value or b""))

    def on_file(part: Any) -> None:
        part.file_object.seek(0)
        parts.append((_text(part.field_name), _text(part.file_name), part.file_object.read()))

    malformed = Invalid("The multipart body is malformed.", code="invalid_multipart")
    # The parser lets a body pass that ends too soon, without the part it was in.
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
    return _held(parts, fields, file)


def _held(parts: list[tuple[str, str | None, bytes]], fields: frozenset[str], file: str) -> Form:
    texts: dict[str, str] = {}
    found: tuple[str, bytes] | None = None
    for name, filename, data in parts:
        if name not in fields and name != file:
            raise Invalid(f"Unexpected field '{name}' in request body", field=name)
        if name in texts or (name == file and found):
            raise Invalid(f"{name} may be given only once.", field=name)
        if name != file:
            texts[name] = _text(data)
        elif filename is None:
            raise Invalid(f"{file} must be a file.", field=file)
        else:
            found = (filename, data)
    if found is None:
        raise Invalid(f"{file} is required.", field=file)
    return Form(texts, *found)


def _text(data: bytes | None) -> str:
    try:
        return (data or b"").decode()
    except UnicodeDecodeError:
        raise Invalid("The form's text must be UTF-8.", code="invalid_multipart") from None
