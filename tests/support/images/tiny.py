"""Small encoded images for tests that do not depend on pixels."""

import io

from PIL import Image


def encode_image(color: str = "teal", size: tuple[int, int] = (40, 30), image_format: str = "JPEG") -> bytes:
    """An encoded image of one color."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, image_format)
    return out.getvalue()
