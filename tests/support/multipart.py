"""Multipart bodies as browsers and curl write them."""

import io
from collections.abc import Mapping
from uuid import uuid4

BOUNDARY = "xYzZY"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
type Part = tuple[str, str | None, bytes]


def form(*parts: Part) -> bytes:
    """A multipart body of (name, filename or None, bytes)."""
    out = io.BytesIO()
    for name, filename, data in parts:
        file = f'; filename="{filename}"' if filename is not None else ""
        out.write(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + data + b"\r\n"
        )
    out.write(f"--{BOUNDARY}--\r\n".encode())
    return out.getvalue()


def file_form(fields: Mapping[str, str], file_field: str, name: str, data: bytes) -> tuple[bytes, str]:
    """A multipart body and its content type; the file comes last, as S3 requires."""
    boundary = uuid4().hex
    out = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    )
    out += f'--{boundary}\r\nContent-Disposition: form-data; name="{file_field}"; filename="{name}"\r\n'.encode()
    file_type = fields.get("Content-Type", "application/octet-stream")
    out += f"Content-Type: {file_type}\r\n\r\n".encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return out, f"multipart/form-data; boundary={boundary}"
