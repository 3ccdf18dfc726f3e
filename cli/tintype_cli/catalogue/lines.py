"""The lines of a catalogue, made from what the API answers."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

CATALOGUE_NAME = "catalogue.jsonl"
VERSION = 1  # rises when a reader of the former version would lose or misunderstand something

# Fields of the API that a line has under the same names. Missing ones, of an older library, become null.
PHOTO_FIELDS = (
    *("photo_id", "filename", "sha256", "bytes", "format", "width", "height"),
    *("state", "reason", "duplicate_of", "created_at", "delete_at", "version"),
    *("tags", "autoTags", "keywords", "dismissed_tags", "label", "weight", "status", "caption", "rating", "favorite"),
    *("taken_local", "offset", "camera_time", "place", "coordinates", "file"),
    *("albums", "guest", "review_album", "recovered"),
)
ALBUM_FIELDS = (
    *("album_id", "title", "description", "order", "query", "photos", "cover_photo_id"),
    *("created_at", "updated_at", "version"),
)
MEMBER_FIELDS = ("email", "role", "state", "added_at")
SHARE_FIELDS = (
    *("share_id", "album_id", "title", "name", "photos", "download", "add", "review", "has_password"),
    *("expires_at", "state", "created_at"),
)


def header_line(exported_at: datetime, tintype: str) -> dict[str, Any]:
    """The first line; `tintype` is the version of the command."""
    time = exported_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": "catalogue", "version": VERSION, "exported_at": time, "tintype": tintype}


def photo_line(photo: Mapping[str, Any], path: str | None) -> dict[str, Any]:
    """A photo; `path` is that of its original below the folder of the export, None if there is none."""
    return {"type": "photo", "path": path, **_fields(photo, PHOTO_FIELDS)}


def album_line(
    album: Mapping[str, Any], photo_ids: Sequence[str], members: Sequence[Mapping[str, Any]] | None
) -> dict[str, Any]:
    """An album; `photo_ids` are its photos in their order by hand, empty for other orders.

    `members` is None if the key may not read them.
    """
    people = None if members is None else [_fields(member, MEMBER_FIELDS) for member in members]
    return {"type": "album", **_fields(album, ALBUM_FIELDS), "photo_ids": list(photo_ids), "members": people}


def share_line(share: Mapping[str, Any]) -> dict[str, Any]:
    """A shared link, without what opens it."""
    return {"type": "share", **_fields(share, SHARE_FIELDS)}


def end_line(photos: int, albums: int, shares: int | None) -> dict[str, Any]:
    """The last line: how many lines of each kind there are; `shares` is None if the key may not read them."""
    return {"type": "end", "photos": photos, "albums": albums, "shares": shares}


def to_text(line: Mapping[str, Any]) -> str:
    """The line as JSON, with its line break."""
    return json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _fields(found: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: found.get(name) for name in names}
