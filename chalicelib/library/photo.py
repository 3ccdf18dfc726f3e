"""The photo: the immutable record of one original, the rules for its fields, and the port to the photo store.

A change is a new record; the store commits the pair (before, after).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from chalicelib.errors import Invalid
from chalicelib.library.guest import Guest
from chalicelib.library.label import Label
from chalicelib.library.memberships import Binary, PendingRows
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import UNKNOWN, Coordinates
from chalicelib.util.exposure import Exposure
from chalicelib.util.text import repeat_until_stable, without_invisible

MAX_TAGS = 20
MAX_TAG_CHARACTERS = 64
MAX_RATING = 5
MAX_ALBUMS = 20
MILLIONTHS = 1_000_000
DEFAULT_WEIGHT = 500_000
# Two shapes of one character, as in names; as tags they are one.
IDEOGRAPHIC_VARIANTS = re.compile("[\U000e0100-\U000e01ef]")


class State(StrEnum):
    """The state of a photo.

    The last two are hidden from everyone: the original of a `REMOVED` photo was deleted from the bucket; an `ERASED`
    photo was deleted permanently by its owner, and its original goes too.
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
    """Who may see a photo besides its owner."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Derivative:
    """An image made from an original: its key in the derivatives bucket, type, size in pixels and bytes."""

    key: str
    mime: str
    format: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Photo:
    """The record of one original. Weight in millionths, bytes in bytes, moments in UTC.

    A direct drop gets the same id each time its key is uploaded; `generation` tells its records apart.
    `labels` come from the labeler, in the version `labeler`, with an `embedding` if it has one; `label` and `user_tags`
    come from the user; the labeler never restores `dismissed_labels`. `camera_time` is what the file says of when it
    was taken, as of `reader_revision` of the code that reads files, and `corrected_time` what the user says instead.
    What the file says of its subject is in `keywords`, which are tags, and in the fields `file_…`; `own_…` is what the
    user says instead, None if nothing: an empty text, place or rating is a removed one, as are unknown coordinates.
    `file_place` follows from the coordinates, also from those of the user. A place is names, the most specific first.
    `albums` are the ids of those that it is in, at most 20, also while it is in none of their lists because it is not
    ready. A photo that a `guest` added may wait for the owner of an album to let it in: of `review_album`.
    `words` are those that searches in the owner's library find the photo by, `public_words` the ones that others may
    use, as of `index_revision` of the rules; both belong to the store.
    `perceptual_hash`, 16 bytes, is that of its small image, by which near-duplicates are found; empty if unknown.
    `keep_groups` names the groups of near-duplicates that its owner kept it in, the last ones.
    `worker` holds the lease on the photo until `due_at`. `attempts` counts the workers that died while processing it,
    `failure_count` the scheduled runs in a row that failed on it. A photo is `incomplete` if its original ends early or
    is damaged, so that pixels are missing. It is `recovered` if it came back from its original without all that its
    record held. `pending_rows` belongs to the store. Only a tombstone has `expires_at`: a hidden record whose files are
    deleted, and which the store deletes then.
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
    keywords: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    labeler: str = ""
    embedding: bytes = b""
    perceptual_hash: bytes = b""
    keep_groups: tuple[str, ...] = ()
    dismissed_labels: tuple[str, ...] = ()
    reason: str | None = None
    duplicate_of: str | None = None
    camera_time: CaptureTime | None = None
    corrected_time: CaptureTime | None = None
    reader_revision: int = 0
    camera: str | None = None
    lens: str | None = None
    exposure: Exposure | None = None
    file_coordinates: Coordinates | None = None
    own_coordinates: Coordinates | None = None
    file_caption: str | None = None
    own_caption: str | None = None
    file_rating: int | None = None
    own_rating: int | None = None
    file_place: tuple[str, ...] = ()
    own_place: tuple[str, ...] | None = None
    favorite: bool = False
    albums: tuple[str, ...] = ()
    guest: Guest | None = None
    review_album: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    format: str | None = None
    placeholder: str | None = None
    incomplete: bool = False
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
    recovered: bool = False
    due_at: datetime | None = None
    words: tuple[str, ...] = ()
    public_words: tuple[str, ...] = ()
    index_revision: int = 0
    pending_rows: PendingRows | None = None
    expires_at: datetime | None = None
    generation: str = ""
    version: int = 0

    @property
    def tags(self) -> tuple[str, ...]:
        """The label, the user's tags, the file's keywords and the labels, in this order; unique, at most 20."""
        label = (self.label,) if self.label else ()
        return tuple(dict.fromkeys((*label, *self.user_tags, *self.keywords, *self.label_names)))[:MAX_TAGS]

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the labels, in their order."""
        return tuple(label.name for label in self.labels)

    @property
    def caption(self) -> str:
        """The caption by the user, else the file's; empty if there is none."""
        return self.own_caption if self.own_caption is not None else self.file_caption or ""

    @property
    def rating(self) -> int:
        """1 to 5 stars by the user, else the file's; 0 if there are none."""
        return self.own_rating if self.own_rating is not None else self.file_rating or 0

    @property
    def coordinates(self) -> Coordinates | None:
        """Where the photo was taken, by the user, else by the file; None if that is unknown."""
        known = self.own_coordinates if self.own_coordinates is not None else self.file_coordinates
        return None if known == UNKNOWN else known

    @property
    def place(self) -> tuple[str, ...]:
        """The names of the place by the user, else by the coordinates, the most specific first."""
        return self.own_place if self.own_place is not None else self.file_place

    @property
    def capture_time(self) -> CaptureTime | None:
        """When the photo was taken: as the user corrected it, else as the file says."""
        return self.corrected_time or self.camera_time

    @property
    def local_time(self) -> datetime | None:
        """When the photo was taken by the camera's clock, or None if that is unknown."""
        return self.capture_time.local if self.capture_time else None

    @property
    def next_due_at(self) -> datetime | None:
        """When the schedule next has something to do for this photo: to complete a change, or what is due."""
        times = (self.pending_rows.due_at if self.pending_rows else None, self.due_at)
        return min((time for time in times if time is not None), default=None)

    @property
    def sort_time(self) -> CaptureTime:
        """The time that collections are sorted by: when the photo was taken, else when it was received, in UTC."""
        return self.capture_time or CaptureTime(self.received_at.astimezone(UTC).replace(tzinfo=None))

    @property
    def claim(self) -> str | None:
        """The sha256 this photo claims for its owner, so that the same bytes appear only once; None unless ready.

        The photo of a guest claims nothing, so that no guest can find out which bytes the owner has.
        """
        return self.sha256 if self.state is State.READY and self.guest is None else None

    @property
    def fingerprint(self) -> Binary:
        """What similar photos are found by: the perceptual hash and, if there is one, the embedding."""
        return self.perceptual_hash + self.embedding if self.perceptual_hash else b""

    def visible_to(self, viewer: str | None) -> bool:
        """Whether this viewer may see the photo; None is an anonymous viewer."""
        if self.state in HIDDEN_STATES:
            return False
        if viewer is not None and viewer == self.owner:
            return True
        return self.state is State.READY and self.visibility is Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry of the due list: a photo id and the time it became due; also the cursor of the list."""

    due_at: datetime
    photo_id: str


class PhotoStore(Protocol):
    """Stores photos together with the memberships and totals derived from them."""

    def get(self, photo_id: str) -> Photo | None:
        """The photo, or None; strongly consistent."""

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        """Those of these photos that exist, by id; strongly consistent."""

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        """Replace one record and everything derived from it; returns `after` with its new version.

        A change too large for one transaction is written in several: the first one replaces the record, the others
        follow with the rest of its collections, at the latest by the next commit of the photo.
        Raises Conflict if `before` is not what is stored, or if `after` becomes a duplicate of a photo that no longer
        holds the claim on these bytes; ContentClaimed if another photo holds the claim that `after` needs.
        The photo joins only albums that exist: the others are left out of what is stored.
        """

    def remove(self, photo: Photo) -> None:
        """Delete one record and everything derived from it; raises Conflict if it has changed."""

    def claim_holder(self, owner: str, sha256: str) -> str | None:
        """The id of the photo that holds this owner's claim on these bytes, or None."""

    def claim_holders(self, owner: str, digests: Iterable[str]) -> dict[str, str]:
        """The ids of the photos that hold this owner's claims on these bytes, by sha256; strongly consistent."""

    def list_due(self, now: datetime, after: DueEntry | None, limit: int) -> list[DueEntry]:
        """Entries with `next_due_at` up to `now`, the longest overdue first, after a cursor; eventually consistent."""


def clean_tag(text: str) -> str:
    """A tag as it is stored, so that tags that look alike are one; raises Invalid if empty or over 64 characters.

    NFKC, casefolded, single spaces, no invisible characters but those that a script or an emoji needs. Idempotent.
    """
    tag = repeat_until_stable(_fold, text)
    if not tag:
        raise Invalid("A tag must not be empty.", field="tags")
    if len(tag) > MAX_TAG_CHARACTERS:
        raise Invalid(f"A tag can have at most {MAX_TAG_CHARACTERS} characters; this one has {len(tag)}.", field="tags")
    if tag[0] in "*!":
        raise Invalid("A tag must not begin with * or !.", field="tags")
    return tag


def _fold(text: str) -> str:
    spaced = IDEOGRAPHIC_VARIANTS.sub("", without_invisible(" ".join(text.split())))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", spaced).casefold())
    return " ".join(folded.split())


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Cleaned tags, unique, in the given order; raises Invalid over 20."""
    cleaned = tuple(dict.fromkeys(clean_tag(tag) for tag in tags))
    if len(cleaned) > MAX_TAGS:
        raise Invalid(f"A photo can have at most {MAX_TAGS} tags; the request has {len(cleaned)}.", field="tags")
    return cleaned


def clean_weight(value: object) -> int:
    """A weight 0 < w < 1 with at most 6 decimal places, in millionths; raises Invalid for anything else."""
    error = Invalid("weight must be greater than 0 and less than 1, with at most 6 decimal places.", field="weight")
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise error
    try:
        millionths = Decimal(str(value).strip()) * MILLIONTHS
        # Compare first: int() of 1e999999999 would never return.
        if not 0 < millionths < MILLIONTHS or millionths != int(millionths):
            raise error
    except ArithmeticError:
        raise error from None
    return int(millionths)


def clean_visibility(value: object) -> Visibility:
    """The visibility `public` or `private`; raises Invalid for anything else."""
    try:
        return Visibility(str(value))
    except ValueError:
        raise Invalid("status must be public or private.", field="status") from None
