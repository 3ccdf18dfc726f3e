"""Events that are lost, come twice, or come when it is too late: after the schedule ran, the library is right."""

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
from chalicelib.library.transitions import STILL_UPLOADING, Edit
from chalicelib.maintenance.sweep import Sweep
from local.provision import ProvisionedStack
from tests.fakes.library import Clock, MemoryLibrary
from tests.stress.aws_library import Real, fresh
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.invariants import LibrarySnapshot, find_violations, read_memory

LOST, DOUBLED, LATE = 0.01, 0.05, 0.05
OWNERS = (OWNER, "another")
FATES = ["overwritten", "spoiled", "deleted", "trashed", "erased", *["kept"] * 10]
ROUNDS = 40


class Place(Protocol):
    """A library, over fakes or in the local cloud."""

    clock: Clock
    editor: PhotoEditor
    sweep: Sweep
    uploads: Uploads

    def drop(self, key: str, data: bytes, **metadata: str) -> str: ...
    def delete(self, key: str) -> str: ...
    def deliver_event(self, key: str) -> Any: ...
    def whole(self) -> LibrarySnapshot: ...


class InMemory(MemoryLibrary):
    """The library over fakes, with the words of the other one."""

    def drop(self, key: str, data: bytes, **metadata: str) -> str:
        self.originals.drop(key, data, metadata)
        return key

    def delete(self, key: str) -> str:
        self.originals.delete(key)
        return key

    def whole(self) -> LibrarySnapshot:
        return read_memory(self)


@dataclass
class Story:
    """Photos come and go; what must be there in the end is kept beside."""

    place: Place
    rng: Random
    workers: int
    lies: dict[str, bytes] = field(default_factory=dict)
    trashed: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    lost: int = 0

    def tell(self, photos: int) -> None:
        """Photos are put in; each meets its fate, while its owner edits; then come the events that are late."""
        keys = [self.put(n) for n in range(photos)]
        self.delivered(keys, [])
        fates = {key: self.rng.choice(FATES) for key in keys}
        changed = [key for key in keys if self.changed_by_a_tool(key, fates[key])]
        seen = {photo.key: photo.photo_id for photo in self.place.whole().photos.values()}
        decisions = [self.deciding(key, seen[key], fates[key]) for key in keys if key in seen]
        self.delivered(changed, decisions)
        self.at_once([self.arriving(key) for key in self.late])

    def put(self, n: int) -> str:
        """By a door or by a tool; every tenth has the bytes of another, every twentieth is no picture."""
        owner, public = OWNERS[n % 4 == 1], self.rng.random() < 0.5
        data = b"bad" if n % 20 == 7 else f"picture {n - 2 if n % 10 == 2 else n}".encode()
        if n % 2:
            details = UploadMetadata(
                "door.jpg", user_tags=(f"w{n % 7}",), visibility=Visibility.PUBLIC if public else None
            )
            key = self.place.uploads.store_original(owner, details, data).key
        else:
            key = self.place.drop(f"tool/{n}.jpg", data, tags=f"w{n % 7}", status="public" if public else "private")
        self.lies[key] = data
        return key

    def changed_by_a_tool(self, key: str, fate: str) -> bool:
        """Whether somebody changed what lies there, with any S3 tool."""
        if fate in {"overwritten", "spoiled"}:
            self.lies[key] = f"another of {key}".encode() if fate == "overwritten" else b"bad"
            self.place.drop(key, self.lies[key])
        elif fate == "deleted":
            del self.lies[self.place.delete(key)]
        return fate in {"overwritten", "spoiled", "deleted"}

    def deciding(self, key: str, photo_id: str, fate: str) -> Callable[[], None]:
        """What an owner does; of a photo whose event was lost there is nothing to trash yet."""
        owner, editor, weight = owner_of(key), self.place.editor, self.rng.randrange(1, 999_999)

        def decide() -> None:
            editor.edit(owner, photo_id, Edit(tags=(f"v{weight % 5}", "edited"), weight=weight))
            if fate == "trashed":
                editor.trash(owner, photo_id)
                self.trashed.add(key)
            elif fate == "erased":
                editor.erase(owner, photo_id)
                del self.lies[key]

        return decide

    def delivered(self, keys: list[str], decisions: list[Callable[[], None]]) -> None:
        """Most events arrive, in any order, some twice; some come late, and some never."""
        tasks = list(decisions)
        for key in keys:
            chance = self.rng.random()
            if chance < LOST:
                self.lost += 1
            elif chance < LOST + LATE:
                self.late.append(key)
            else:
                tasks += [self.arriving(key)] * (2 if chance < LOST + LATE + DOUBLED else 1)
        self.rng.shuffle(tasks)
        self.at_once(tasks)

    def arriving(self, key: str) -> Callable[[], None]:
        """One event, delivered until it succeeds, as Lambda does."""
        return lambda: self.place.deliver_event(key)

    def at_once(self, tasks: list[Callable[[], None]]) -> None:
        """All of these, by so many workers."""
        with ThreadPoolExecutor(self.workers) as threads:
            list(threads.map(until_nobody_is_in_the_way, tasks))


def owner_of(key: str) -> str:
    """Whose photo lies there."""
    return OWNERS[1] if key.startswith(f"uploads/{OWNERS[1]}/") else OWNER


def until_nobody_is_in_the_way(task: Callable[[], None]) -> None:
    """Again after a conflict; what is gone meanwhile is let be."""
    for left in reversed(range(ROUNDS)):
        try:
            return task()
        except PhotoNotFound:
            return None
        except Conflict as conflict:
            if str(conflict) == STILL_UPLOADING:
                return None
            if not left:
                raise
    raise AssertionError


def the_schedule_runs(place: Place) -> None:
    """Four days of it: unused tickets run out, each walk makes its rounds, and what they begin is finished."""
    for _ in range(8):
        place.clock.advance(timedelta(hours=13))
        assert place.sweep.run(lambda: timedelta(minutes=1)).failures == ()


def in_order(story: Story) -> list[str]:
    """What is not as the story says."""
    whole = story.place.whole()
    by_key = {photo.key: photo for photo in whole.photos.values()}
    found = find_violations(whole)
    found += [f"{key} has no photo" for key in story.lies.keys() - by_key.keys()]
    found += [f"{key} has a photo and no object" for key in by_key.keys() - story.lies.keys()]
    visible: dict[tuple[str, str], list[State]] = {}
    for key in story.lies.keys() & by_key.keys():
        photo, data = by_key[key], story.lies[key]
        right = {State.REJECTED} if data == b"bad" else {State.READY, State.DUPLICATE}
        if photo.state not in ({State.TRASHED} if key in story.trashed else right):
            found.append(f"{key}, {data!r}, is {photo.state}")
        if photo.state in {State.READY, State.DUPLICATE} and photo.sha256 != sha256(data).hexdigest():
            found.append(f"{key} is not of {data!r}")
        if photo.owner != owner_of(key):
            found.append(f"{key} belongs to {photo.owner}")
        if data != b"bad":
            visible.setdefault((photo.owner, sha256(data).hexdigest()), []).append(photo.state)
    # A duplicate of a photo in the trash is not shown while that is there.
    found += [f"nobody shows {who}" for who, states in visible.items() if not {State.READY, State.TRASHED} & {*states}]
    return found


def deliver(place: Place, photos: int, seed: int, workers: int = 1) -> Story:
    """The story is told, and the schedule has run."""
    story = Story(place, Random(seed), workers)
    story.tell(photos)
    the_schedule_runs(place)
    return story


@pytest.fixture
def real(cloud: ProvisionedStack) -> Iterator[Real]:
    """An empty library in the local cloud."""
    with aws_clients.local_cloud_clients(cloud) as clients, fresh(clients) as made:
        yield made


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2))
def test_lost_repeated_and_late_events_of_2000_photos_keep_the_invariants(seed: int) -> None:
    story = deliver(InMemory(), 2000, seed)
    assert story.lost >= 10
    assert len(story.late) >= 50
    assert in_order(story) == []


@pytest.mark.parametrize("seed", range(2))
def test_concurrent_events_and_edits_keep_the_invariants(seed: int) -> None:
    assert in_order(deliver(InMemory(), 150, seed, workers=4)) == []


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.parametrize("workers", [1, 4])
def test_lost_repeated_and_late_events_in_the_local_cloud_keep_the_invariants(real: Real, workers: int) -> None:
    story = deliver(real, 150, 7, workers)
    assert story.late
    assert in_order(story) == []
