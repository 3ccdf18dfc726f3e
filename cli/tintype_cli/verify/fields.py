"""Compares what a catalogue and a library say of a photo or an album. What is not listed here may differ."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

# In a library that an export was imported into, these may be others: version, delete_at (the 30 days in the trash begin
# again), reason, duplicate_of, labels (found again, maybe by another labeler), keywords, camera_time and file (as its
# version reads files), guest, review_album and recovered. Members and shared links are not imported.
PHOTO_FIELDS = (
    *("filename", "sha256", "bytes", "format", "width", "height", "state", "created_at"),
    *("label", "weight", "status", "caption", "rating", "favorite"),
    *("taken_local", "offset", "place", "coordinates", "albums"),
)
ALBUM_FIELDS = ("title", "description", "order", "query", "cover_photo_id", "photo_ids")
# Of a photo that was being processed when it was exported, the rest was not known yet.
PROCESSING_FIELDS = ("filename", "sha256", "bytes", "created_at", "weight", "status")
# The library may not know these of a file that it could not read, and the catalogue has them from the file itself.
OF_FILES = frozenset({"sha256", "bytes"})
MAX_ROUNDING_DEGREES = 2.5e-6  # the library does not store as a correction what differs so little from the file
MAX_VALUE_CHARACTERS = 80

type Json = Mapping[str, Any]


def compare_photos(exported: Json, found: Json) -> Iterator[str]:
    """A sentence for each difference; both have the ids of the catalogue."""
    if exported["state"] == "processing":
        yield from _compare(exported, found, PROCESSING_FIELDS)
        return
    yield from _compare(exported, found, PHOTO_FIELDS)
    if not _have_same_tags(exported, found):
        yield _difference("tags", sorted(exported["tags"]), sorted(found["tags"]))


def compare_albums(exported: Json, found: Json) -> Iterator[str]:
    """A sentence for each difference; both have the ids of the catalogue."""
    return _compare(exported, found, ALBUM_FIELDS)


def _compare(exported: Json, found: Json, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        one, other = exported[name], found[name]
        if name in OF_FILES and other is None:
            continue
        if name == "albums":
            one, other = sorted(one), sorted(other)
        if one != other and not (name == "coordinates" and _are_close(one, other)):
            yield _difference(name, one, other)


def _are_close(one: Json | None, other: Json | None) -> bool:
    if one is None or other is None:
        return False
    return all(abs(one[name] - other[name]) <= MAX_ROUNDING_DEGREES for name in ("latitude", "longitude"))


def _have_same_tags(exported: Json, found: Json) -> bool:
    """Whether both have the same tags but for labels, and no label that its owner has removed from the exported one."""
    exported_tags, found_tags = set(exported["tags"]), set(found["tags"])
    is_complete = exported_tags - set(exported["autoTags"]) <= found_tags
    has_others = found_tags - set(found["autoTags"]) - exported_tags
    return is_complete and not has_others and found_tags.isdisjoint(exported.get("dismissed_tags") or ())


def _difference(name: str, exported: Any, found: Any) -> str:
    return f"{name} is {_text(exported)} in the export, and {_text(found)} in the library."


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…"
