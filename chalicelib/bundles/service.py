"""Packing: how photos are ordered to take away, and how each volume is built, whatever dies on the way.

An order is planned at once, for the answer says how much there is; each volume is then a message in a queue and
the work of one worker. What is delivered twice is built once, and a worker that died is followed by another.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Protocol

from chalicelib.bundles.models import (
    BUNDLE_LIFETIME,
    MAX_ATTEMPTS,
    MAX_SKIPPED_STORED,
    Bundle,
    BundleState,
    BundleStore,
    ManifestStore,
    Volume,
    link_token,
    manifest_key,
    new_volume,
    parse_link_token,
    split_into_volumes,
    volume_key,
)
from chalicelib.bundles.zip import BuiltVolume, Entry
from chalicelib.errors import Conflict, Invalid, NotFound, PhotoNotFound, Unavailable
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.search import Match, Row, TagQuery

PHOTO_BATCH_SIZE = 100
ROW_PAGE_SIZE = 1000
MAX_BUNDLES = 20
URL_LIFETIME = timedelta(minutes=15)
# A worker writes what it has done once a second; one that is silent for so long is dead.
VOLUME_LEASE = timedelta(minutes=1)
PROGRESS_INTERVAL = timedelta(seconds=1)
# The messages go ahead of the record, so that no record waits for a message that was never sent.
RECORD_DELAY_LIMIT = timedelta(minutes=1)


class CollectionRows(Protocol):
    """The collections, to find photos in."""

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        """Newest first, strictly behind the position `after`; consistent."""


class VolumeQueue(Protocol):
    """Where volumes wait for a worker."""

    def send(self, bundle_id: str, numbers: Iterable[int], sent_at: datetime) -> None:
        """One message for each volume; raises Unavailable unless all were taken."""


class VolumeBuilder(Protocol):
    """Whoever writes a volume; `volumes.Volumes` does."""

    def build(
        self, key: str, filename: str, entries: Iterable[Entry], on_progress: Callable[[int, int], None]
    ) -> BuiltVolume:
        """Write these originals into one zip, telling photos and bytes done; raises what `tell` raises."""


class Notifier(Protocol):
    """Whoever tells people that something of theirs is ready."""

    def notify(self, owner: str, subject: str, text: str) -> None:
        """Tell the owner, if they want to be told; raises Unavailable."""


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What somebody wants to take away: photos under all or any of these tags, and these photos."""

    tags: tuple[str, ...] = ()
    match: Match = Match.ANY
    photo_ids: tuple[str, ...] = ()
    notify: bool = False


@dataclass(frozen=True, slots=True)
class BundleService:
    """Orders and their building, with everything it needs handed in. `most` photos, volumes of `largest` bytes."""

    photos: PhotoStore
    collections: CollectionRows
    store: BundleStore
    manifests: ManifestStore
    queue: VolumeQueue
    builder: VolumeBuilder
    notifier: Notifier
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    max_photos: int
    max_volume_bytes: int
    link_secret: str
    api_url: str

    def create(self, owner: str, request: BundleRequest) -> Bundle:
        """Plan a bundle and queue its volumes; raises NotFound, PhotoNotFound, Invalid, Conflict over 20 at a time."""
        now = self.now()
        open_ones = sum(bundle.state(now) is not BundleState.EXPIRED for bundle in self.store.list_by_owner(owner))
        if open_ones >= MAX_BUNDLES:
            raise Conflict(f"You have {MAX_BUNDLES} bundles, and there can be no more: delete one first.")
        bundle_id, volumes = self.new_id(), list[Volume]()
        for number, entries in enumerate(
            split_into_volumes(self._select(owner, request), self.max_volume_bytes), start=1
        ):
            self.manifests.write(manifest_key(bundle_id, number), entries)
            volumes.append(new_volume(bundle_id, number, entries))
        bundle = Bundle(bundle_id, owner, now, now + BUNDLE_LIFETIME, request.notify, tuple(volumes))
        self.queue.send(bundle_id, (volume.number for volume in volumes), now)
        self.store.add(bundle)
        return bundle

    def list_by_owner(self, owner: str) -> list[Bundle]:
        """The owner's bundles, the newest first."""
        return self.store.list_by_owner(owner)

    def get(self, owner: str, bundle_id: str) -> Bundle:
        """One bundle of the owner's; raises NotFound."""
        bundle = self.store.get(bundle_id)
        if bundle is None or bundle.owner != owner:
            raise NotFound("There is no such bundle.")
        return bundle

    def delete(self, owner: str, bundle_id: str) -> None:
        """Take a bundle away with its files; whoever is building it notices and stops."""
        self.store.remove(self.get(owner, bundle_id))
        self.manifests.remove_files(bundle_id)

    def resolve_link(self, token: str) -> str:
        """The signed URL behind a link; raises NotFound, Expired."""
        bundle_id, number = parse_link_token(token, self.now(), self.link_secret)
        bundle = self.store.get(bundle_id)
        volume = bundle.volume(number) if bundle else None
        if bundle is None or volume is None or not volume.is_built:
            raise NotFound("There is no such link.")
        return self.manifests.volume_url(volume_key(bundle_id, number), URL_LIFETIME)

    def volume_link(self, bundle: Bundle, number: int) -> str:
        """The link to a volume, for whoever has it, until the bundle expires."""
        return f"{self.api_url}/d/{link_token(bundle, number, self.link_secret)}"

    def build_volume(self, bundle_id: str, number: int, sent_at: datetime) -> Volume | None:
        """Build one volume, if nobody has, and tell the owner after the last; None where it is wanted no more.

        Raises whatever hindered it: the message is to be delivered again.
        """
        bundle = self.store.get(bundle_id)
        if bundle is None and self.now() < sent_at + RECORD_DELAY_LIMIT:
            raise Conflict("This bundle is not recorded yet.")
        volume = bundle.volume(number) if bundle else None
        if bundle is None or volume is None or bundle.state(self.now()) is BundleState.EXPIRED:
            self.manifests.remove_files(bundle_id)
            return None
        if not volume.is_built:
            if volume.has_failed(self.now()):
                return volume
            volume = self._build_leased(bundle, volume)
        if volume is not None:
            self._notify(bundle_id)
        return volume

    def _build_leased(self, bundle: Bundle, volume: Volume) -> Volume | None:
        work = _LeasedVolume(self.store, self.now, self._lease(volume))
        try:
            built = self.builder.build(
                volume_key(bundle.bundle_id, volume.number),
                zip_filename(bundle, volume),
                self.manifests.read(manifest_key(bundle.bundle_id, volume.number)),
                work.report_progress,
            )
            return work.finish(built)
        except Exception as error:
            if self.store.get(bundle.bundle_id) is None:  # cancelled: there is nobody left to build it for
                self.manifests.remove_files(bundle.bundle_id)
                return None
            work.release(error)
            raise

    def _lease(self, volume: Volume) -> Volume:
        now = self.now()
        if volume.is_leased(now):
            raise Conflict("Another worker has this volume in hand.")
        begun = replace(
            volume,
            worker=self.new_id(),
            lease_expires_at=now + VOLUME_LEASE,
            attempts=volume.attempts + 1,
            photos_done=0,
            bytes_done=0,
        )
        return self.store.save_volume(volume, begun)

    def _notify(self, bundle_id: str) -> None:
        bundle, now = self.store.get(bundle_id), self.now()
        if bundle is None or not bundle.notify or bundle.state(now) is not BundleState.READY:
            return
        if not self.store.begin_notification(bundle_id, now, now + VOLUME_LEASE):
            return
        told = False
        try:
            self.notifier.notify(bundle.owner, *self._notification(bundle))
            told = True
        finally:
            self.store.end_notification(bundle_id, sent=told)

    def _notification(self, bundle: Bundle) -> tuple[str, str]:
        """Subject and text: how much there is, and a link to each volume."""
        # Links come first: a text message holds as many whole lines as fit.
        links = "\n".join(self.volume_link(bundle, volume.number) for volume in bundle.volumes)
        many = "1 photo" if bundle.photos == 1 else f"{bundle.photos:,} photos"
        until = f"until {bundle.expires_at:%d %B %Y, %H:%M} UTC"
        return "Your photos are ready", f"{links}\n\n{many}, to download {until}.\n"

    def _select(self, owner: str, order: BundleRequest) -> list[Photo]:
        """The photos of an order, each once, the oldest first."""
        picked = self._by_id(owner, order.photo_ids)
        found = {photo.photo_id: photo for photo in (*picked, *self._by_tag(owner, order))}
        if not found:
            raise NotFound("None of your photos match these tags.")
        self._check_count(len(found))
        return sorted(found.values(), key=lambda photo: (photo.sorted_at, photo.photo_id))

    def _by_id(self, owner: str, photo_ids: Iterable[str]) -> Iterator[Photo]:
        """These photos; raises PhotoNotFound where one is not there, or not the owner's, or not ready."""
        for some in batched(photo_ids, PHOTO_BATCH_SIZE):
            photos = self.photos.get_many(some)
            for photo_id in some:
                photo = photos.get(photo_id)
                if photo is None or photo.owner != owner or photo.state is not State.READY:
                    raise PhotoNotFound(photo_id)
                yield photo

    def _by_tag(self, owner: str, order: BundleRequest) -> Iterator[Photo]:
        if not order.tags:
            return
        wanted = TagQuery(order.tags, order.match)
        for some in batched(self._ids_by_tag(owner_scope(owner), order), PHOTO_BATCH_SIZE):
            for photo in self.photos.get_many(some).values():
                if photo.owner == owner and photo.state is State.READY and wanted.matches(photo):
                    yield photo

    def _ids_by_tag(self, scope: str, order: BundleRequest) -> set[str]:
        """The ids under any of the tags, or under all; rows alone are read for it."""
        if order.match is Match.ALL:
            return self._ids_with_all_tags(scope, order.tags)
        found = set[str]()
        for tag in order.tags:
            for photo_id in self._ids(scope, tag):
                found.add(photo_id)
                self._check_count(len(found))
        return found

    def _ids_with_all_tags(self, scope: str, tags: tuple[str, ...]) -> set[str]:
        first, *others = tags
        found = set(self._ids(scope, first))
        for tag in others:
            found &= set(self._ids(scope, tag)) if found else set()
        self._check_count(len(found))
        return found

    def _ids(self, scope: str, tag: str) -> Iterator[str]:
        after = None
        while rows := self.collections.list_rows(scope, tag, after=after, limit=ROW_PAGE_SIZE):
            yield from (row.photo_id for row in rows)
            after = rows[-1].position

    def _check_count(self, photos: int) -> None:
        if photos > self.max_photos:
            told = f"At most {self.max_photos:,} photos can be taken away at once; choose fewer tags or photos."
            raise Invalid(told, code="too_many_photos")


@dataclass(slots=True)
class _LeasedVolume:
    """A volume in a worker's hands: its row follows the work, and is the worker's hold on it."""

    store: BundleStore
    now: Callable[[], datetime]
    volume: Volume
    saved_at: datetime | None = None

    def report_progress(self, photos_done: int, bytes_done: int) -> None:
        """Write down how far it is, at most once a second; raises Conflict where the volume was taken away."""
        now = self.now()
        if self.saved_at is not None and now < self.saved_at + PROGRESS_INTERVAL:
            return
        self.saved_at = now
        self._save(photos_done=photos_done, bytes_done=bytes_done, lease_expires_at=now + VOLUME_LEASE)

    def finish(self, built: BuiltVolume) -> Volume:
        """The zip is there."""
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
        """It failed: the next may begin at once, unless this was the last attempt."""
        last = self.volume.attempts >= MAX_ATTEMPTS
        reason = f"This volume could not be built in {MAX_ATTEMPTS} attempts: {type(error).__name__}." if last else None
        with suppress(Conflict, Unavailable):  # else the lease runs out by itself
            self._save(worker=None, lease_expires_at=None, reason=reason)

    def _save(self, **changes: Any) -> Volume:
        self.volume = self.store.save_volume(self.volume, replace(self.volume, **changes))
        return self.volume


def zip_filename(bundle: Bundle, volume: Volume) -> str:
    """What a volume is called where it is downloaded."""
    part = f"-{volume.number}-of-{len(bundle.volumes)}" if len(bundle.volumes) > 1 else ""
    return f"tintype-{bundle.created_at:%Y-%m-%d}{part}.zip"
