"""Originals: objects of the originals bucket, their keys, and the photo ids and records made from them."""

import hmac
import re
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import IO, Protocol
from urllib.parse import unquote

from chalicelib.errors import Invalid
from chalicelib.library.filenames import clean_filename
from chalicelib.library.photo import (
    DEFAULT_WEIGHT,
    MAX_TAGS,
    Photo,
    State,
    Visibility,
    clean_tag,
    clean_tags,
    clean_visibility,
    clean_weight,
)

# Uploads through the API have this prefix; an object below it is never a direct drop.
UPLOAD_PREFIX = "uploads/"
# The backup has this one. Its folder is one that `is_sidecar` ignores.
BACKUP_PREFIX = ".tintype/backup/"
# The S3 metadata of a derivative that names the version of the original that it was made from.
ORIGINAL_VERSION = "original-version"
INVALID = object()
# What systems and programs leave next to photos: names of files, and of folders with all that is in them.
# The page skips the same ones (`web/src/core/folder-reader.ts`).
IGNORED_FILE = (
    r"^\._|^\.[^.]*$|^\.(trashed|pending)-|"
    r"^((eh)?thumbs(_vista)?\.db|\.?(desktop|picasa)\.ini|icon\r)$|\.(xmp|json|aae)$"
)
IGNORED_FOLDER = r"^\.[^.]|^(__macosx|@eadir|\$recycle\.bin|system volume information|lost\+found)$"


type FindAlbum = Callable[[str], str | None]
"""The id of the album that has this id or title and that the owner can add to, or None."""


@dataclass(frozen=True, slots=True)
class IgnoredMetadata:
    """The names of metadata fields that a photo does not have the values of, by reason."""

    invalid: tuple[str, ...] = ()
    superseded: tuple[
        str, ...
    ] = ()  # the photo existed before and keeps its fields, as its owner may have changed them


@dataclass(frozen=True, slots=True)
class Original:
    """One object version of the originals bucket: size in bytes, S3's version id and user metadata."""

    key: str
    version: str
    size: int
    stored_at: datetime
    metadata: Mapping[str, str]


class OriginalStore(Protocol):
    """Reads the originals bucket."""

    def head(self, key: str) -> Original | None:
        """The current version of the object at this key, or None."""

    def download(self, original: Original, into: IO[bytes]) -> None:
        """Write the bytes of this version to a file; raises Conflict if the version does not exist any more."""

    def tag_state(self, original: Original, state: State) -> None:
        """Tag this object version with the state of its photo; does nothing if the version does not exist any more."""


def is_sidecar(key: str) -> bool:
    """Whether the key is a folder marker or a file that systems leave next to photos, which ingest ignores.

    An upload is neither: each has a record, which must not wait for it forever.
    """
    if is_upload(key):
        return False
    *folders, name = key.split("/")
    return not name or _matches(IGNORED_FILE, name) or any(_matches(IGNORED_FOLDER, folder) for folder in folders)


def upload_key(owner: str, photo_id: str, filename: str) -> str:
    """The object key of an upload: `uploads/{owner}/{photo_id}/{filename}`; the filename is one path segment."""
    return f"{UPLOAD_PREFIX}{owner}/{photo_id}/{filename}"


def is_upload(key: str) -> bool:
    """Whether the key has the prefix of uploads."""
    return key.startswith(UPLOAD_PREFIX)


def photo_id_from_key(key: str) -> str | None:
    """The photo id in the key of an upload, or None; the record must confirm it."""
    parts = key.split("/")
    return parts[2] if is_upload(key) and len(parts) == 4 else None


def direct_drop_ids(bucket: str, key: str, secret: str) -> tuple[str, str]:
    """The photo ids that a direct drop can have: the halves of HMAC-SHA256 of bucket and key, 32 hex digits each.

    It has the first one unless an import has chosen that for an upload. Deterministic, so that a redelivered event
    finds the same photo; keyed, so that the id of a private photo cannot be computed from its name.
    """
    digest = hmac.digest(secret.encode(), f"{bucket}/{key}".encode(), sha256).hex()
    return digest[:32], digest[32:]


def photo_from_drop(
    original: Original,
    *,
    photo_id: str,
    owner: str,
    visibility: Visibility,
    heat: Callable[[datetime], int],
    find_album: FindAlbum,
    folder_album: str | None = None,
) -> Photo:
    """The first record of a direct drop, with the fields of its user metadata; invalid values are ignored.

    An invalid tag is no reason to reject an image; `ignored_metadata` names it.
    """
    metadata = _decode(original.metadata)
    album = find_album(metadata["album"]) if "album" in metadata else None
    return Photo(
        photo_id=photo_id,
        owner=owner,
        key=original.key,
        filename=clean_filename(original.key),
        received_at=original.stored_at,
        heat=heat(original.stored_at),
        state=State.PROCESSING,
        visibility=_default_if_invalid(visibility, lambda: clean_visibility(metadata["status"])),
        weight=_default_if_invalid(DEFAULT_WEIGHT, lambda: clean_weight(metadata["weight"])),
        label=_default_if_invalid(None, lambda: clean_tag(metadata["label"])),
        user_tags=_clean_tags(metadata.get("tags", "")),
        albums=tuple(dict.fromkeys(filter(None, (album, folder_album)))),
    )


def ignored_metadata(original: Original, photo: Photo, find_album: FindAlbum) -> IgnoredMetadata:
    """The metadata fields of a direct drop whose values its photo does not have."""
    found, given = _decode(original.metadata), {name.lower() for name in original.metadata}
    parsers: Mapping[str, tuple[Callable[[str], object], Container[object]]] = {
        "tags": (lambda value: clean_tags(tag for tag in value.split(",") if tag.strip()), (photo.user_tags,)),
        "label": (clean_tag, (photo.label,)),
        "weight": (clean_weight, (photo.weight,)),
        "status": (clean_visibility, (photo.visibility,)),
        "album": (lambda value: find_album(value) or INVALID, photo.albums),
    }
    invalid, superseded = [], []
    for name, (parse, current) in parsers.items():
        if name in given:
            value = _default_if_invalid(INVALID, partial(parse, found[name])) if name in found else INVALID
            if value is INVALID:
                invalid.append(name)
            elif value not in current:
                superseded.append(name)
    return IgnoredMetadata(tuple(invalid), tuple(superseded))


def _decode(metadata: Mapping[str, str]) -> dict[str, str]:
    """The values by name, without those that are not UTF-8 in percent-encoding."""
    decoded = {}
    for name, value in metadata.items():
        with suppress(UnicodeDecodeError):
            decoded[name.lower()] = unquote(value, errors="strict")
    return decoded


def _matches(pattern: str, name: str) -> bool:
    return re.search(pattern, name, re.IGNORECASE) is not None


def _clean_tags(value: str) -> tuple[str, ...]:
    tags = (_default_if_invalid("", partial(clean_tag, tag)) for tag in value.split(","))
    return tuple(dict.fromkeys(filter(None, tags)))[:MAX_TAGS]


def _default_if_invalid[T](default: T, read: Callable[[], T]) -> T:
    try:
        return read()
    except (Invalid, KeyError):
        return default
