"""Reads the EXIF fields that the library uses: when, where and with what a photo was taken, and what people wrote.

Title, comment and keywords are in tags of Windows (Exif 3.0, 4.6). Directories are searched in the order main, EXIF,
GPS, and then the thumbnail's; of several values the first that says something counts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import IO

from chalicelib.images import ifd
from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.dates import FIRST_GPS_TIME, Meaning, parse_date, parse_fraction, parse_offset
from chalicelib.images.metadata.exposures import TAGS, exposure_from_tags
from chalicelib.images.metadata.fields import (
    CHARACTERS_PER_STEP,
    MAX_TEXT_CHARACTERS,
    Fields,
    decode,
    decode_text,
    decode_utf_16,
    parse_rating,
    unique_keywords,
)
from chalicelib.images.metadata.names import camera_name, lens_name
from chalicelib.images.metadata.positions import read_position
from chalicelib.util.capture_time import MAX_OFFSET, CaptureTime

MAX_TEXT_BYTES = 1024
DIRECTORY_STEPS = 5000  # of each block: directories whose entries all are invalid take time too
_MAKE, _MODEL, _LENS_MAKE, _LENS_MODEL = 0x010F, 0x0110, 0xA433, 0xA434
# Date, fraction of a second, offset.
_DATES = {
    Meaning.ORIGINAL: (0x9003, 0x9291, 0x9011),
    Meaning.DIGITIZED: (0x9004, 0x9292, 0x9012),
    Meaning.MODIFIED: (0x0132, 0x9290, 0x9010),
}
_TIME_ZONE = 0x882A  # of TIFF/EP: hours, of the original date and the modification
_GPS_TIME, _GPS_DATE = 7, 29
_MAX_GPS_TAG = 31  # far below those of other directories
_RATING = 0x4746
_DESCRIPTION, _USER_COMMENT = 0x010E, 0x9286
_WINDOWS_TITLE, _WINDOWS_COMMENT, _WINDOWS_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E  # in UTF-16
_LONG_TEXTS = (_DESCRIPTION, _USER_COMMENT, _WINDOWS_TITLE, _WINDOWS_COMMENT, _WINDOWS_KEYWORDS)
_TEXT_TYPES = frozenset({1, 2, 7, 129})  # bytes, ASCII, undefined, UTF-8; numbers of a damaged file are no text
_CODE_BYTES = 8  # before a comment: how its text is encoded
_BLOCKS = (0x02BC, 0x83BB, 0x8649)  # XMP, IPTC, Photoshop
_TEXTS = frozenset({_MAKE, _MODEL, _LENS_MAKE, _LENS_MODEL, *(tag for tags in _DATES.values() for tag in tags)})


def read(file: IO[bytes], budget: Budget) -> Fields:
    """The fields of a TIFF file, or of an EXIF block with or without the `Exif` prefix."""
    texts: dict[int, str] = {}
    long_texts: dict[int, str] = {}
    zone: list[float] = []
    exposure: dict[int, float] = {}
    fields = Fields()
    places: list[tuple[ifd.Layout, range]] = []
    budget.take_steps(DIRECTORY_STEPS)
    for directory in ifd.read_directories(file):
        if not budget.take_steps(len(directory.entries)):
            break
        if directory.kind == ifd.GPS or max(directory.entries) <= _MAX_GPS_TAG:  # of a CR3, it has a block of its own
            fields.gps_time = fields.gps_time or _gps_time(directory)
            fields.coordinates = fields.coordinates or read_position(directory)
            continue
        for tag in _TEXTS & directory.entries.keys():
            data = directory.value(tag, MAX_TEXT_BYTES)
            budget.take_steps(len(data) // CHARACTERS_PER_STEP)
            text = decode(data)
            if text.strip("0: "):
                texts.setdefault(tag, text)
        for tag in _LONG_TEXTS:
            if tag in directory.entries and not long_texts.get(tag, "").strip():
                long_texts[tag] = _long_text(directory, tag, budget)
        if fields.rating is None:
            fields.rating = next((parse_rating(f"{number:g}") for number in directory.numbers(_RATING)), None)
        for tag in TAGS & directory.entries.keys():
            for number in directory.numbers(tag)[:1]:
                exposure.setdefault(tag, number)
        zone = zone or directory.numbers(_TIME_ZONE)
        places += ((directory.layout, place) for tag in _BLOCKS if (place := directory.value_range(tag)))
    for meaning, time in _times(texts, zone).items():
        fields.add_time(meaning, time)
    fields.blocks = _read_blocks(places, budget) if places else ()
    fields.camera = camera_name(texts.get(_MAKE, ""), texts.get(_MODEL, ""))
    fields.lens = lens_name(texts.get(_LENS_MAKE, ""), texts.get(_LENS_MODEL, ""))
    fields.exposure = exposure_from_tags(exposure)
    _add_caption(fields, long_texts)
    return fields


def _add_caption(fields: Fields, texts: Mapping[int, str]) -> None:
    fields.title = texts.get(_WINDOWS_TITLE, "")
    # Windows writes a title into both, so that its comment says more.
    described = [text for tag in (_DESCRIPTION, _WINDOWS_COMMENT) if (text := texts.get(tag, "")).strip()]
    fields.description = next((text for text in described if text.strip() != fields.title.strip()), fields.title)
    fields.comment = texts.get(_USER_COMMENT, "")
    fields.keywords = unique_keywords(texts.get(_WINDOWS_KEYWORDS, "").split(";"))


def _long_text(directory: ifd.Directory, tag: int, budget: Budget) -> str:
    data = directory.value(tag, MAX_TEXT_CHARACTERS) if directory.entries[tag][0] in _TEXT_TYPES else b""
    budget.take_steps(len(data) // CHARACTERS_PER_STEP)
    if tag == _USER_COMMENT:
        return _decode_comment(data, directory.layout.order)
    return decode_text(data) if tag == _DESCRIPTION else decode_utf_16(data)


def _decode_comment(data: bytes, order: str) -> str:
    """A comment by the character code before it; UTF-16 is often not in the byte order of the file."""
    code, text = data[:_CODE_BYTES].rstrip(b"\0 ").upper(), data[_CODE_BYTES:]
    if code == b"JIS":
        return text.decode("iso2022_jp", "replace").partition("\0")[0]
    if code == b"UNICODE" and (b"\0" in text.rstrip(b"\0") or not text.isascii()):
        high, low = text[::2].count(0), text[1::2].count(0)
        big = high > low if high != low else order == ">"
        return decode_utf_16(text, "utf-16-be" if big else "utf-16-le")
    return decode_text(text if code in {b"ASCII", b"UNICODE", b""} else data)


def _read_blocks(places: list[tuple[ifd.Layout, range]], budget: Budget) -> Iterator[bytes]:
    """The blocks at these places, but none of the same bytes twice."""
    taken: list[range] = []
    for layout, place in places:
        if all(place.stop <= other.start or other.stop <= place.start for other in taken):
            taken.append(place)
            yield layout.read(place.start, budget.take_bytes(len(place)))


def _times(texts: dict[int, str], zone: list[float]) -> dict[Meaning, CaptureTime]:
    """The dates with fraction and offset, in the field itself or beside it.

    An offset whose date is missing holds for the others: some phones write OffsetTime only.
    """
    dates = {meaning: parse_date(texts.get(tags[0], "")) for meaning, tags in _DATES.items()}
    offsets = {meaning: parse_offset(texts.get(tags[2], "")) for meaning, tags in _DATES.items()}
    if offsets[Meaning.ORIGINAL] is None and zone and abs(zone[0]) < MAX_OFFSET / timedelta(hours=1):
        offsets[Meaning.ORIGINAL] = timedelta(hours=int(zone[0]))
    spare = next((offsets[meaning] for meaning in _DATES if not dates[meaning] and offsets[meaning] is not None), None)
    times = {}
    for meaning, date in dates.items():
        if date is None:
            continue
        offset = next((o for o in (date.offset, offsets[meaning], spare) if o is not None), None)
        fraction = parse_fraction(texts.get(_DATES[meaning][1], ""))
        local = date.local if date.local.microsecond else date.local.replace(microsecond=fraction)
        times[meaning] = CaptureTime(local, offset)
    return times


def _gps_time(directory: ifd.Directory) -> datetime | None:
    """The moment in UTC at which the position was determined; None if it is before GPS."""
    day = parse_date(decode(directory.value(_GPS_DATE, MAX_TEXT_BYTES)))
    clock = directory.numbers(_GPS_TIME)
    if day is None or len(clock) != 3 or not all(0 <= n <= 60 for n in clock) or clock[0] >= 24:
        return None
    moment = day.local.replace(hour=0, minute=0, second=0) + timedelta(
        hours=clock[0], minutes=clock[1], seconds=clock[2]
    )
    return moment if moment >= FIRST_GPS_TIME else None
