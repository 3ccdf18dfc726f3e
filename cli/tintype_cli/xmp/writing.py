"""Writes a sidecar."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET  # only writes

from tintype_cli.photos import PhotoDetails
from tintype_cli.xmp.dates import format_date
from tintype_cli.xmp.names import (
    ACCEPTED,
    CAPTION,
    CREATED,
    DEFAULT_LANGUAGE,
    DESCRIPTION,
    DIGIKAM_KEYWORDS,
    ITEM,
    KEYWORDS,
    LABEL,
    LANGUAGE,
    LATITUDE,
    LIGHTROOM_KEYWORDS,
    LONGITUDE,
    NAMESPACES,
    PICK,
    PICK_LABEL,
    PICKED,
    PLACES,
    RATING,
    RDF,
    TAKEN,
    qualified,
)

_HEADER = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_TRAILER = '\n<?xpacket end="w"?>\n'
# What XML 1.0 can't contain.
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _namespace in NAMESPACES.items():
    ET.register_namespace(_prefix, _namespace)


def write(details: PhotoDetails) -> bytes:
    """The sidecar of a photo, the same bytes for the same details. `parse` reads all of it again.

    Not in it, as XMP has no property that programs read: weight, visibility, trash and albums.
    """
    description = ET.Element(DESCRIPTION, {qualified("rdf:about"): ""})
    _write_keywords(description, details.tags)
    _write_text(description, CAPTION, details.caption)
    _write_value(description, RATING, details.rating)
    _write_value(description, LABEL, details.label)
    if details.favorite is not None:
        _write_value(description, PICK, PICKED if details.favorite else "0")
        _write_value(description, PICK_LABEL, ACCEPTED if details.favorite else "0")
    if details.taken_local:
        date = format_date(details.taken_local, details.offset)
        _write_value(description, TAKEN, date)
        _write_value(description, CREATED, date)
    if details.latitude is not None and details.longitude is not None:
        _write_value(description, LATITUDE, _degrees(details.latitude, "NS"))
        _write_value(description, LONGITUDE, _degrees(details.longitude, "EW"))
    _write_place(description, details.place or "")
    root = ET.Element(qualified("x:xmpmeta"), {qualified("x:xmptk"): "Tintype"})
    ET.SubElement(root, RDF).append(description)
    ET.indent(root)
    return f"{_HEADER}{ET.tostring(root, encoding='unicode')}{_TRAILER}".encode()


def _write_keywords(description: ET.Element, tags: Iterable[str]) -> None:
    """Keywords three times: flat, and as Lightroom and digiKam write theirs, unless one contains their separator."""
    words = [word for word in map(_clean, tags) if word]
    _write_list(description, KEYWORDS, "Bag", words)
    _write_list(description, LIGHTROOM_KEYWORDS, "Bag", [word for word in words if "|" not in word])
    _write_list(description, DIGIKAM_KEYWORDS, "Seq", [word for word in words if "/" not in word])


def _write_place(description: ET.Element, place: str) -> None:
    """The names of a place from the country upward; one alone, or a fifth, is the location within a city."""
    names = [name.strip() for name in place.split(",") if name.strip()]
    # Of two names, the first is a city; of three, the second is a region.
    properties = {1: PLACES[:1], 2: (PLACES[1], PLACES[3]), 3: PLACES[1:]}.get(len(names), PLACES)
    extra = max(0, len(names) - len(properties))
    if extra:
        names = [", ".join(names[: extra + 1]), *names[extra + 1 :]]
    for name, value in zip(properties, names, strict=False):
        _write_value(description, name, value)


def _write_value(description: ET.Element, name: str, value: str | int | None) -> None:
    text = "" if value is None else _clean(str(value))
    if text:
        description.set(name, text)


def _write_text(description: ET.Element, name: str, text: str | None) -> None:
    """A text in the default language."""
    if text and _clean(text):
        array = ET.SubElement(ET.SubElement(description, name), qualified("rdf:Alt"))
        ET.SubElement(array, ITEM, {LANGUAGE: DEFAULT_LANGUAGE}).text = _clean(text)


def _write_list(description: ET.Element, name: str, kind: str, texts: list[str]) -> None:
    if texts:
        array = ET.SubElement(ET.SubElement(description, name), qualified(f"rdf:{kind}"))
        for text in texts:
            ET.SubElement(array, ITEM).text = text


def _clean(text: str) -> str:
    return _INVALID.sub("", text).strip()


def _degrees(degrees: float, hemispheres: str) -> str:
    """`38,42.765400N`: minutes to 6 places, 2 mm."""
    whole, minutes = divmod(round(abs(degrees) * 60, 6), 60)
    return f"{int(whole)},{minutes:09.6f}{hemispheres[degrees < 0]}"
