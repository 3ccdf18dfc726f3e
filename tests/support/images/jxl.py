"""JPEG XL for tests: containers, and codestreams of which only the headers are real."""

import struct


def bits(*fields: tuple[int, int]) -> bytes:
    """Numbers and their width in bits, least significant first."""
    value = position = 0
    for number, width in fields:
        value |= number << position
        position += width
    return value.to_bytes((position + 7) // 8, "little")


def box(name: bytes, body: bytes) -> bytes:
    """A box of a container."""
    return struct.pack(">I4s", 8 + len(body), name) + body


def container(*boxes: bytes) -> bytes:
    """A container of these boxes."""
    return box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + b"".join(boxes)


def side(pixels: int) -> tuple[tuple[int, int], ...]:
    """The fields of a width or height of up to 512 pixels."""
    return (0, 2), (pixels - 1, 9)


def codestream(*fields: tuple[int, int], width: int = 300, height: int = 200) -> bytes:
    """A codestream of this size that ends after the fields of its image metadata, of which the default is one bit."""
    return b"\xff\x0a" + bits((0, 1), *side(height), (0, 3), *side(width), *(fields or ((1, 1),))) + bytes(16)
