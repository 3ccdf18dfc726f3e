"""Lost, repeated and late events: after the schedule has run, the library is consistent."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any, Protocol

import pytest

from chalicelib.errors import Conflict, PhotoNotFound
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.ingest.uploads import UploadMetadata, Uploads
from chalicelib.library.photo import State, Visibility
from chalicelib.library.transitions import UPLOAD_PENDING, Edit
from chalicelib.maintenance.sweep import Sweep
from local.provision import ProvisionedStack
from tests.fakes.library import Clock, MemoryLibrary
from tests.stress.aws_library import AwsLibrary, new_library
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER
from tests.support.invariants import LibrarySnapshot, find_violations, read_memory

LOST, REPEATED, LATE = 0.01, 0.05, 0.05
OWNERS = (OWNER, "another")
CHANGES = ["overwritten", "replaced by an invalid file", "deleted", "trashed", "erased", *["unchanged"] * 10]
MAX_TRIES = 40


class Library(Protocol):
    """A library over fakes or in the local cloud."""

    clock: Clock
    editor: PhotoEditor
    sweep: Sweep
    uploads: Uploads

    def drop(self, key: str, data: bytes, **metadata: str) -> str: ...
    def delete(self, key: str) -> str: ...
    def deliver_event(self, key: str) -> Any: ...
    def snapshot(self) -> LibrarySnapshot: ...


class InMemoryLibrary(MemoryLibrary):
    """A library over fakes."""

    def drop(self, key: str, data: bytes, **metadata: str) -> str:
        self.originals.drop(key, data, metadata)
        return key

    def delete(self, key: str) -> str:
        self.originals.delete(key)
        return key

    def snapshot(self) -> LibrarySnapshot:
        return read_memory(self)


@dataclass
class EventDelivery:
    """Uploads, changes and deliveries of events, with the objects expected at the end."""

    library: Library
    rng: Random
    workers: int
    objects: dict[str, bytes] = field(default_factory=dict)
    trashed: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    lost: int = 0

    def run(self, photos: int) -> None:
        """Upload photos, change some while their owners edit, and deliver late events last."""
        keys = [self.upload(n) for n in range(photos)]
        self.deliver_events(keys, [])
        changes = {key: self.rng.choice(CHANGES) for key in keys}
        changed = [key for key in keys if self.change_object(key, changes[key])]
        photo_ids = {photo.key: photo.photo_id for photo in self.library.snapshot().photos.values()}
        edits = [self.owner_edit(key, photo_ids[key], changes[key]) for key in keys if key in photo_ids]
        self.deliver_events(changed, edits)
        self.run_concurrently([self.event(key) for key in self.late])

    def upload(self, n: int) -> str:
        """Upload through the API or drop; every tenth is a duplicate, every twentieth not an image."""
        owner, public = OWNERS[n % 4 == 1], self.rng.random() < 0.5
        data = b"bad" if n % 20 == 7 else f"picture {n - 2 if n % 10 == 2 else n}".encode()
        if n % 2:
            details = UploadMetadata(
                "upload.jpg", user_tags=(f"w{n % 7}",), visibility=Visibility.PUBLIC if public else None
            )
            key = self.library.uploads.store_original(owner, details, data).key
        else:
            key = self.library.drop(f"tool/{n}.jpg", data, tags=f"w{n % 7}", status="public" if public else "private")
        self.objects[key] = data
        return key

    def change_object(self, key: str, change: str) -> bool:
        """Change the object with an S3 tool; returns whether it changed."""
        if change in {"overwritten", "replaced by an invalid file"}:
            self.objects[key] = f"another of {key}".encode() if change == "overwritten" else b"bad"
            self.library.drop(key, self.objects[key])
        elif change == "deleted":
            del self.objects[self.library.delete(key)]
        return change in {"overwritten", "replaced by an invalid file", "deleted"}

    def owner_edit(self, key: str, photo_id: str, change: str) -> Callable[[], None]:
        """What the owner does to a photo."""
        owner, editor, weight = owner_of(key), self.library.editor, self.rng.randrange(1, 999_999)

        def apply_edit() -> None:
            editor.edit(owner, photo_id, Edit(tags=(f"v{weight % 5}", "edited"), weight=weight))
            if change == "trashed":
                editor.trash(owner, photo_id)
                self.trashed.add(key)
            elif change == "erased":
                editor.erase(owner, photo_id)
                del self.objects[key]

        return apply_edit

    def deliver_events(self, keys: list[str], edits: list[Callable[[], None]]) -> None:
        """Deliver most events in random order, some twice; postpone some and lose others."""
        tasks = list(edits)
        for key in keys:
            chance = self.rng.random()
            if chance < LOST:
                self.lost += 1
            elif chance < LOST + LATE:
                self.late.append(key)
            else:
                tasks += [self.event(key)] * (2 if chance < LOST + LATE + REPEATED else 1)
        self.rng.shuffle(tasks)
        self.run_concurrently(tasks)

    def event(self, key: str) -> Callable[[], None]:
        """One event, as Lambda delivers it."""
        return lambda: self.library.deliver_event(key)

    def run_concurrently(self, tasks: list[Callable[[], None]]) -> None:
        """Run all tasks with this number of workers."""
        with ThreadPoolExecutor(self.workers) as threads:
            list(threads.map(retry_conflicts, tasks))


def owner_of(key: str) -> str:
    """The owner of the photo with this key."""
    return OWNERS[1] if key.startswith(f"uploads/{OWNERS[1]}/") else OWNER


def retry_conflicts(task: Callable[[], None]) -> None:
    """Repeat a task after conflicts; ignore photos that do not exist any more."""
    for left in reversed(range(MAX_TRIES)):
        try:
            return task()
        except PhotoNotFound:
            return None
        except Conflict as conflict:
            if str(conflict) == UPLOAD_PENDING:
                return None
            if not left:
                raise
    raise AssertionError


def run_schedule(library: Library) -> None:
    """Run the schedule for four days: tickets expire and passes complete."""
    for _ in range(8):
        library.clock.advance(timedelta(hours=13))
        assert library.sweep.run(lambda: timedelta(minutes=1)).failures == ()


def find_differences(delivery: EventDelivery) -> list[str]:
    """Differences between the library and the expected objects."""
    snapshot = delivery.library.snapshot()
    by_key = {photo.key: photo for photo in snapshot.photos.values()}
    found = find_violations(snapshot)
    found += [f"{key} has no photo" for key in delivery.objects.keys() - by_key.keys()]
    found += [f"{key} has a photo and no object" for key in by_key.keys() - delivery.objects.keys()]
    visible: dict[tuple[str, str], list[State]] = {}
    for key in delivery.objects.keys() & by_key.keys():
        photo, data = by_key[key], delivery.objects[key]
        expected = {State.REJECTED} if data == b"bad" else {State.READY, State.DUPLICATE}
        if photo.state not in ({State.TRASHED} if key in delivery.trashed else expected):
            found.append(f"{key}, {data!r}, is {photo.state}")
        if photo.state in {State.READY, State.DUPLICATE} and photo.sha256 != sha256(data).hexdigest():
            found.append(f"{key} is not of {data!r}")
        if photo.owner != owner_of(key):
            found.append(f"{key} belongs to {photo.owner}")
        if data != b"bad":
            visible.setdefault((photo.owner, sha256(data).hexdigest()), []).append(photo.state)
    # A duplicate is not visible while its photo is in the trash.
    found += [
        f"{who} has no visible photo" for who, states in visible.items() if not {State.READY, State.TRASHED} & {*states}
    ]
    return found


def deliver(library: Library, photos: int, seed: int, workers: int = 1) -> EventDelivery:
    """Upload and change photos, deliver their events, and run the schedule."""
    delivery = EventDelivery(library, Random(seed), workers)
    delivery.run(photos)
    run_schedule(library)
    return delivery


@pytest.fixture
def aws_library(cloud: ProvisionedStack) -> Iterator[AwsLibrary]:
    """An empty library in the local cloud."""
    with aws_clients.local_cloud_clients(cloud) as clients, new_library(clients) as aws_library_:
        yield aws_library_


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2))
def test_lost_repeated_and_late_events_of_2000_photos_keep_the_invariants(seed: int) -> None:
    delivery = deliver(InMemoryLibrary(removals_allowed_until=NOON + timedelta(days=30)), 2000, seed)
    assert delivery.lost >= 10
    assert len(delivery.late) >= 50
    assert find_differences(delivery) == []


@pytest.mark.parametrize("seed", range(2))
def test_concurrent_events_and_edits_keep_the_invariants(seed: int) -> None:
    assert find_differences(deliver(InMemoryLibrary(), 150, seed, workers=4)) == []


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.parametrize("workers", [1, 4])
def test_lost_repeated_and_late_events_in_the_local_cloud_keep_the_invariants(
    aws_library: AwsLibrary, workers: int
) -> None:
    delivery = deliver(aws_library, 150, 7, workers)
    assert delivery.late
    assert find_differences(delivery) == []
