"""Small encoded images for tests that do not depend on pixels."""

import io
from typing import Any

from PIL import Image


def encode_image(
    color: str = "teal", size: tuple[int, int] = (40, 30), image_format: str = "JPEG", **save_options: Any
) -> bytes:
    """An encoded image of one color; more keyword arguments go to Pillow's `save`."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, image_format, **save_options)
    return out.getvalue()
