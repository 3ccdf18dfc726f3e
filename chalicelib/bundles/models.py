"""Bundles: photos to download, split into volumes, and the progress of building them.

A bundle has a record per volume. Its state is derived from its volumes, so that the two cannot disagree. The photos of
a volume are written once, in its manifest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from chalicelib.bundles.zip import Entry, ImageBucket, Skipped, unique_names
from chalicelib.errors import Expired, Invalid, NotFound
from chalicelib.library.filenames import filename_for_type
from chalicelib.library.photo import Photo
from chalicelib.util.signing import sign, verify

BUNDLE_LIFETIME = timedelta(hours=24)
MAX_ATTEMPTS = 5
# The most skipped photos stored in the record of a volume; the list in the zip is complete.
MAX_SKIPPED_STORED = 100


class Variant(StrEnum):
    """Which image of each photo a bundle contains."""

    ORIGINAL = "original"
    RESIZED = "resized"


class BundleState(StrEnum):
    """The progress of a bundle."""

    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Volume:
    """One zip of a bundle: its plan, progress and lease. `bytes` counts images and sidecars, `size` all."""

    bundle_id: str
    number: int
    photos: int
    bytes: int
    photos_done: int = 0
    bytes_done: int = 0
    worker: str | None = None
    lease_expires_at: datetime | None = None
    attempts: int = 0
    size: int | None = None
    skipped: tuple[Skipped, ...] = ()
    reason: str | None = None
    version: int = 0

    @property
    def is_built(self) -> bool:
        """Whether its zip is complete."""
        return self.size is not None

    def is_leased(self, now: datetime) -> bool:
        """Whether a worker has a lease on it; a worker whose lease expired is considered dead."""
        return self.worker is not None and self.lease_expires_at is not None and self.lease_expires_at > now

    def has_failed(self, now: datetime) -> bool:
        """Whether it will not be attempted again."""
        return not self.is_built and (
            self.reason is not None or (self.attempts >= MAX_ATTEMPTS and not self.is_leased(now))
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """Photos to download, in volumes. `bytes` counts images and sidecars; times are in UTC.

    `owner` is whose bundle it is: an owner id, or `share/{share_id}`. The `title`, if any, names the zip files.
    `contents`, if any, is a text that changes with the photos to bundle.
    """

    bundle_id: str
    owner: str
    created_at: datetime
    expires_at: datetime
    notify: bool
    volumes: tuple[Volume, ...]
    title: str = ""
    contents: str = ""

    @property
    def photos(self) -> int:
        """The number of its photos."""
        return sum(volume.photos for volume in self.volumes)

    @property
    def bytes(self) -> int:
        """The total size of their images and sidecars in bytes."""
        return sum(volume.bytes for volume in self.volumes)

    def state(self, now: datetime) -> BundleState:
        """Its state at this time."""
        if now >= self.expires_at:
            return BundleState.EXPIRED
        if any(volume.has_failed(now) for volume in self.volumes):
            return BundleState.FAILED
        if all(volume.is_built for volume in self.volumes):
            return BundleState.READY
        return BundleState.BUILDING if any(volume.attempts for volume in self.volumes) else BundleState.QUEUED

    def volume(self, number: int) -> Volume | None:
        """The volume with this number, counted from 1, or None."""
        return next((volume for volume in self.volumes if volume.number == number), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a volume. One given to an API key works as long as the key."""

    bundle_id: str
    number: int
    key_id: str | None = None


class BundleStore(Protocol):
    """Stores bundles; all reads are strongly consistent."""

    def has_room(self, owner: str, max_bundles: int, now: datetime) -> bool:
        """Whether the owner has fewer than `max_bundles` bundles that have not expired."""

    def add(self, bundle: Bundle, *, max_bundles: int) -> None:
        """Add a bundle; raises Conflict if its owner has `max_bundles`, however many are added at the same time."""

    def get(self, bundle_id: str) -> Bundle | None:
        """The bundle with its volumes, or None."""

    def list_by_owner(self, owner: str) -> list[Bundle]:
        """The owner's bundles, newest first."""

    def save_volume(self, before: Volume, after: Volume) -> Volume:
        """Replace the record of a volume; returns `after` with its new version. Raises Conflict if it has changed."""

    def remove(self, bundle: Bundle) -> None:
        """Delete a bundle with its volumes."""

    def begin_notification(self, bundle_id: str, now: datetime, until: datetime) -> bool:
        """Claim the notification of the owner until that time; returns False if it was already sent.

        Raises Conflict if another worker has claimed it.
        """

    def end_notification(self, bundle_id: str, *, sent: bool) -> None:
        """Record that the notification was sent, or release the claim."""


class ManifestStore(Protocol):
    """Stores the manifests of volumes, next to the volumes themselves."""

    def write(self, key: str, entries: Iterable[Entry]) -> None:
        """Write the entries of a volume in order."""

    def read(self, key: str) -> Iterator[Entry]:
        """The entries of a volume in order."""

    def volume_url(self, key: str, lifetime: timedelta, method: str = "GET") -> str:
        """A URL of a finished volume, signed for GET or HEAD."""

    def remove_files(self, bundle_id: str) -> None:
        """Delete all files of a bundle and abort its unfinished uploads."""


def image_entry(photo: Photo, variant: Variant) -> Entry:
    """The entry of this image of a ready photo; its name is not unique yet."""
    original = Entry(
        photo_id=photo.photo_id,
        key=photo.key,
        version=photo.object_version or "",
        bytes=photo.bytes or 0,
        name=photo.filename,
        timestamp=photo.sort_time.local.replace(tzinfo=UTC),  # zip files have no time zones
    )
    if variant is Variant.ORIGINAL:
        return original
    resized = photo.derivatives[variant]
    name = filename_for_type(resized.mime, photo.filename)
    return replace(original, key=resized.key, bytes=resized.bytes, name=name, bucket=ImageBucket.DERIVATIVES)


def split_into_volumes(entries: Iterable[Entry], max_bytes: int) -> Iterator[list[Entry]]:
    """Split entries, in order, into volumes of at most `max_bytes`, or of a single larger image; names are unique."""
    volume: list[Entry] = []
    size = 0
    for entry in entries:
        if volume and size + entry.total_bytes > max_bytes:
            yield _with_unique_names(volume)
            volume, size = [], 0
        volume.append(entry)
        size += entry.total_bytes
    if volume:
        yield _with_unique_names(volume)


def _with_unique_names(entries: list[Entry]) -> list[Entry]:
    names = unique_names((entry.name for entry in entries), (bool(entry.sidecar) for entry in entries))
    return [replace(entry, name=name) for entry, name in zip(entries, names, strict=True)]


def new_volume(bundle_id: str, number: int, entries: list[Entry]) -> Volume:
    """The record of a volume that no worker has started."""
    return Volume(bundle_id, number, photos=len(entries), bytes=sum(entry.total_bytes for entry in entries))


def volume_key(bundle_id: str, number: int) -> str:
    """The key of a volume in the bundles bucket."""
    return f"{bundle_id}/volume-{number:04d}.zip"


def manifest_key(bundle_id: str, number: int) -> str:
    """The key of a volume's manifest in the bundles bucket."""
    return f"{bundle_id}/manifest-{number:04d}.jsonl"


def link_token(bundle: Bundle, number: int, secret: str, key_id: str | None = None) -> str:
    """The signed token in the link to a volume: bundle, number, expiry, and the API key that the link is given to."""
    expires = int(bundle.expires_at.timestamp())
    return sign(f"{bundle.bundle_id}/{number}/{expires}/{key_id or ''}", context=("bundle",), secret=secret)


def parse_link_token(token: str, now: datetime, secret: str) -> Link:
    """The link of a token; raises NotFound if the token is invalid, Expired after its expiry."""
    try:
        bundle_id, number, expires, key_id = verify(token, context=("bundle",), secret=secret).split("/")
    except Invalid:
        raise NotFound("Link not found.") from None
    if now.timestamp() >= int(expires):
        raise Expired("This link has expired. Download the photos again.")
    return Link(bundle_id, int(number), key_id or None)
