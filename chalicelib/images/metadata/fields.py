"""What the readers of the blocks of a file return, and text as it is written there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from itertools import islice

from chalicelib.images.metadata.dates import Meaning
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure

MAX_TEXT_CHARACTERS = 8000  # of a title or description as it is read, before it is cleaned
CHARACTERS_PER_STEP = 16  # of text in memory
MAX_KEYWORDS, MAX_KEYWORD_CHARACTERS = 50, 256
MAX_RATING = 5
_RATING = re.compile(r"(-1|\d)(?:[.,]\d*)?", re.ASCII)


class Source(IntEnum):
    """The kinds of blocks; of equally good dates and other facts of the camera, the first counts."""

    EXIF = 0
    XMP = 1
    IPTC = 2
    TEXT = 3


@dataclass(slots=True)
class Fields:
    """The fields of one block, and the blocks inside, which may be read only when they are needed.

    `gps_time` is the moment of the GPS position in UTC. Title, description and comment are text as it is written;
    a comment is what programs write more often than people. A rating of 0 says that the photo has none.
    """

    times: list[tuple[Meaning, CaptureTime]] = field(default_factory=list)
    gps_time: datetime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: Exposure | None = None
    title: str = ""
    description: str = ""
    comment: str = ""
    rating: int | None = None
    keywords: tuple[str, ...] = ()
    coordinates: Coordinates | None = None
    blocks: Iterable[bytes] = ()

    def add_time(self, meaning: Meaning, time: CaptureTime | None) -> None:
        """Add a time unless it is None."""
        if time is not None:
            self.times.append((meaning, time))


def parse_rating(text: str) -> int | None:
    """The whole stars of `3` or `3.0`; 0 also for -1, which means rejected; None if it is no rating."""
    match = _RATING.fullmatch(text.strip())
    return max(0, int(match[1])) if match and int(match[1]) <= MAX_RATING else None


def unique_keywords(texts: Iterable[str]) -> tuple[str, ...]:
    """The first 50 different texts that are not empty, as printable text of at most 256 characters."""
    words = (printable(text[:MAX_KEYWORD_CHARACTERS]) for text in texts)
    return tuple(islice(dict.fromkeys(filter(None, words)), MAX_KEYWORDS))


def printable(text: str) -> str:
    """The printable characters of a text, with single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def decode(data: bytes) -> str:
    """Bytes as printable text on one line, up to the first NUL."""
    return printable(decode_text(data))


def decode_text(data: bytes) -> str:
    """Bytes as text up to the first NUL: UTF-8, else Windows' Latin-1; UTF-16 is recognized by its NULs."""
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if data[first:8:2] == b"\0\0\0\0" and b"\0" not in data[1 - first : 8 : 2]:
            return decode_utf_16(data, encoding)
    text = data.partition(b"\0")[0]
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start]
        if error.reason == "unexpected end of data" and not before.isascii():  # cut off within its last character
            return before.decode()
        return text.decode("cp1252", "ignore")


def decode_utf_16(data: bytes, encoding: str = "utf-16-le") -> str:
    """UTF-16 as text up to the first NUL."""
    return data.decode(encoding, "replace").partition("\0")[0]
