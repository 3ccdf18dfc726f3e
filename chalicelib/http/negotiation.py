"""Content negotiation: whether a client prefers JSON to an image."""

import mimeparse

JSON = "application/json"
# The formats of derivatives. If a client accepts several equally, the rightmost wins.
MEDIA_TYPES = (JSON, "image/avif", "image/gif", "image/png", "image/webp", "image/jpeg")


def prefers_json(accept: str) -> bool:
    """Whether an Accept header prefers JSON to images: by quality, then by the more specific range.

    `*/*` and the headers of a browser's `<img>` get an image; `application/json, text/plain, */*` gets JSON (RFC 9110,
    12.5.1). A header that accepts neither, or is malformed, gets an image.
    """
    try:
        return bool(mimeparse.best_match(MEDIA_TYPES, accept.lower()) == JSON)
    except mimeparse.MimeTypeParseException:
        return False
