"""Originals: what lies in the bucket, whose it is, and which names are no pictures at all.

The way in for everything: a key of the originals bucket becomes the record of a photo here, before
anybody has looked at its bytes.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import IO, Protocol
from urllib.parse import unquote

from chalicelib.errors import Invalid
from chalicelib.library.photo import (
    DEFAULT_WEIGHT,
    MAX_TAGS,
    Photo,
    State,
    Visibility,
    clean_filename,
    clean_tag,
    clean_visibility,
    clean_weight,
)

# Our own uploads lie below this prefix, and nothing below it is ever a direct drop.
UPLOAD_PREFIX = "uploads/"
SIDECARS = (".xmp", ".json", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Original:
    """One object as it is in the bucket now. Size in bytes; `version` is S3's version id."""

    key: str
    version: str
    size: int
    stored_at: datetime
    metadata: Mapping[str, str]


class OriginalStore(Protocol):
    """The bucket of originals, in the words of this library."""

    def head(self, key: str) -> Original | None:
        """What lies under the key now, or None."""

    def download(self, original: Original, into: IO[bytes]) -> None:
        """Write that version's bytes; raises Conflict where the version is gone."""

    def tag_state(self, original: Original, state: State) -> None:
        """Note on the object itself that it was dealt with, and how; a version that is gone is let be."""


def is_sidecar(key: str) -> bool:
    """Folder markers and the files that tools leave beside pictures: never a photo, never an error."""
    return key.endswith("/") or key.rpartition("/")[2].lower().endswith(SIDECARS)


def upload_key(owner: str, photo_id: str, filename: str) -> str:
    """The key of one of our own uploads: `uploads/{owner}/{photo_id}/{filename}`; the filename is one segment."""
    return f"{UPLOAD_PREFIX}{owner}/{photo_id}/{filename}"


def is_upload(key: str) -> bool:
    """Whether the key lies where only our own uploads do."""
    return key.startswith(UPLOAD_PREFIX)


def photo_id_from_key(key: str) -> str | None:
    """The photo id in the key of an upload, or None for any other key; proves nothing by itself."""
    parts = key.split("/")
    return parts[2] if is_upload(key) and len(parts) == 4 else None


def direct_drop_id(bucket: str, key: str, secret: str) -> str:
    """The id of a file dropped straight into the bucket: HMAC-SHA256 of bucket and key, 32 hex digits.

    Deterministic, so that a redelivered event finds the same photo; keyed, so that nobody can compute
    the id of a private photo from its name.
    """
    return hmac.digest(secret.encode(), f"{bucket}/{key}".encode(), sha256).hex()[:32]


def photo_from_drop(
    original: Original, *, photo_id: str, owner: str, visibility: Visibility, heat: Callable[[datetime], int]
) -> Photo:
    """The record of a direct drop, with what its metadata says; a word that breaks the rules is left out.

    A file dropped with any S3 tool has nobody to tell an error to, and a bad tag is no reason to refuse
    a picture.
    """
    said = {name.lower(): unquote(value) for name, value in original.metadata.items()}
    return Photo(
        photo_id=photo_id,
        owner=owner,
        key=original.key,
        filename=clean_filename(original.key),
        received_at=original.stored_at,
        heat=heat(original.stored_at),
        state=State.PROCESSING,
        visibility=_or(visibility, lambda: clean_visibility(said["status"])),
        weight=_or(DEFAULT_WEIGHT, lambda: clean_weight(said["weight"])),
        label=_or(None, lambda: clean_tag(said["label"])),
        user_tags=_words(said.get("tags", "")),
    )


def _words(said: str) -> tuple[str, ...]:
    words = (_or("", partial(clean_tag, word)) for word in said.split(","))
    return tuple(dict.fromkeys(filter(None, words)))[:MAX_TAGS]


def _or[T](default: T, read: Callable[[], T]) -> T:
    try:
        return read()
    except (Invalid, KeyError):
        return default
