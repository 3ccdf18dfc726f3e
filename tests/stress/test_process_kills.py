"""Death at every write that ingest makes to AWS, before it and after it: a redelivery ends as if nobody had died."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.clients import Clients
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from tests.stress.aws_library import Real, fresh
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled, kill_at_write
from tests.support.invariants import find_violations

type Story = Callable[[Real], str]
type State = tuple[Mapping[Any, Any], ...]

METADATA: dict[str, str] = {"tags": "sea"}


def a_new_photo(real: Real) -> str:
    return real.uploads.store_original(OWNER, UploadMetadata("a.jpg", user_tags=("sea",)), b"sea").key


def a_drop(real: Real) -> str:
    return real.drop("a.jpg", b"sea", tags="sea,beach", status="public")


def a_duplicate(real: Real) -> str:
    real.deliver_event(real.drop("first.jpg", b"sea", **METADATA))
    return real.drop("a.jpg", b"sea", **METADATA)


def a_rejection(real: Real) -> str:
    return real.drop("a.jpg", b"bad", **METADATA)


def an_overwriting(real: Real) -> str:
    real.deliver_event(real.drop("a.jpg", b"old", tags="old"))
    return real.drop("a.jpg", b"sea", **METADATA)


def a_picture_spoiled(real: Real) -> str:
    real.deliver_event(real.drop("a.jpg", b"old", **METADATA))
    return real.drop("a.jpg", b"bad", **METADATA)


def a_removal(real: Real) -> str:
    real.deliver_event(real.drop("a.jpg", b"sea", **METADATA))
    return real.delete("a.jpg")


STORIES = [a_new_photo, a_drop, a_duplicate, a_rejection, an_overwriting, a_picture_spoiled, a_removal]


# Before a write is behind the one before it, but for what is read between them: the long proof tries that, too.
BEFORE = pytest.param("before", marks=pytest.mark.proof)


@pytest.fixture(scope="module")
def clients() -> Clients:
    """Clients for all of it: they keep nothing."""
    return aws_clients.moto_clients()


@contextmanager
def library(clients: Clients) -> Iterator[Real]:
    """An empty library over moto."""
    with mock_aws(), fresh(clients) as real:
        yield real


def undisturbed(clients: Clients, story: Story) -> tuple[State, list[str]]:
    """How the story ends when nobody dies, and the writes on the way."""
    with library(clients) as real:
        key = story(real)
        with kill_at_write(clients, at=-1, when="before") as writes:
            real.deliver_event(key)
        assert find_violations(real.whole()) == []
        return state(real), writes


@pytest.mark.parametrize("when", [BEFORE, "after"])
@pytest.mark.parametrize("story", STORIES)
def test_kill_at_any_write_and_redelivery_end_in_the_same_state(clients: Clients, story: Story, when: str) -> None:
    right, writes = undisturbed(clients, story)
    assert len(writes) >= 3
    for at, write in enumerate(writes):
        with library(clients) as real:
            key = story(real)
            with kill_at_write(clients, at, when), pytest.raises(ProcessKilled):
                real.deliver_event(key)
            real.clock.advance(LEASE_DURATION)  # Lambda delivers an event again a minute after its function died
            real.deliver_event(key)
            assert state(real) == right, f"died {when} write {at}, {write}"


@pytest.mark.parametrize("when", [BEFORE, "after"])
@pytest.mark.parametrize("story", [a_new_photo, a_picture_spoiled, a_removal])
def test_kill_after_the_first_write_is_repaired_by_the_schedule(clients: Clients, story: Story, when: str) -> None:
    (*right, _), writes = undisturbed(clients, story)  # the mark on the original waits for the next event
    found = 0
    for at, write in enumerate(writes):
        with library(clients) as real:
            key = story(real)
            (*before, _) = state(real)
            with kill_at_write(clients, at, when), pytest.raises(ProcessKilled):
                real.deliver_event(key)
            (*after, _) = state(real)
            if after not in (before, right):
                real.settle()
                (*after, _) = state(real)
                found += 1
            # Before its first write nobody knows of it, and S3 delivers the event again.
            assert after in ((before, right) if found == 0 else (right,)), f"died {when} write {at}, {write}"
    assert found >= 2


def state(real: Real) -> State:
    """Everything stored, but for versions, times, and who did it."""
    timeless: dict[str, Any] = {"version": 0, "generation": "", "object_version": None, "received_at": NOON}
    timeless |= {"finished_at": None, "duration_ms": None}
    whole, s3 = real.whole(), real.clients.get("s3")
    bucket = real.library.settings.derivatives_bucket
    return (
        {photo_id: replace(photo, **timeless) for photo_id, photo in whole.photos.items()},
        {place: (trend.totals, trend.tag_count) for place, trend in whole.trends.items()},
        {(row["collection"], row["photo_id"]): row["weight"] for row in whole.rows},
        whole.claims,
        {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in whole.images},
        real.marks(),
    )
