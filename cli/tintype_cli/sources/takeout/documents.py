"""Reads the JSON files of a Takeout: of photos and of albums."""

import html
import json
from dataclasses import dataclass
from typing import Any

from tintype_cli.sources.limits import clean_text
from tintype_cli.sources.positions import read_position

# The years 1 to 9999, in seconds since 1970.
_MIN_SECONDS, _MAX_SECONDS = -62_135_596_800, 253_402_300_799


@dataclass(frozen=True, slots=True)
class PhotoDocument:
    """What Google Photos knows of a photo or video. `taken_at` is Unix time, negative before 1970."""

    title: str  # the name of the file as it was uploaded
    description: str = ""
    taken_at: int | None = None
    position: tuple[float, float] | None = None  # latitude and longitude in degrees
    people: tuple[str, ...] = ()
    is_favorite: bool = False
    is_archived: bool = False
    is_trashed: bool = False


@dataclass(frozen=True, slots=True)
class AlbumDocument:
    """The title and description of an album; a title may be empty."""

    title: str
    description: str = ""


def parse(data: bytes) -> PhotoDocument | AlbumDocument | None:
    """What a JSON file describes; None if it is neither a photo nor an album. Raises ValueError if it is no JSON."""
    try:
        document = json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("photoTakenTime"), dict):
        return _parse_photo(document)
    if isinstance(album := document.get("albumData"), dict):  # until 2020
        return _parse_album(album)
    # Other files of a Takeout have a title, too; albums have it first, and since 2023 sometimes alone.
    return _parse_album(document) if isinstance(document.get("title"), str) else None


def _parse_photo(document: dict[str, Any]) -> PhotoDocument:
    people = document.get("people")
    names = [_text(person, "name") for person in people if isinstance(person, dict)] if isinstance(people, list) else []
    return PhotoDocument(
        title=_text(document, "title"),
        description=_text(document, "description"),
        taken_at=_seconds(document["photoTakenTime"].get("timestamp")),
        position=_position(document),
        people=tuple(dict.fromkeys(filter(None, names))),
        is_favorite=document.get("favorited") is True,
        is_archived=document.get("archived") is True,
        is_trashed=document.get("trashed") is True,
    )


def _parse_album(document: dict[str, Any]) -> AlbumDocument:
    texts = [_text(document, "description")]
    enrichments = document.get("enrichments")
    for enrichment in enrichments if isinstance(enrichments, list) else []:
        narrative = enrichment.get("narrativeEnrichment") if isinstance(enrichment, dict) else None
        if isinstance(narrative, dict):
            texts.append(_text(narrative, "text"))
    return AlbumDocument(_text(document, "title"), "\n".join(filter(None, texts)))


def _text(document: dict[str, Any], field: str) -> str:
    """A text of the document: Takeout escapes it as HTML."""
    value = document.get(field)
    return clean_text(html.unescape(value)).strip() if isinstance(value, str) else ""


def _seconds(value: object) -> int | None:
    """Unix time, a text of digits; None if it is 0, which stands for an unknown time."""
    try:
        seconds = int(value) if isinstance(value, str | int) else 0
    except ValueError:
        return None
    return seconds if seconds and _MIN_SECONDS <= seconds <= _MAX_SECONDS else None


def _position(document: dict[str, Any]) -> tuple[float, float] | None:
    """Where Google Photos shows the photo, else what it has read in the file."""
    places = (value for name in ("geoData", "geoDataExif") if isinstance(value := document.get(name), dict))
    positions = (read_position(place.get("latitude"), place.get("longitude")) for place in places)
    return next((position for position in positions if position), None)
