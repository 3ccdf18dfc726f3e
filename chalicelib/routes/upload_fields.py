"""The fields of requests that add a photo: each checked, or refused with its name. null means not given."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.albums.lookup import AlbumLookup
from chalicelib.errors import Invalid
from chalicelib.http import validation
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import DEFAULT_WEIGHT, MAX_ALBUMS, clean_visibility

MAX_DISMISSED_TAGS = 100
# What an import knows that nobody else may say: it needs the permission to manage photos.
IMPORT_FIELDS = ("created_at", "photo_id")
TICKET_FIELDS = (
    *("filename", "bytes", "sha256", "tags", "label", "weight", "status", "album", "albums"),
    *("caption", "rating", "favorite", "taken_local", "offset", "place", "coordinates", "dismissed_tags"),
    *IMPORT_FIELDS,
)


def read_metadata(
    albums: AlbumLookup, owner: str, filename: str, body: Mapping[str, Any], read_weight: Callable[[Any], int]
) -> UploadMetadata:
    """The metadata that every upload can have; raises Invalid."""
    tags, label, weight, status = (body.get(name) for name in ("tags", "label", "weight", "status"))
    return UploadMetadata(
        filename=filename,
        user_tags=() if tags is None else validation.tags(tags),
        label=None if label is None else validation.label(label) or None,
        weight=DEFAULT_WEIGHT if weight is None else read_weight(weight),
        visibility=None if status is None else clean_visibility(status),
        albums=() if body.get("album") is None else (_find_album(albums, owner, body["album"]),),
    )


def read_ticket_metadata(albums: AlbumLookup, owner: str, filename: str, body: Mapping[str, Any]) -> UploadMetadata:
    """The metadata of an upload ticket, which can have all that an owner can say of a photo; raises Invalid."""
    metadata = read_metadata(albums, owner, filename, body, validation.weight)
    favorite, created_at, photo_id = (body.get(name) for name in ("favorite", "created_at", "photo_id"))
    taken_local = validation.local_time(body.get("taken_local"), "taken_local")
    offset = validation.utc_offset(body.get("offset"), "offset")
    if offset is not None and taken_local is None:
        raise Invalid("offset needs taken_local, the time on the same clock.", field="offset")
    return replace(
        metadata,
        caption=validation.caption(body.get("caption")),
        rating=validation.rating(body.get("rating")),
        favorite=favorite is not None and validation.favorite(favorite),
        place=validation.place(body.get("place")),
        coordinates=validation.coordinates(body.get("coordinates")),
        dismissed_tags=_read_dismissed_tags(body.get("dismissed_tags")),
        taken_local=taken_local,
        offset=offset,
        albums=_join(metadata.albums, _find_albums(albums, owner, body.get("albums"))),
        created_at=None if created_at is None else validation.moment(created_at, "created_at"),
        photo_id=None if photo_id is None else validation.photo_id(photo_id),
    )


def _read_dismissed_tags(value: Any) -> tuple[str, ...]:
    return () if value is None else validation.search_tags(value, "dismissed_tags", max_tags=MAX_DISMISSED_TAGS)


def _find_album(albums: AlbumLookup, owner: str, name: Any) -> str:
    album_id = albums.find(owner, name) if isinstance(name, str) else None
    if album_id is None:
        raise Invalid(
            "album must be the id of an album that you can add to, or the exact title of one of your own.",
            field="album",
        )
    return album_id


def _find_albums(albums: AlbumLookup, owner: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    ids = validation.album_ids(value, max_ids=MAX_ALBUMS)
    found = albums.find_ids(owner, ids) if ids else frozenset()
    if missing := next((number for number, album_id in enumerate(ids, 1) if album_id not in found), None):
        raise Invalid(f"albums must be ids of albums that you can add to; number {missing} is not.", field="albums")
    return ids


def _join(first: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    joined = tuple(dict.fromkeys((*first, *others)))
    if len(joined) > MAX_ALBUMS:
        raise Invalid(f"A photo can be in at most {MAX_ALBUMS} albums.", field="albums")
    return joined
