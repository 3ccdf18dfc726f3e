"""Creates bundles and builds their volumes.

A request is planned at once, because the response contains the size of the bundle. Each volume is then a message in a
queue, built by one worker. A message that is delivered twice builds once, and if a worker dies another takes over.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Protocol

from chalicelib.accounts.notifications import Delivery, MessageLimit
from chalicelib.bundles.models import (
    BUNDLE_LIFETIME,
    MAX_ATTEMPTS,
    MAX_SKIPPED_STORED,
    Bundle,
    BundleState,
    BundleStore,
    ManifestStore,
    Variant,
    Volume,
    image_entry,
    link_token,
    manifest_key,
    new_volume,
    parse_link_token,
    split_into_volumes,
    volume_key,
)
from chalicelib.bundles.selection import check_count
from chalicelib.bundles.zip import BuiltVolume, Entry, safe_name
from chalicelib.errors import Conflict, Expired, NotFound, Unavailable
from chalicelib.library.collections import position
from chalicelib.library.photo import Photo

MAX_BUNDLES = 200
URL_LIFETIME = timedelta(minutes=15)
# A worker saves its progress every second and renews its lease; without a renewal the lease expires.
VOLUME_LEASE = timedelta(minutes=1)
PROGRESS_INTERVAL = timedelta(seconds=1)
# Messages of volumes are sent before the record is written, so that no record waits for one that was never sent.
RECORD_DELAY_LIMIT = timedelta(minutes=1)
NOTIFICATION = 0  # in place of a volume's number: the message only sends the notification
# Nobody tells us when an address is confirmed, so it is looked up again after half the age of the bundle.
MIN_NOTIFICATION_DELAY, MAX_NOTIFICATION_DELAY = timedelta(seconds=5), timedelta(minutes=15)
NO_ADDRESS_LIMIT = timedelta(hours=1)  # for subscriptions that SNS does not list yet, or that are made meanwhile


class InProgress(Conflict):
    """Another worker has the lease on this volume."""


class VolumeQueue(Protocol):
    """The queue of volumes to build."""

    def send(self, bundle_id: str, numbers: Iterable[int], sent_at: datetime, delay: timedelta = timedelta(0)) -> None:
        """Send one message per volume, to arrive after this time; raises Unavailable if any was not accepted."""


class VolumeBuilder(Protocol):
    """Writes the zip of a volume."""

    def build(
        self, key: str, filename: str, entries: Iterable[Entry], on_progress: Callable[[int, int], None]
    ) -> BuiltVolume:
        """Write these images into one zip; reports photos and bytes done, and raises what `on_progress` raises."""


class Notifier(Protocol):
    """Notifies owners."""

    def notify(self, owner: str, subject: str, text: str) -> Delivery:
        """Send the owner a message, if an address of theirs is confirmed; raises Unavailable."""


def without_sidecar(_: Photo) -> bytes:
    """No sidecar."""
    return b""


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """A bundle to create. `owner` is whose it is: an owner id, or `share/{share_id}`; each may have `max_bundles`.

    `photos`, all of them ready, are read once there is room; one that comes twice is included once. The originals of
    other owners than `originals_owner` are never included: their photos are always resized. `sidecar_of` gives the
    sidecar of a photo, empty for none. The zip files are named after the `title`, else after the day.
    """

    owner: str
    photos: Iterable[Photo]
    originals_owner: str
    variant: Variant = Variant.ORIGINAL
    max_bundles: int = MAX_BUNDLES
    title: str = ""
    contents: str = ""
    notify: bool = False
    may_be_empty: bool = False
    sidecar_of: Callable[[Photo], bytes] = without_sidecar


@dataclass(frozen=True, slots=True)
class BundleService:
    """Creates, lists, deletes and builds bundles."""

    store: BundleStore
    manifests: ManifestStore
    queue: VolumeQueue
    builder: VolumeBuilder
    notifier: Notifier
    message_limit: MessageLimit
    is_key_active: Callable[[str], bool]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    max_photos: int
    max_volume_bytes: int
    link_secret: str
    api_url: str

    def create(self, request: BundleRequest) -> Bundle:
        """Plan a bundle and queue its volumes; raises NotFound, Invalid, Conflict at `max_bundles`, errors of `photos`.

        The bundle has `notify` only if the owner's messages of this hour allow another one.
        """
        now, owner = self.now(), request.owner
        if not self.store.has_room(owner, request.max_bundles, now):
            raise Conflict(f"You already have {request.max_bundles} bundles. Delete one first.")
        bundle_id, volumes = self.new_id(), list[Volume]()
        contents = split_into_volumes(self._entries(request), self.max_volume_bytes)
        for number, entries in enumerate(contents, start=1):
            self.manifests.write(manifest_key(bundle_id, number), entries)
            volumes.append(new_volume(bundle_id, number, entries))
        self.queue.send(bundle_id, (volume.number for volume in volumes), now)
        notify = request.notify and self.message_limit.take(owner, bundle_id, now)
        expires_at = now + BUNDLE_LIFETIME
        bundle = Bundle(bundle_id, owner, now, expires_at, notify, tuple(volumes), request.title, request.contents)
        try:
            self.store.add(bundle, max_bundles=request.max_bundles)
        except Conflict:
            self.manifests.remove_files(bundle_id)
            raise
        if not volumes:
            self.queue.send(bundle_id, [NOTIFICATION], now)
        return bundle

    def _entries(self, request: BundleRequest) -> list[Entry]:
        """The images to include, oldest first. Only these stay in memory: records are ten times as large."""
        entries: dict[str, tuple[str, Entry]] = {}
        for photo in request.photos:
            variant = request.variant if photo.owner == request.originals_owner else Variant.RESIZED
            entry = replace(image_entry(photo, variant), sidecar=request.sidecar_of(photo))
            entries[photo.photo_id] = (position(photo.sort_time, photo.photo_id), entry)
            check_count(len(entries), self.max_photos)
        if not entries and not request.may_be_empty:
            raise NotFound("There are no photos to download.")
        return [entry for _, entry in sorted(entries.values(), key=itemgetter(0))]

    def list_by_owner(self, owner: str) -> list[Bundle]:
        """The owner's bundles, newest first."""
        return self.store.list_by_owner(owner)

    def get(self, owner: str, bundle_id: str) -> Bundle:
        """A bundle of this owner; raises NotFound."""
        bundle = self.store.get(bundle_id)
        if bundle is None or bundle.owner != owner:
            raise NotFound("Bundle not found.")
        return bundle

    def delete(self, owner: str, bundle_id: str) -> None:
        """Delete a bundle with its files; a worker that is building it stops."""
        self.store.remove(self.get(owner, bundle_id))
        self.manifests.remove_files(bundle_id)

    def resolve_link(self, token: str, method: str = "GET") -> str:
        """The URL, signed for GET or HEAD, that a link redirects to; raises NotFound, Expired."""
        link = parse_link_token(token, self.now(), self.link_secret)
        if link.key_id and not self.is_key_active(link.key_id):
            raise Expired("This link ended with the API key or the shared link that it was given to.")
        bundle = self.store.get(link.bundle_id)
        volume = bundle.volume(link.number) if bundle else None
        if bundle is None or volume is None or not volume.is_built:
            raise NotFound("Link not found.")
        return self.manifests.volume_url(volume_key(link.bundle_id, link.number), URL_LIFETIME, method)

    def volume_link(self, bundle: Bundle, number: int, key_id: str | None = None) -> str:
        """The link to a volume: it works without sign-in until the bundle expires or the API key is revoked."""
        return f"{self.api_url}/d/{link_token(bundle, number, self.link_secret, key_id)}"

    def build_volume(self, bundle_id: str, number: int, sent_at: datetime) -> Volume | None:
        """Build a volume unless it is built, and notify the owner after the last one; None if there is none to build.

        Raises any error, so that the message is delivered again.
        """
        bundle = self.store.get(bundle_id)
        if bundle is None and number != NOTIFICATION and self.now() < sent_at + RECORD_DELAY_LIMIT:
            raise Conflict("This bundle is not recorded yet.")
        volume = bundle.volume(number) if bundle else None
        is_unknown = volume is None and number != NOTIFICATION
        if bundle is None or is_unknown or bundle.state(self.now()) is BundleState.EXPIRED:
            self.manifests.remove_files(bundle_id)
            return None
        if volume and not volume.is_built:
            if volume.has_failed(self.now()):
                return volume
            volume = self._build_leased(bundle, volume)
            if volume is None:
                return None
        self._notify(bundle_id)
        return volume

    def _build_leased(self, bundle: Bundle, volume: Volume) -> Volume | None:
        leased = _LeasedVolume(self.store, self.now, self._lease(volume))
        try:
            built = self.builder.build(
                volume_key(bundle.bundle_id, volume.number),
                zip_filename(bundle, volume),
                self.manifests.read(manifest_key(bundle.bundle_id, volume.number)),
                leased.report_progress,
            )
            return leased.finish(built)
        except Exception as error:
            if self.store.get(bundle.bundle_id) is None:  # deleted meanwhile: there is nothing left to build
                self.manifests.remove_files(bundle.bundle_id)
                return None
            leased.release(error)
            raise

    def _lease(self, volume: Volume) -> Volume:
        now = self.now()
        if volume.is_leased(now):
            raise InProgress("Another worker is building this volume.")
        leased = replace(
            volume,
            worker=self.new_id(),
            lease_expires_at=now + VOLUME_LEASE,
            attempts=volume.attempts + 1,
            photos_done=0,
            bytes_done=0,
        )
        return self.store.save_volume(volume, leased)

    def _notify(self, bundle_id: str) -> None:
        bundle, now = self.store.get(bundle_id), self.now()
        if bundle is None or not bundle.notify or bundle.state(now) is not BundleState.READY:
            return
        if not self.store.begin_notification(bundle_id, now, now + VOLUME_LEASE):
            return
        delivery = None
        try:
            delivery = self.notifier.notify(bundle.owner, *self._notification(bundle))
        finally:
            self.store.end_notification(bundle_id, sent=delivery is Delivery.SENT)
        age = now - bundle.created_at
        if delivery is Delivery.UNCONFIRMED or (delivery is Delivery.NO_ADDRESS and age < NO_ADDRESS_LIMIT):
            delay = min(max(age / 2, MIN_NOTIFICATION_DELAY), MAX_NOTIFICATION_DELAY)
            self.queue.send(bundle_id, [NOTIFICATION], now, delay)

    def _notification(self, bundle: Bundle) -> tuple[str, str]:
        """Subject and text, with a link to each volume."""
        if not bundle.volumes:
            return "No photos found", "None of your photos have the labels that you chose.\n"
        # Links come first: a text message contains only as many whole lines as fit.
        links = "\n".join(self.volume_link(bundle, volume.number) for volume in bundle.volumes)
        count = "1 photo" if bundle.photos == 1 else f"{bundle.photos:,} photos"
        expires = f"{bundle.expires_at:%B} {bundle.expires_at.day}, {bundle.expires_at:%Y, %H:%M} UTC"
        return "Your photos are ready", f"{links}\n\n{count}. The links work until {expires}.\n"


@dataclass(slots=True)
class _LeasedVolume:
    """A volume that this worker is building: saving its progress renews the lease."""

    store: BundleStore
    now: Callable[[], datetime]
    volume: Volume
    saved_at: datetime | None = None

    def report_progress(self, photos_done: int, bytes_done: int) -> None:
        """Save the progress, at most once a second; raises Conflict if the volume was deleted or taken over."""
        now = self.now()
        if self.saved_at is not None and now < self.saved_at + PROGRESS_INTERVAL:
            return
        self.saved_at = now
        self._save(photos_done=photos_done, bytes_done=bytes_done, lease_expires_at=now + VOLUME_LEASE)

    def finish(self, built: BuiltVolume) -> Volume:
        """Record that the zip is complete."""
        volume = self.volume
        return self._save(
            worker=None,
            lease_expires_at=None,
            size=built.bytes,
            photos_done=volume.photos,
            bytes_done=volume.bytes,
            skipped=built.skipped[:MAX_SKIPPED_STORED],
        )

    def release(self, error: Exception) -> None:
        """Release the lease after an error, so that a retry can start at once; the last attempt records the reason."""
        is_last = self.volume.attempts >= MAX_ATTEMPTS
        message = f"This volume could not be built in {MAX_ATTEMPTS} attempts: {type(error).__name__}."
        with suppress(Conflict, Unavailable):  # otherwise the lease simply expires
            self._save(worker=None, lease_expires_at=None, reason=message if is_last else None)

    def _save(self, **changes: Any) -> Volume:
        self.volume = self.store.save_volume(self.volume, replace(self.volume, **changes))
        return self.volume


def zip_filename(bundle: Bundle, volume: Volume) -> str:
    """The filename of a downloaded volume: the bundle's title, or the day it was created."""
    part = f"-{volume.number}-of-{len(bundle.volumes)}" if len(bundle.volumes) > 1 else ""
    name = safe_name(bundle.title) if bundle.title else f"tintype-{bundle.created_at:%Y-%m-%d}"
    return f"{name}{part}.zip"
