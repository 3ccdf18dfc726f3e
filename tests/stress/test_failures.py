"""Concurrent uploads while AWS calls fail: in the end the library is consistent."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State, Visibility
from local.provision import ProvisionedStack
from tests.stress.aws_library import AwsLibrary, new_library
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.fault_injection import fail_calls
from tests.support.images.tiny import encode_image
from tests.support.invariants import find_violations

FAILURE_RATE = 0.05
WORKERS = 8
MAX_TRIES = 30
TAGS = ["beach", "lake", "cat", "dog", "clouds"]
NOT_AN_IMAGE = b"just some words"


@pytest.fixture
def library(cloud: ProvisionedStack) -> Iterator[AwsLibrary]:
    """An empty library in the local cloud, with separate clients for fault injection."""
    with aws_clients.local_cloud_clients(cloud) as clients, new_library(clients, pixels=True) as made:
        yield made


@pytest.mark.cloud
def test_concurrent_duplicate_uploads_with_failures_publish_each_photo_once(library: AwsLibrary) -> None:
    upload_twice(library, photos=10, seed=1)


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 5))
def test_100_concurrent_duplicate_uploads_with_failures_publish_each_photo_once(library: AwsLibrary, seed: int) -> None:
    upload_twice(library, photos=100, seed=seed)


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2))
def test_photos_replaced_and_removed_concurrently_leave_no_orphans(library: AwsLibrary, seed: int) -> None:
    rng = Random(seed)
    with fail_calls(library.clients, FAILURE_RATE, seed):
        run_concurrently([change_original(library, n, rng.randrange(4)) for n in range(40)])
        run_schedule(library)
    assert_consistent(library)
    remaining = {key for n in range(40) if (key := f"{n}.jpg") in library.state_tags()}
    assert {p.key for p in library.snapshot().photos.values()} == remaining


def upload_twice(library: AwsLibrary, photos: int, seed: int) -> None:
    """Upload each photo twice with repeated events while 5% of calls fail, then run the schedule."""
    rng = Random(seed)
    with fail_calls(library.clients, FAILURE_RATE, seed) as failed:
        uploads = [upload(library, n) for n in range(photos) for upload in (by_upload, by_s3_tool)]
        rng.shuffle(uploads)
        keys = run_concurrently(uploads)
        events = [event(library, key) for key in (*keys, *keys)]
        rng.shuffle(events)
        run_concurrently(events)
        run_schedule(library)
    assert len(failed) > photos / 2
    assert {when for when, _, _ in (what.partition(" ") for what in failed)} == {"before", "after"}
    assert_consistent(library)
    stored = library.snapshot().photos.values()
    published = Counter(p.sha256 for p in stored if p.state is State.READY)
    assert len(published) == published.total() == photos
    assert {p.state for p in stored} == {State.READY, State.DUPLICATE}
    assert {p.sha256 for p in stored if p.state is State.DUPLICATE} == set(published)
    tags = {trend.tag: trend.totals.count for trend in library.container.queries.list_owner_tags(OWNER)}
    assert {word: tags[word] for word in TAGS} == {
        word: len(range(n, photos, len(TAGS))) for n, word in enumerate(TAGS)
    }


def assert_consistent(library: AwsLibrary) -> None:
    """The invariants hold, a recount corrects nothing, and state tags match."""
    assert find_violations(library.snapshot()) == []
    report = library.sweep.recount.run(lambda: True)
    assert (report.drifted, report.postponed) == (0, 0)
    assert find_violations(library.snapshot()) == []
    by_key: dict[str, Photo] = {p.key: p for p in library.snapshot().photos.values()}
    for key, tags in library.state_tags().items():
        original = library.ingest.originals.head(key)
        assert original is not None
        assert by_key[key].object_version == original.version
        # If tagging fails in the sweep, the state tag stays missing: no event is delivered again.
        assert tags.get("tintype-state", by_key[key].state) == by_key[key].state


def by_upload(library: AwsLibrary, n: int) -> Callable[[], str]:
    metadata = UploadMetadata("upload.jpg", user_tags=(TAGS[n % len(TAGS)],), visibility=Visibility.PUBLIC)
    return lambda: library.uploads.store_original(OWNER, metadata, encode_image(color(n))).key


def by_s3_tool(library: AwsLibrary, n: int) -> Callable[[], str]:
    return lambda: library.drop(f"tool/{n}.jpg", encode_image(color(n)), tags=TAGS[n % len(TAGS)], status="public")


def color(n: int) -> str:
    """One of 720 colors."""
    return f"hsl({n % 360}, 70%, {40 + n // 360 * 20}%)"


def event(library: AwsLibrary, key: str) -> Callable[[], None]:
    return lambda: library.deliver_event(key)


def change_original(library: AwsLibrary, n: int, kind: int) -> Callable[[], None]:
    """Drop an original, then overwrite or delete it during processing; each change has its event."""
    key = f"{n}.jpg"
    second_change: Callable[[], object] = [
        lambda: library.drop(key, encode_image(color(360 + n))),
        lambda: library.drop(key, NOT_AN_IMAGE),
        lambda: library.delete(key),
        lambda: None,
    ][kind]

    def change() -> None:
        retry(lambda: library.drop(key, encode_image(color(n)), tags="sea", status="public"))
        with ThreadPoolExecutor(3) as threads:
            first = threads.submit(retry, event(library, key))
            retry(second_change)
            for _ in range(2):
                threads.submit(retry, event(library, key))
            first.result()

    return change


def run_concurrently[T](tasks: list[Callable[[], T]]) -> list[T]:
    """Run all tasks concurrently, each until it succeeds."""
    with ThreadPoolExecutor(WORKERS) as threads:
        return list(threads.map(retry, tasks))


def retry[T](task: Callable[[], T]) -> T:
    """Repeat a task until it succeeds, as S3, users and tools do."""
    for left in reversed(range(MAX_TRIES)):
        try:
            return task()
        except Exception:
            if not left:
                raise
    raise AssertionError


def run_schedule(library: AwsLibrary) -> None:
    """Run the schedule, which may fail as well, until nothing is due."""
    for _ in range(MAX_TRIES):
        retry(library.settle)
        if not any(photo.due_at for photo in retry(library.snapshot).photos.values()):
            return
