"""The fields of an upload ticket: the metadata that the source has, fitted to what the library accepts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from unicodedata import normalize

from tintype_cli.photos import ImportPhoto, PhotoDetails
from tintype_cli.sources.limits import MAX_CAPTION_CHARACTERS, clean_text

MAX_TAGS = 20
MAX_TAG_CHARACTERS = 64
MAX_ALBUMS = 20
# A photo's metadata: if the library refuses one of these, the photo goes without it.
DETAILS = frozenset(
    {
        *("tags", "label", "weight", "status", "caption", "rating", "favorite", "taken_local", "offset", "place"),
        *("coordinates", "created_at", "albums", "dismissed_tags"),
    }
)
# An offset means nothing without the time.
_TOGETHER = {"taken_local": "offset"}


@dataclass(frozen=True, slots=True)
class TicketFields:
    """The body of a request for a ticket, and what was left out of it, in sentences."""

    body: dict[str, Any]
    left_out: tuple[str, ...] = field(default=())


def ticket_fields(photo: ImportPhoto, sha256: str, photo_id: str, album_ids: Sequence[str]) -> TicketFields:
    """The fields for a photo with these bytes."""
    metadata = metadata_fields(photo.details)
    left_out = [*metadata.left_out]
    if len(album_ids) > MAX_ALBUMS:
        left_out.append(f"A photo can be in {MAX_ALBUMS} albums, and this one is in {len(album_ids)}: in the first.")
    body = {
        "filename": photo.filename,
        "bytes": photo.size,
        "sha256": sha256,
        "photo_id": photo_id,
        **metadata.body,
        "albums": list(album_ids[:MAX_ALBUMS]),
    }
    return TicketFields(_clean(body), tuple(left_out))


def metadata_fields(details: PhotoDetails) -> TicketFields:
    """The fields of a photo's metadata, as far as it has any."""
    tags, left_out = _fit_tags(details.tags)
    caption = details.caption
    if caption and len(caption) > MAX_CAPTION_CHARACTERS:
        left_out.append(f"The caption was cut after {MAX_CAPTION_CHARACTERS:,} of {len(caption):,} characters.")
        caption = caption[:MAX_CAPTION_CHARACTERS]
    return TicketFields(_clean({**_details(details), "caption": caption, "tags": tags}), tuple(left_out))


def without_field(fields: TicketFields, name: str, reason: str) -> TicketFields | None:
    """The fields without one that the library refuses for a reason; None if the photo can't go without it."""
    if name not in DETAILS or name not in fields.body:
        return None
    gone = {name, _TOGETHER.get(name)}
    body = {each: value for each, value in fields.body.items() if each not in gone}
    return TicketFields(body, (*fields.left_out, f"{name} was left out: {reason}"))


def with_photo_id(fields: TicketFields, photo_id: str, reason: str) -> TicketFields:
    """The fields with another id, for a reason."""
    return TicketFields({**fields.body, "photo_id": photo_id}, (*fields.left_out, reason))


def _details(details: PhotoDetails) -> dict[str, Any]:
    created_at, position = details.created_at, (details.latitude, details.longitude)
    return {
        "label": details.label,
        "weight": details.weight,
        "status": details.status,
        "rating": details.rating,
        "favorite": details.favorite or None,
        "taken_local": details.taken_local,
        "offset": details.offset,
        "place": details.place,
        "coordinates": None if None in position else dict(zip(("latitude", "longitude"), position, strict=True)),
        "dismissed_tags": list(details.dismissed_tags),
        "created_at": created_at.astimezone(UTC).isoformat(timespec="milliseconds") if created_at else None,
    }


def _clean(body: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value, with clean texts."""
    cleaned = {name: clean_text(value) if isinstance(value, str) else value for name, value in body.items()}
    return {name: value for name, value in cleaned.items() if value not in (None, [])}


def _fit_tags(tags: Sequence[str]) -> tuple[list[str], list[str]]:
    """The tags that a photo can have, and sentences about the others. Of tags that differ in case only, the first."""
    unique: dict[str, str] = {}
    for tag in (" ".join(clean_text(tag).split()) for tag in tags):
        if tag:
            unique.setdefault(tag.casefold(), tag)
    valid = [tag for tag in unique.values() if not normalize("NFKC", tag).strip().startswith(("*", "!"))]
    short = [tag for tag in valid if len(tag) <= MAX_TAG_CHARACTERS]
    left_out = []
    if len(valid) < len(unique):
        left_out.append(f"Tags that begin with * or ! were left out: {len(unique) - len(valid)}.")
    if len(short) < len(valid):
        left_out.append(f"Tags of more than {MAX_TAG_CHARACTERS} characters were left out: {len(valid) - len(short)}.")
    if len(short) > MAX_TAGS:
        left_out.append(f"A photo can have {MAX_TAGS} tags; left out: {', '.join(short[MAX_TAGS:])[:500]}.")
    return short[:MAX_TAGS], left_out
