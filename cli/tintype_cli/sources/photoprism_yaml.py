"""Reads the YAML files that PhotoPrism writes for photos and albums.

Each value of a photo has a source beside it, such as TitleSrc. What PhotoPrism has from the file is left to the
library, which reads the file itself, and what it has guessed is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import yaml

from tintype_cli.photos import PhotoDetails
from tintype_cli.sources.files import FileEntry, read_text_file
from tintype_cli.sources.positions import read_position

# Of people, other programs' sidecars, and names of files; not "meta", which is the file, nor "auto" and "estimate".
_TRUSTED = frozenset({"manual", "admin", "batch", "name", "xmp", "yaml", "json"})
_WRITTEN = _TRUSTED - {"name"}
_MAX_BYTES = 16 * 1024 * 1024  # an album of 100,000 photos has some 10 MiB
# The loader in C takes a fifth of the time, but PyYAML may be built without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20
_MAX_OFFSET = timedelta(hours=14)


class YamlError(ValueError):
    """The file is no YAML of PhotoPrism, in words that end a sentence."""


@dataclass(frozen=True, slots=True)
class PhotoYaml:
    """What PhotoPrism knows of a photo; empty without a file."""

    uid: str = ""
    caption: str = ""
    tags: tuple[str, ...] = ()
    taken_local: str | None = None
    offset: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_favorite: bool = False
    is_private: bool = False
    is_archived: bool = False

    def details(self, albums: Sequence[str]) -> PhotoDetails:
        """What an import takes of it, in these albums."""
        return PhotoDetails(
            tags=self.tags,
            status="private" if self.is_private else None,
            caption=self.caption or None,
            favorite=self.is_favorite or None,
            taken_local=self.taken_local,
            offset=self.offset,
            latitude=self.latitude,
            longitude=self.longitude,
            albums=tuple(albums),
        )


@dataclass(frozen=True, slots=True)
class AlbumYaml:
    """An album that somebody made, with the uids of its photos."""

    uid: str
    title: str
    description: str
    order: Literal["newest", "oldest"]
    photos: tuple[str, ...]


def read_photo(file: FileEntry) -> PhotoYaml:
    """The YAML of a photo. Raises OSError, YamlError."""
    document = _read(file)
    taken_local, offset = _taken(document) if document.get("TakenSrc") in _TRUSTED else (None, None)
    latitude, longitude = _position(document) if document.get("PlaceSrc") in _WRITTEN else (None, None)
    details = document.get("Details")
    return PhotoYaml(
        uid=_text(document, "UID"),
        caption=_caption(document),
        tags=_keywords(details) if isinstance(details, dict) else (),
        taken_local=taken_local,
        offset=offset,
        latitude=latitude,
        longitude=longitude,
        is_favorite=document.get("Favorite") is True,
        is_private=document.get("Private") is True,
        is_archived=document.get("DeletedAt") is not None,
    )


def read_album(file: FileEntry) -> AlbumYaml | None:
    """The YAML of an album; None if PhotoPrism made it, or if it was deleted. Raises OSError, YamlError."""
    document = _read(file)
    if _text(document, "Type") not in {"", "album"} or document.get("DeletedAt") is not None:
        return None
    entries = document.get("Photos")
    photos = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    uids = (_text(entry, "UID") for entry in photos if entry.get("Hidden") is not True)
    return AlbumYaml(
        uid=_text(document, "UID") or file.path,
        title=_text(document, "Title"),
        description=_text(document, "Description"),
        order="newest" if _text(document, "Order") == "newest" else "oldest",  # as PhotoPrism shows them
        photos=tuple(dict.fromkeys(filter(None, uids))),
    )


def _read(file: FileEntry) -> dict[str, Any]:
    data = read_text_file(file, _MAX_BYTES)
    try:
        _check_depth(data)
        document = yaml.load(data, Loader=_LOADER)  # noqa: S506 - both loaders are safe
    except YamlError:
        raise
    except (yaml.YAMLError, ValueError) as error:  # dates such as the 31st of February are ValueErrors
        raise YamlError(str(error).splitlines()[0]) from error
    if not isinstance(document, dict):
        raise YamlError("it has no fields")
    return document


def _check_depth(data: bytes) -> None:
    """Raise YamlError for data that would exhaust the stack, which in C ends the process."""
    depth = 0
    for event in yaml.parse(data, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise YamlError("it is nested too deeply")


def _text(document: dict[str, Any], field: str) -> str:
    value = document.get(field)
    return value.strip() if isinstance(value, str) else ""


def _caption(document: dict[str, Any]) -> str:
    """Title, blank line, description, as the library joins those of a file; each if somebody has written it."""
    title = _text(document, "Title") if document.get("TitleSrc") in _WRITTEN else ""
    text = ""
    for field in ("Caption", "Description"):  # since 2025, and before
        if not text and document.get(f"{field}Src") in _WRITTEN:
            text = _text(document, field)
    return "\n\n".join(dict.fromkeys(filter(None, (title, text))))


def _keywords(details: dict[str, Any]) -> tuple[str, ...]:
    if details.get("KeywordsSrc") not in _WRITTEN:
        return ()
    words = (word.strip() for word in _text(details, "Keywords").split(","))
    return tuple(dict.fromkeys(filter(None, words)))


def _taken(document: dict[str, Any]) -> tuple[str | None, str | None]:
    """The camera's clock, and how far it is from UTC if the time zone is known. PhotoPrism writes both as UTC."""
    local, moment = document.get("TakenAtLocal"), document.get("TakenAt")
    if not isinstance(local, datetime):
        return None, None
    local = _as_utc(local)
    text = local.replace(tzinfo=None).isoformat(timespec="seconds")
    if not isinstance(moment, datetime) or not _text(document, "TimeZone"):
        return text, None
    offset = local - _as_utc(moment)
    if abs(offset) > _MAX_OFFSET or offset % timedelta(minutes=1):
        return text, None
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return text, f"{'-' if offset < timedelta(0) else '+'}{hours:02}:{minutes:02}"


def _as_utc(time: datetime) -> datetime:
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _position(document: dict[str, Any]) -> tuple[float | None, float | None]:
    return read_position(document.get("Lat"), document.get("Lng")) or (None, None)
