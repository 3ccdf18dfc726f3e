"""Multipart bodies as browsers and curl write them."""

import io

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
