"""Bytes that sort as DynamoDB sorts key values: strings by their UTF-8 bytes, binary by bytes, numbers by value."""

import base64
from collections.abc import Iterable
from decimal import Decimal

type AttributeValue = dict[str, str]  # of a key: one entry, its type S, N or B

NEGATIVE, ZERO, POSITIVE = b"\x10", b"\x20", b"\x30"
EXPONENT_OFFSET = 130  # exponents of the first digit are -130 to 125
END = b"\x00\x01"  # after each part of a key; less than a zero byte inside a part
ZERO_BYTE = b"\x00\x02"
INVERTED = bytes(255 - byte for byte in range(256))


def encode_value(value: AttributeValue) -> bytes:
    """The bytes of one key value; values of different types are never compared."""
    ((kind, text),) = value.items()
    match kind:
        case "S":
            return text.encode("utf-8", "surrogatepass")
        case "B":
            return base64.b64decode(text)
        case "N":
            return encode_number(text)
    raise ValueError(f"{kind} is not a type of keys")


def encode_number(text: str) -> bytes:
    """Sign, exponent and digits of a decimal number of up to 38 digits."""
    sign, digits, exponent = Decimal(text).as_tuple()
    figures = "".join(map(str, digits)).lstrip("0")
    if not figures:
        return ZERO
    magnitude = bytes([int(exponent) + len(figures) - 1 + EXPONENT_OFFSET]) + figures.rstrip("0").encode()
    # Of two negative numbers, the greater magnitude is the lesser number, also if the other is its prefix.
    return NEGATIVE + magnitude.translate(INVERTED) + b"\xff" if sign else POSITIVE + magnitude


def encode_key(values: Iterable[AttributeValue]) -> bytes:
    """The bytes of a key of several values, which sort by the first value, then by the second, and so on."""
    return b"".join(begin_key(value) + END for value in values)


def begin_key(value: AttributeValue) -> bytes:
    """What all keys start with whose first value starts with this one."""
    return encode_value(value).replace(b"\x00", ZERO_BYTE)


def after_prefix(prefix: bytes) -> bytes:
    """The least bytes greater than everything that starts with a prefix, which must have a byte other than 255."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1])
