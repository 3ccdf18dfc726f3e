"""Decodes the rows of a WebP that ends early or is damaged, with libwebp's decoder for files that are still arriving.

Pillow uses another decoder of the same library, which returns the whole image or nothing.
"""

import ctypes
from functools import cache
from typing import Any

from PIL import Image, _webp

_COLOR_SPACES = {"RGB": 0, "RGBA": 1}  # WEBP_CSP_MODE


def decode(data: bytes, mode: str, size: tuple[int, int]) -> Image.Image | None:
    """The upper rows of a still WebP of this size, in RGB or RGBA; None if there is not one."""
    library = _library()
    if library is None:
        return None
    width, height = size
    stride = width * len(mode)
    pixels = bytearray(stride * height)
    output = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    decoder = library.WebPINewRGB(_COLOR_SPACES[mode], output, len(pixels), stride)
    if not decoder:
        raise MemoryError
    try:
        library.WebPIAppend(decoder, data, len(data))
        rows = ctypes.c_int()
        library.WebPIDecGetRGB(decoder, ctypes.byref(rows), None, None, None)
    finally:
        library.WebPIDelete(decoder)
    if rows.value <= 0:
        return None
    return Image.frombytes(mode, (width, rows.value), memoryview(pixels)[: stride * rows.value])


@cache
def _library() -> Any:
    """The libwebp that Pillow is linked with, or None if it does not export its functions."""
    try:
        library = ctypes.CDLL(_webp.__file__)
        library.WebPINewRGB.restype = ctypes.c_void_p
        library.WebPINewRGB.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        library.WebPIAppend.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        library.WebPIDecGetRGB.restype = ctypes.c_void_p
        library.WebPIDecGetRGB.argtypes = [ctypes.c_void_p] + 4 * [ctypes.c_void_p]
        library.WebPIDelete.argtypes = [ctypes.c_void_p]
    except (OSError, AttributeError):
        return None
    return library
