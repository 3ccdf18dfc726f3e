"""Reads dates from IPTC records (IIM 4.2), and finds the blocks among Photoshop's image resources."""

from collections.abc import Iterator

from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.dates import Meaning, parse_date
from chalicelib.images.metadata.fields import Fields, decode

MAX_ENTRIES = 10_000
MAX_CHARACTERS = 64
_APPLICATION_RECORD = 2
_DATES = {Meaning.ORIGINAL: (55, 60), Meaning.DIGITIZED: (62, 63)}  # date and time
TAG = b"\x1c"
RESOURCE = b"8BIM"
_BLOCKS = frozenset({0x0404, 0x0422, 0x0424})  # IPTC, EXIF, XMP


def read(data: bytes, budget: Budget) -> Fields:
    """The fields of IPTC records."""
    texts: dict[int, str] = {}
    at = 0
    for _ in range(MAX_ENTRIES):
        head = data[at : at + 5]
        if len(head) < 5 or head[:1] != TAG or not budget.take_steps():
            break
        size = int.from_bytes(head[3:5])
        at += 5
        if size & 0x8000:  # the length itself has this many bytes
            wide = size & 0x7FFF
            size = int.from_bytes(data[at : at + min(wide, 8)])
            at += wide
        if head[1] == _APPLICATION_RECORD:
            texts.setdefault(head[2], decode(data[at : at + min(size, MAX_CHARACTERS)]))
        at += size
    fields = Fields()
    for meaning, (date, time) in _DATES.items():
        fields.add_time(meaning, parse_date(f"{texts.get(date, '')} {texts.get(time, '')}".strip()))
    return fields


def resource_blocks(data: bytes, budget: Budget) -> Iterator[bytes]:
    """The blocks of metadata among image resources (Photoshop file formats)."""
    at = 0
    for _ in range(MAX_ENTRIES):
        if data[at : at + 4] != RESOURCE or not budget.take_steps():
            return
        number = int.from_bytes(data[at + 4 : at + 6])
        at += 6 + (data[at + 6 : at + 7] or b"\0")[0] // 2 * 2 + 2  # name with its length, padded
        size = int.from_bytes(data[at : at + 4])
        if number in _BLOCKS:
            yield data[at + 4 : at + 4 + budget.take_bytes(min(size, len(data) - at - 4))]
        at += 4 + size + size % 2
