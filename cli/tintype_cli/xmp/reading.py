"""What a sidecar says of its photo."""

import re
from contextlib import suppress

from tintype_cli.photos import PhotoDetails
from tintype_cli.xmp.dates import parse_date
from tintype_cli.xmp.names import (
    ACCEPTED,
    CAPTION,
    COLOR_LABELS,
    CREATED,
    DIGITIZED,
    FAVORITE,
    HEADLINE,
    HIERARCHIES,
    KEYWORDS,
    LABEL,
    LATITUDE,
    LATITUDE_REF,
    LONGITUDE,
    LONGITUDE_REF,
    PICK,
    PICK_LABEL,
    PICKED,
    PLACES,
    RATING,
    TAKEN,
    TITLE,
)
from tintype_cli.xmp.packet import Packet

MAX_RATING = 5
_DEGREES = re.compile(r"(\d{1,3}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?(?:,(\d{1,2}(?:\.\d+)?))?\s*([NSEW])", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d+)?", re.ASCII)
_FLAGS = {PICK: PICKED, PICK_LABEL: ACCEPTED, FAVORITE: PICKED}
_PARTS = (1, 60, 3600)  # of a degree


def parse(data: bytes) -> PhotoDetails:
    """The details in a sidecar, as written: the library's limits are not applied. Raises XmpError.

    A property that makes no sense counts as missing.
    """
    packet = Packet(data)
    taken_local, offset = _taken(packet)
    latitude, longitude = _position(packet)
    label = packet.first(LABEL)
    return PhotoDetails(
        tags=_tags(packet),
        label=label if label and label.casefold() not in COLOR_LABELS else None,
        caption=_caption(packet),
        rating=_rating(packet.first(RATING)),
        favorite=_favorite(packet),
        taken_local=taken_local,
        offset=offset,
        place=", ".join(dict.fromkeys(filter(None, map(packet.first, PLACES)))) or None,
        latitude=latitude,
        longitude=longitude,
    )


def _tags(packet: Packet) -> tuple[str, ...]:
    """Keywords, and of those with others above them the last name. Of names that differ in case only, the first."""
    names = list(packet.all(KEYWORDS))
    for hierarchy, separator in HIERARCHIES.items():
        names += (path.rstrip(separator).rpartition(separator)[2].strip() for path in packet.all(hierarchy))
    unique: dict[str, str] = {}
    for name in filter(None, names):
        unique.setdefault(name.casefold(), name)
    return tuple(unique.values())


def _caption(packet: Packet) -> str | None:
    """Title, blank line, description; one of them if it contains the other."""
    title, description = packet.first(TITLE) or packet.first(HEADLINE), packet.first(CAPTION)
    if title in description:
        return description or None
    return title if description in title else f"{title}\n\n{description}"


def _rating(text: str) -> int | None:
    """0 to 5 stars; a rejected photo (-1) has none."""
    with suppress(ValueError, OverflowError):
        stars = float(text)
        if -1 <= stars <= MAX_RATING:
            return max(0, round(stars))
    return None


def _favorite(packet: Packet) -> bool | None:
    """Whether the flag of Lightroom, digiKam or F-Stop is set; None if the sidecar has none of them."""
    flags = ((packet.first(name), value) for name, value in _FLAGS.items())
    known = [text == value for text, value in flags if text]
    return any(known) if known else None


def _taken(packet: Packet) -> tuple[str | None, str | None]:
    """The best date, and its offset."""
    dates = (parse_date(packet.first(name)) for name in (TAKEN, CREATED, DIGITIZED))
    return next((date for date in dates if date), (None, None))


def _position(packet: Packet) -> tuple[float | None, float | None]:
    """Decimal degrees to 6 places; 0° N, 0° E is what programs write that have no position."""
    latitude = _degrees(packet.first(LATITUDE), packet.first(LATITUDE_REF), "NS", 90)
    longitude = _degrees(packet.first(LONGITUDE), packet.first(LONGITUDE_REF), "EW", 180)
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None, None
    return latitude, longitude


def _degrees(text: str, hemisphere: str, hemispheres: str, most: int) -> float | None:
    """The degrees of `41,24.1234N`, `41,24,7N` or a decimal number, whose hemisphere may be another property."""
    if _DECIMAL.fullmatch(text):
        degrees = float(text)
        if hemisphere.upper() == hemispheres[1]:
            degrees = -abs(degrees)
    elif (match := _DEGREES.fullmatch(text.upper())) and match[4] in hemispheres:
        parts = (float(part or 0) for part in match.groups()[:3])
        degrees = sum(part / unit for part, unit in zip(parts, _PARTS, strict=True))
        degrees = -degrees if match[4] in "SW" else degrees
    else:
        return None
    return round(degrees, 6) if abs(degrees) <= most else None
