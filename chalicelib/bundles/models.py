"""Bundles: photos to take away, cut into volumes, and how far the work on them has come.

A bundle is one record with a row for each of its volumes; the state of the whole is read off the volumes, so that
no two of them can disagree about it. Which photos go into a volume is written down once, in its plan.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from chalicelib.bundles.zip import Entry, Skipped, unique_names
from chalicelib.errors import Expired, Invalid, NotFound
from chalicelib.library.photo import Photo
from chalicelib.util.signing import sign, verify

BUNDLE_LIFETIME = timedelta(hours=24)
MAX_ATTEMPTS = 5
# What the record of a volume names of its skipped originals; the list in the zip names all.
MAX_SKIPPED_STORED = 100


class BundleState(StrEnum):
    """How far a bundle has come."""

    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Volume:
    """One zip of a bundle: what is planned, what is done, and who is at it. Bytes of originals; `size` of the zip."""

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
        """Whether its zip is there."""
        return self.size is not None

    def is_leased(self, now: datetime) -> bool:
        """Whether a worker has it in hand; one who did not write for so long is dead."""
        return self.worker is not None and self.lease_expires_at is not None and self.lease_expires_at > now

    def has_failed(self, now: datetime) -> bool:
        """Whether nobody will try again."""
        return not self.is_built and (
            self.reason is not None or (self.attempts >= MAX_ATTEMPTS and not self.is_leased(now))
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """Photos that somebody wants to take away, in volumes. Bytes of the originals, times in UTC."""

    bundle_id: str
    owner: str
    created_at: datetime
    expires_at: datetime
    notify: bool
    volumes: tuple[Volume, ...]

    @property
    def photos(self) -> int:
        """How many photos are to go into it."""
        return sum(volume.photos for volume in self.volumes)

    @property
    def bytes(self) -> int:
        """How many bytes their originals have."""
        return sum(volume.bytes for volume in self.volumes)

    def state(self, now: datetime) -> BundleState:
        """How far it has come by now."""
        if now >= self.expires_at:
            return BundleState.EXPIRED
        if any(volume.has_failed(now) for volume in self.volumes):
            return BundleState.FAILED
        if all(volume.is_built for volume in self.volumes):
            return BundleState.READY
        return BundleState.BUILDING if any(volume.attempts for volume in self.volumes) else BundleState.QUEUED

    def volume(self, number: int) -> Volume | None:
        """The volume of this number, from 1."""
        return next((volume for volume in self.volumes if volume.number == number), None)


class BundleStore(Protocol):
    """Where bundles are kept; every read is strongly consistent."""

    def add(self, bundle: Bundle) -> None:
        """Keep a new bundle."""

    def get(self, bundle_id: str) -> Bundle | None:
        """The bundle with its volumes, or None."""

    def list_by_owner(self, owner: str) -> list[Bundle]:
        """The owner's bundles, the newest first."""

    def save_volume(self, before: Volume, after: Volume) -> Volume:
        """Replace the row of a volume; answers `after` with its new version. Raises Conflict where it has changed."""

    def remove(self, bundle: Bundle) -> None:
        """Take a bundle away with its volumes."""

    def begin_notification(self, bundle_id: str, now: datetime, until: datetime) -> bool:
        """Whether it is for the caller, until that moment, to tell the owner; False where they were told.

        Raises Conflict where somebody else is just about to.
        """

    def end_notification(self, bundle_id: str, *, sent: bool) -> None:
        """The owner was told, or could not be told now."""


class ManifestStore(Protocol):
    """Where the contents of volumes are written down, and where the volumes themselves come to lie."""

    def write(self, key: str, entries: Iterable[Entry]) -> None:
        """Keep a volume's entries in their order."""

    def read(self, key: str) -> Iterator[Entry]:
        """A volume's entries, as they were written; read as they are needed."""

    def volume_url(self, key: str, lifetime: timedelta) -> str:
        """A signed URL to one finished volume."""

    def remove_files(self, bundle_id: str) -> None:
        """Remove every file of a bundle, and whatever of it was not uploaded to its end."""


def split_into_volumes(photos: Iterable[Photo], max_bytes: int) -> Iterator[list[Entry]]:
    """The volumes: photos in the order given, each volume of at most `largest` bytes, or of one photo over it."""
    volume: list[Photo] = []
    size = 0
    for photo in photos:
        if volume and size + (photo.bytes or 0) > max_bytes:
            yield _entries(volume)
            volume, size = [], 0
        volume.append(photo)
        size += photo.bytes or 0
    if volume:
        yield _entries(volume)


def _entries(photos: list[Photo]) -> list[Entry]:
    safe = unique_names(photo.filename for photo in photos)
    return [
        Entry(
            photo_id=photo.photo_id,
            key=photo.key,
            version=photo.object_version or "",
            bytes=photo.bytes or 0,
            name=name,
            timestamp=photo.sorted_at,
        )
        for photo, name in zip(photos, safe, strict=True)
    ]


def new_volume(bundle_id: str, number: int, entries: list[Entry]) -> Volume:
    """The row of a volume that nobody has begun."""
    return Volume(bundle_id, number, photos=len(entries), bytes=sum(entry.bytes for entry in entries))


def volume_key(bundle_id: str, number: int) -> str:
    """Where a volume's zip lies in the bundles bucket."""
    return f"{bundle_id}/volume-{number:04d}.zip"


def manifest_key(bundle_id: str, number: int) -> str:
    """Where a volume's plan lies in the bundles bucket."""
    return f"{bundle_id}/manifest-{number:04d}.jsonl"


def link_token(bundle: Bundle, number: int, secret: str) -> str:
    """What stands in the link to a volume: bundle, number and expiry, sealed, so that nobody can guess or alter it."""
    expires = int(bundle.expires_at.timestamp())
    return sign(f"{bundle.bundle_id}/{number}/{expires}", context=("bundle",), secret=secret)


def parse_link_token(token: str, now: datetime, secret: str) -> tuple[str, int]:
    """The bundle and the volume that a link leads to; raises NotFound for any other text, Expired after its time."""
    try:
        bundle_id, number, expires = verify(token, context=("bundle",), secret=secret).split("/")
    except Invalid:
        raise NotFound("There is no such link.") from None
    if now.timestamp() >= int(expires):
        raise Expired("This link has expired. Download the photos again.")
    return bundle_id, int(number)
