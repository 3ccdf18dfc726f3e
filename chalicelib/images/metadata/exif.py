"""Reads the EXIF fields that the library uses: dates, the time of the GPS position, and the camera (Exif 3.0, 4.6).

Nothing else is read, least of all the GPS position. Directories are searched in the order main, EXIF, GPS, and then the
thumbnail's; of several values the first that says something counts.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

from chalicelib.images import ifd
from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.dates import FIRST_GPS_TIME, Meaning, parse_date, parse_fraction, parse_offset
from chalicelib.images.metadata.fields import Fields, camera_name, decode
from chalicelib.util.capture_time import MAX_OFFSET, CaptureTime

MAX_TEXT_BYTES, TEXT_BYTES_PER_STEP = 1024, 16
DIRECTORY_STEPS = 5000  # of each block: directories whose entries all are invalid take time too
_MAKE, _MODEL = 0x010F, 0x0110
# Date, fraction of a second, offset.
_DATES = {
    Meaning.ORIGINAL: (0x9003, 0x9291, 0x9011),
    Meaning.DIGITIZED: (0x9004, 0x9292, 0x9012),
    Meaning.MODIFIED: (0x0132, 0x9290, 0x9010),
}
_TIME_ZONE = 0x882A  # of TIFF/EP: hours, of the original date and the modification
_GPS_TIME, _GPS_DATE = 7, 29
_BLOCKS = (0x02BC, 0x83BB, 0x8649)  # XMP, IPTC, Photoshop
_TEXTS = frozenset({_MAKE, _MODEL, *(tag for tags in _DATES.values() for tag in tags)})


def read(file: IO[bytes], budget: Budget) -> Fields:
    """The fields of a TIFF file, or of an EXIF block with or without the `Exif` prefix."""
    texts: dict[int, str] = {}
    zone: list[float] = []
    fields = Fields()
    places: list[tuple[ifd.Layout, range]] = []
    budget.take_steps(DIRECTORY_STEPS)
    for directory in ifd.read_directories(file):
        if not budget.take_steps(len(directory.entries)):
            break
        if directory.kind == ifd.GPS:
            fields.gps_time = fields.gps_time or _gps_time(directory)
            continue
        for tag in _TEXTS & directory.entries.keys():
            data = directory.value(tag, MAX_TEXT_BYTES)
            budget.take_steps(len(data) // TEXT_BYTES_PER_STEP)
            text = decode(data)
            if text.strip("0: "):
                texts.setdefault(tag, text)
        zone = zone or directory.numbers(_TIME_ZONE)
        places += ((directory.layout, place) for tag in _BLOCKS if (place := directory.value_range(tag)))
    for meaning, time in _times(texts, zone).items():
        fields.add_time(meaning, time)
    fields.blocks = _read_blocks(places, budget) if places else ()
    fields.camera = camera_name(texts.get(_MAKE, ""), texts.get(_MODEL, ""))
    return fields


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
