"""The photo: the record of one original, and the rules that hold for its fields.

Everything else hangs on this noun. The record is immutable; a change is a new record, and the pair
(before, after) is what the catalogue is asked to commit.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from chalicelib.errors import Invalid

MAX_TAGS = 20
MAX_TAG_CHARACTERS = 64
MILLIONTHS = 1_000_000
DEFAULT_WEIGHT = 500_000
MAX_FILENAME_BYTES = 255
MAX_EXTENSION_BYTES = 16
# What files of each type that derivatives are written in are called, the usual first; and of those that become JPEG.
EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/avif": (".avif",),
}
IMAGE_EXTENSIONS = frozenset({".heic", ".heif", ".tif", ".tiff"}.union(*EXTENSIONS.values()))


class State(StrEnum):
    """Where a photo stands on its way.

    The last two are seen by nobody and wait for their files to go: `REMOVED` has lost its original,
    `ERASED` was deleted for ever by its owner, and its original goes too.
    """

    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    TRASHED = "trashed"
    REMOVED = "removed"
    ERASED = "erased"


HIDDEN_STATES = frozenset({State.REMOVED, State.ERASED})


class Visibility(StrEnum):
    """Who may see a photo beside its owner."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Derivative:
    """An image made from an original: where it lies in the derivatives bucket, and what it is."""

    key: str
    mime: str
    format: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Photo:
    """One original and all that is known of it. Weight in millionths, bytes in bytes, times in UTC.

    The id of a dropped file comes back when the file is dropped again; `birth` tells the two records apart.
    `unwanted` are labels that a person has taken away: no labeller brings them back. Whoever has the photo
    in hand is its `worker`, until `due_at`. `attempts` counts the deaths over it, `setbacks` how often in a row the
    schedule could not look after it.
    """

    photo_id: str
    owner: str
    key: str
    filename: str
    received_at: datetime
    heat: int
    state: State
    visibility: Visibility = Visibility.PRIVATE
    weight: int = DEFAULT_WEIGHT
    label: str | None = None
    user_tags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    dismissed_labels: tuple[str, ...] = ()
    reason: str | None = None
    duplicate_of: str | None = None
    taken_at: datetime | None = None
    camera: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    format: str | None = None
    placeholder: str | None = None
    sha256: str | None = None
    derivatives: Mapping[str, Derivative] = field(default_factory=dict)
    finished_at: datetime | None = None
    trashed_at: datetime | None = None
    duration_ms: int | None = None
    event: Mapping[str, Any] = field(default_factory=dict)
    object_version: str | None = None
    worker: str | None = None
    attempts: int = 0
    failure_count: int = 0
    labels_pending: bool = False
    due_at: datetime | None = None
    generation: str = ""
    version: int = 0

    @property
    def tags(self) -> tuple[str, ...]:
        """People's words first, then what the labeller found; at most 20, each once."""
        own = (self.label,) if self.label else ()
        return tuple(dict.fromkeys((*own, *self.user_tags, *self.labels)))[:MAX_TAGS]

    @property
    def sorted_at(self) -> datetime:
        """The time a photo is listed under: when it was taken, else when it came."""
        return self.taken_at or self.received_at

    @property
    def claim(self) -> str | None:
        """The sha256 this photo holds for its owner, so that the same bytes are not shown twice."""
        return self.sha256 if self.state is State.READY else None

    def visible_to(self, viewer: str | None) -> bool:
        """Whether this caller may know of the photo at all; `None` is somebody anonymous."""
        if self.state in HIDDEN_STATES:
            return False
        if viewer is not None and viewer == self.owner:
            return True
        return self.state is State.READY and self.visibility is Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class DueEntry:
    """A place in the due list: a photo, and since when it waits."""

    due_at: datetime
    photo_id: str


class PhotoStore(Protocol):
    """Where photos are kept, together with everything that is counted from them."""

    def get(self, photo_id: str) -> Photo | None:
        """The photo as it is now, or None; strongly consistent."""

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        """Those of at most 100 photos that exist, by id; strongly consistent."""

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        """Replace one record and all that follows from it at once; answers `after` with its new version.

        Raises Conflict where `before` is no longer what is stored, or where the photo that `after` becomes
        a duplicate of does not hold the bytes any more; ContentClaimed where another photo holds them.
        """

    def remove(self, photo: Photo) -> None:
        """Take one record away, with all that follows from it; raises Conflict where it has changed."""

    def claim_holder(self, owner: str, sha256: str) -> str | None:
        """The photo that holds these bytes for this owner, or None."""

    def list_due(self, now: datetime, after: DueEntry | None, limit: int) -> list[DueEntry]:
        """Photos whose `due_at` has come, the longest overdue first, behind a place; may lag behind the records."""


def clean_tag(word: str) -> str:
    """One tag as it is stored: NFKC, casefolded, single spaces; raises Invalid over 64 characters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    tag = " ".join(folded.split())
    tag = "".join(c for c in tag if unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    if not tag:
        raise Invalid("A tag must not be empty.", field="tags")
    if len(tag) > MAX_TAG_CHARACTERS:
        raise Invalid(f"A tag has at most {MAX_TAG_CHARACTERS} characters; this one has {len(tag)}.", field="tags")
    if tag[0] in "*!":
        raise Invalid("A tag must not begin with * or !.", field="tags")
    return tag


def clean_tags(words: Iterable[str]) -> tuple[str, ...]:
    """A photo's words, each once, in the order given; raises Invalid over 20."""
    tags = tuple(dict.fromkeys(clean_tag(word) for word in words))
    if len(tags) > MAX_TAGS:
        raise Invalid(f"A photo has at most {MAX_TAGS} tags; these are {len(tags)}.", field="tags")
    return tags


def clean_weight(value: object) -> int:
    """A weight 0 < w < 1 with at most 6 decimal places, in millionths; raises Invalid."""
    problem = Invalid("weight must be a number over 0 and under 1, with at most 6 decimal places.", field="weight")
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise problem
    try:
        millionths = Decimal(str(value).strip()) * MILLIONTHS
        # Compared before it is converted: int() of 1e999999999 would never end.
        if not 0 < millionths < MILLIONTHS or millionths != int(millionths):
            raise problem
    except ArithmeticError:
        raise problem from None
    return int(millionths)


def clean_visibility(value: object) -> Visibility:
    """`public` or `private`; raises Invalid."""
    try:
        return Visibility(str(value))
    except ValueError:
        raise Invalid("status must be public or private.", field="status") from None


def clean_filename(name: str) -> str:
    """One path segment, safe in a key and in a header: no control characters, no path parts, at most 255 bytes."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    # S3 puts the name of the sent file in the place of this word, wherever a form's key holds it.
    name = name.replace("${filename}", "filename")
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" or c == "\u200d")
    name = name.strip().strip(".") if name.strip(". ") else ""
    return truncate_filename(name or "untitled", MAX_FILENAME_BYTES)


def truncate_filename(name: str, limit: int) -> str:
    """The name within `limit` UTF-8 bytes, its extension kept."""
    if len(name.encode()) <= limit:
        return name
    stem, extension = split_extension(name)
    room = limit - len(extension.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + extension


def split_extension(name: str) -> tuple[str, str]:
    """The name without its extension, and the extension with its dot; what is longer than 16 bytes is none."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if dot and len(extension.encode()) <= MAX_EXTENSION_BYTES else (name, "")


def filename_for_type(mime: str, filename: str) -> str:
    """What a photo of this name is called in another type: with an extension of that type, in the place of its own."""
    stem, extension = split_extension(filename)
    if extension.casefold() in EXTENSIONS[mime]:
        return filename
    return truncate_filename(
        (stem if extension.casefold() in IMAGE_EXTENSIONS else filename) + EXTENSIONS[mime][0], MAX_FILENAME_BYTES
    )
