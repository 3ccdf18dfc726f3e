"""Reads dates, caption and keywords from IPTC records (IIM 4.2), and finds the blocks in Photoshop's resources."""

from collections.abc import Iterator, Mapping

from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.dates import Meaning, parse_date
from chalicelib.images.metadata.fields import (
    CHARACTERS_PER_STEP,
    MAX_KEYWORDS,
    MAX_TEXT_CHARACTERS,
    Fields,
    decode_text,
    printable,
    unique_keywords,
)

MAX_ENTRIES = 10_000
MAX_BYTES = 256
_ENVELOPE, _APPLICATION = 1, 2
_CHARACTER_SET = (_ENVELOPE, 90)
_UTF_8 = b"\x1b%G"  # of ISO 2022
_TITLE, _KEYWORD, _HEADLINE, _CAPTION = ((_APPLICATION, number) for number in (5, 25, 105, 120))
_DATES = {Meaning.ORIGINAL: (55, 60), Meaning.DIGITIZED: (62, 63)}  # date and time
TAG = b"\x1c"
RESOURCE = b"8BIM"
_BLOCKS = frozenset({0x0404, 0x0422, 0x0424})  # IPTC, EXIF, XMP


def read(data: bytes, budget: Budget) -> Fields:
    """The fields of IPTC records."""
    found: dict[tuple[int, int], list[bytes]] = {}
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
        values = found.setdefault((head[1], head[2]), [])
        if len(values) < MAX_KEYWORDS:
            most = MAX_TEXT_CHARACTERS if (head[1], head[2]) == _CAPTION else MAX_BYTES
            values.append(data[at : at + min(size, most)])
        at += size
    return _fields(found, budget)


def _fields(found: Mapping[tuple[int, int], list[bytes]], budget: Budget) -> Fields:
    character_set = found.get(_CHARACTER_SET, [b""])[0]

    def texts(dataset: tuple[int, int]) -> list[str]:
        values = found.get(dataset, [])
        budget.take_steps(sum(map(len, values)) // CHARACTERS_PER_STEP)
        return [v.decode("utf-8", "ignore") if character_set == _UTF_8 else decode_text(v) for v in values]

    def first(dataset: tuple[int, int]) -> str:
        return next((text for text in texts(dataset) if text.strip()), "")

    fields = Fields()
    for meaning, numbers in _DATES.items():
        date, time = (printable(first((_APPLICATION, number))) for number in numbers)
        fields.add_time(meaning, parse_date(f"{date} {time}".strip()))
    fields.title = first(_TITLE) or first(_HEADLINE)
    fields.description = first(_CAPTION)
    fields.keywords = unique_keywords(texts(_KEYWORD))
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
