"""Fakes of the bundle service's ports: records, manifests, queue, builder and notifier."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.accounts.notifications import Delivery
from chalicelib.bundles.models import Bundle, Volume
from chalicelib.bundles.zip import BuiltVolume, Entry, Skipped
from chalicelib.errors import Conflict, Unavailable


@dataclass
class MemoryBundleStore:
    """`BundleStore` over dictionaries."""

    bundles: dict[str, Bundle] = field(default_factory=dict)
    notifying_until: dict[str, datetime] = field(default_factory=dict)
    notified: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def has_room(self, owner: str, max_bundles: int, now: datetime) -> bool:
        active = [b for b in self.bundles.values() if b.owner == owner and b.expires_at > now]
        return len(active) < max_bundles

    def add(self, bundle: Bundle, *, max_bundles: int) -> None:
        with self.lock:
            if not self.has_room(bundle.owner, max_bundles, bundle.created_at):
                raise Conflict(f"You already have {max_bundles} bundles. Delete one first.")
            self.bundles[bundle.bundle_id] = bundle

    def get(self, bundle_id: str) -> Bundle | None:
        return self.bundles.get(bundle_id)

    def list_by_owner(self, owner: str) -> list[Bundle]:
        own = [bundle for bundle in self.bundles.values() if bundle.owner == owner]
        return sorted(own, key=lambda bundle: (bundle.created_at, bundle.bundle_id), reverse=True)

    def save_volume(self, before: Volume, after: Volume) -> Volume:
        bundle = self.bundles.get(before.bundle_id)
        stored = bundle.volume(before.number) if bundle else None
        if bundle is None or stored is None or stored.version != before.version:
            raise Conflict("This volume was deleted, or another worker is building it.")
        after = replace(after, version=before.version + 1)
        volumes = tuple(after if volume.number == after.number else volume for volume in bundle.volumes)
        self.bundles[before.bundle_id] = replace(bundle, volumes=volumes)
        return after

    def remove(self, bundle: Bundle) -> None:
        self.bundles.pop(bundle.bundle_id, None)

    def begin_notification(self, bundle_id: str, now: datetime, until: datetime) -> bool:
        if bundle_id in self.notified or bundle_id not in self.bundles:
            return False
        if self.notifying_until.get(bundle_id, now) > now:
            raise Conflict("Another worker is notifying the owner.")
        self.notifying_until[bundle_id] = until
        return True

    def end_notification(self, bundle_id: str, *, sent: bool) -> None:
        self.notifying_until.pop(bundle_id, None)
        if sent and bundle_id in self.bundles:
            self.notified.add(bundle_id)


@dataclass
class MemoryMessageLimit:
    """`MessageLimit` over a dictionary."""

    max_messages: int
    period: timedelta = timedelta(hours=1)
    counted: dict[str, list[datetime]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, owner: str, message_id: str, now: datetime) -> bool:
        with self.lock:
            recent = [at for at in self.counted.get(owner, []) if at + self.period > now]
            if len(recent) >= self.max_messages:
                return False
            self.counted[owner] = [*recent, now]
            return True


@dataclass
class MemoryManifestStore:
    """`ManifestStore` over a dictionary; `zips` are the volumes built."""

    manifests: dict[str, list[Entry]] = field(default_factory=dict)
    zips: dict[str, list[str]] = field(default_factory=dict)

    def write(self, key: str, entries: Iterable[Entry]) -> None:
        self.manifests[key] = list(entries)

    def read(self, key: str) -> Iterator[Entry]:
        yield from self.manifests[key]

    def volume_url(self, key: str, lifetime: timedelta, method: str = "GET") -> str:
        return f"https://bundles/{key}?signed" + ("" if method == "GET" else f"={method}")

    def remove_files(self, bundle_id: str) -> None:
        for files in (self.manifests, self.zips):
            for key in [key for key in files if key.startswith(f"{bundle_id}/")]:
                del files[key]


@dataclass
class MemoryVolumeQueue:
    """`VolumeQueue` over a list."""

    messages: list[tuple[str, int, datetime]] = field(default_factory=list)
    delays: list[timedelta] = field(default_factory=list)
    broken: bool = False

    def send(self, bundle_id: str, numbers: Iterable[int], sent_at: datetime, delay: timedelta = timedelta(0)) -> None:
        if self.broken:
            raise Unavailable("The queue is unavailable.")
        self.delays.append(delay)
        self.messages.extend((bundle_id, number, sent_at) for number in numbers)


@dataclass
class FakeVolumeBuilder:
    """`VolumeBuilder` that records entry names; `missing` are keys of deleted originals."""

    manifests: MemoryManifestStore
    missing: set[str] = field(default_factory=set)
    before_entry: Callable[[], None] = lambda: None

    def build(
        self, key: str, filename: str, entries: Iterable[Entry], on_progress: Callable[[int, int], None]
    ) -> BuiltVolume:
        written, skipped, size = [], list[Skipped](), 0
        for entry in entries:
            self.before_entry()
            if entry.key in self.missing:
                skipped.append(Skipped(entry.photo_id, entry.name, "The original is gone."))
            else:
                written.append(entry.name)
                size += entry.bytes
            on_progress(len(written), size)
        self.manifests.zips[key] = written
        return BuiltVolume(len(written), size, tuple(skipped))


@dataclass
class FakeNotifier:
    """`Notifier` that records messages; they are sent if `delivery` says so."""

    messages: list[tuple[str, str, str]] = field(default_factory=list)
    delivery: Delivery = Delivery.SENT
    broken: bool = False

    def notify(self, owner: str, subject: str, text: str) -> Delivery:
        if self.broken:
            raise Unavailable("SNS is unavailable.")
        if self.delivery is Delivery.SENT:
            self.messages.append((owner, subject, text))
        return self.delivery
