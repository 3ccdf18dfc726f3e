"""Many photos at once while AWS fails: in the end the library is as if nothing had happened."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State, Visibility
from local.provision import ProvisionedStack
from tests.stress.aws_library import Real, fresh
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.fault_injection import fail_calls
from tests.support.images.tiny import encode_image
from tests.support.invariants import find_violations

SHARE = 0.05
WORKERS = 8
ROUNDS = 30
TAGS = ["beach", "lake", "cat", "dog", "clouds"]
NO_PICTURE = b"just some words"


@pytest.fixture
def real(cloud: ProvisionedStack) -> Iterator[Real]:
    """An empty library in the local cloud, with clients of its own to break."""
    with aws_clients.local_cloud_clients(cloud) as clients, fresh(clients, pixels=True) as made:
        yield made


@pytest.mark.cloud
def test_concurrent_duplicate_uploads_with_failures_publish_each_photo_once(real: Real) -> None:
    upload_twice(real, photos=10, seed=1)


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 5))
def test_a_hundred_concurrent_duplicate_uploads_with_failures_publish_each_photo_once(real: Real, seed: int) -> None:
    upload_twice(real, photos=100, seed=seed)


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2))
def test_photos_replaced_and_removed_concurrently_leave_no_orphans(real: Real, seed: int) -> None:
    rng = Random(seed)
    with fail_calls(real.clients, SHARE, seed):
        at_once([story(real, n, rng.randrange(4)) for n in range(40)])
        come_round(real)
    in_order(real)
    there = {key for n in range(40) if (key := f"{n}.jpg") in real.marks()}
    assert {p.key for p in real.whole().photos.values()} == there


def upload_twice(real: Real, photos: int, seed: int) -> None:
    """The whole proof: doors and tools, each event twice, 5 % of all calls failing, then the schedule."""
    rng = Random(seed)
    with fail_calls(real.clients, SHARE, seed) as failed:
        ways = [way(real, n) for n in range(photos) for way in (by_upload, by_tool)]
        rng.shuffle(ways)
        keys = at_once(ways)
        events = [event(real, key) for key in (*keys, *keys)]
        rng.shuffle(events)
        at_once(events)
        come_round(real)
    assert len(failed) > photos / 2
    assert {when for when, _, _ in (what.partition(" ") for what in failed)} == {"before", "after"}
    in_order(real)
    stored = real.whole().photos.values()
    published = Counter(p.sha256 for p in stored if p.state is State.READY)
    assert len(published) == published.total() == photos
    assert {p.state for p in stored} == {State.READY, State.DUPLICATE}
    assert {p.sha256 for p in stored if p.state is State.DUPLICATE} == set(published)
    tags = {trend.tag: trend.totals.count for trend in real.library.queries.list_owner_tags(OWNER)}
    assert {word: tags[word] for word in TAGS} == {
        word: len(range(n, photos, len(TAGS))) for n, word in enumerate(TAGS)
    }


def in_order(real: Real) -> None:
    """The library is what its photos and its bucket say; counting it again finds nothing to put right."""
    assert find_violations(real.whole()) == []
    came = real.sweep.recount.run(lambda: True)
    assert (came.drifted, came.postponed) == (0, 0)
    assert find_violations(real.whole()) == []
    by_key: dict[str, Photo] = {p.key: p for p in real.whole().photos.values()}
    for key, tags in real.marks().items():
        original = real.ingest.originals.head(key)
        assert original is not None
        assert by_key[key].object_version == original.version
        # A photo that the schedule finished goes unmarked if just that call fails: no event comes again for it.
        assert tags.get("tintype-state", by_key[key].state) == by_key[key].state


def by_upload(real: Real, n: int) -> Callable[[], str]:
    metadata_ = UploadMetadata("door.jpg", user_tags=(TAGS[n % len(TAGS)],), visibility=Visibility.PUBLIC)
    return lambda: real.uploads.store_original(OWNER, metadata_, encode_image(colour(n))).key


def by_tool(real: Real, n: int) -> Callable[[], str]:
    return lambda: real.drop(f"tool/{n}.jpg", encode_image(colour(n)), tags=TAGS[n % len(TAGS)], status="public")


def colour(n: int) -> str:
    """One of 720."""
    return f"hsl({n % 360}, 70%, {40 + n // 360 * 20}%)"


def event(real: Real, key: str) -> Callable[[], None]:
    return lambda: real.deliver_event(key)


def story(real: Real, n: int, how: int) -> Callable[[], None]:
    """A file comes, and is replaced, or spoiled, or removed while it is looked at; each step has its event."""
    key = f"{n}.jpg"
    then: Callable[[], object] = [
        lambda: real.drop(key, encode_image(colour(360 + n))),
        lambda: real.drop(key, NO_PICTURE),
        lambda: real.delete(key),
        lambda: None,
    ][how]

    def tell() -> None:
        until_it_succeeds(lambda: real.drop(key, encode_image(colour(n)), tags="sea", status="public"))
        with ThreadPoolExecutor(3) as threads:
            first = threads.submit(until_it_succeeds, event(real, key))
            until_it_succeeds(then)
            for _ in range(2):
                threads.submit(until_it_succeeds, event(real, key))
            first.result()

    return tell


def at_once[T](tasks: list[Callable[[], T]]) -> list[T]:
    """Do all of these at the same time, each again and again until it succeeds."""
    with ThreadPoolExecutor(WORKERS) as threads:
        return list(threads.map(until_it_succeeds, tasks))


def until_it_succeeds[T](task: Callable[[], T]) -> T:
    """What is redelivered by S3, retried by a person, or repeated by a tool."""
    for left in reversed(range(ROUNDS)):
        try:
            return task()
        except Exception:
            if not left:
                raise
    raise AssertionError


def come_round(real: Real) -> None:
    """The schedule, until nothing is due any more: it fails now and then like everything else."""
    for _ in range(ROUNDS):
        until_it_succeeds(real.settle)
        if not any(photo.due_at for photo in until_it_succeeds(real.whole).photos.values()):
            return
