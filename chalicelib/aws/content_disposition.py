"""Content-Disposition: the filename under which a browser saves a download."""

import re
from urllib.parse import quote

# The parameter of a signed URL that sets the header of the response (S3 API Reference, GetObject).
PARAMETER = "response-content-disposition"
UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9 ._()-]")


def attachment(filename: str) -> str:
    """An attachment with this filename, and an ASCII fallback for old clients (RFC 6266, RFC 8187)."""
    return (
        f"attachment; filename=\"{UNSAFE_CHARACTERS.sub('_', filename)}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
