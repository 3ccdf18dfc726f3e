"""The smallest of pictures, for tests that are not about pixels."""

import io

from PIL import Image


def picture(colour: str = "teal", size: tuple[int, int] = (40, 30), form: str = "JPEG") -> bytes:
    """A plain picture of one colour, encoded."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()
