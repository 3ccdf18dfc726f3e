"""Content-Disposition: what a browser that follows a link is told to save the file as."""

import re
from urllib.parse import quote

# S3 answers with the header that this parameter of a signed URL says (S3 API Reference, GetObject).
PARAMETER = "response-content-disposition"
UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9 ._()-]")


def attachment(filename: str) -> str:
    """One that saves under this name, or an ASCII one where that is not understood (RFC 6266, RFC 8187)."""
    return (
        f"attachment; filename=\"{UNSAFE_CHARACTERS.sub('_', filename)}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
