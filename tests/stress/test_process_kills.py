"""Ingest killed before or after each write to AWS: redelivery ends in the same state."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.clients import Clients
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from tests.stress.aws_library import AwsLibrary, new_library
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled, kill_at_write
from tests.support.invariants import find_violations

type Change = Callable[[AwsLibrary], str]
type State = tuple[Mapping[Any, Any], ...]

METADATA: dict[str, str] = {"tags": "sea"}


def new_photo(real: AwsLibrary) -> str:
    return real.uploads.store_original(OWNER, UploadMetadata("a.jpg", user_tags=("sea",)), b"sea").key


def direct_drop(real: AwsLibrary) -> str:
    return real.drop("a.jpg", b"sea", tags="sea,beach", status="public")


def duplicate(real: AwsLibrary) -> str:
    real.deliver_event(real.drop("first.jpg", b"sea", **METADATA))
    return real.drop("a.jpg", b"sea", **METADATA)


def rejected_file(real: AwsLibrary) -> str:
    return real.drop("a.jpg", b"bad", **METADATA)


def overwritten_original(real: AwsLibrary) -> str:
    real.deliver_event(real.drop("a.jpg", b"old", tags="old"))
    return real.drop("a.jpg", b"sea", **METADATA)


def overwritten_by_invalid_file(real: AwsLibrary) -> str:
    real.deliver_event(real.drop("a.jpg", b"old", **METADATA))
    return real.drop("a.jpg", b"bad", **METADATA)


def deleted_original(real: AwsLibrary) -> str:
    real.deliver_event(real.drop("a.jpg", b"sea", **METADATA))
    return real.delete("a.jpg")


# The others in `make proof`: over the fakes, tests/unit/ingest/test_ingest_concurrency.py kills workers of such events.
CHANGES = [
    new_photo,
    overwritten_original,
    deleted_original,
    *(
        pytest.param(change, marks=pytest.mark.proof)
        for change in (direct_drop, duplicate, rejected_file, overwritten_by_invalid_file)
    ),
]


# "before" differs from "after" the previous write only by the reads between them: stress runs only.
BEFORE = pytest.param("before", marks=pytest.mark.proof)


@pytest.fixture(scope="module")
def clients() -> Clients:
    """Clients for all tests: they are stateless."""
    return aws_clients.moto_clients()


@contextmanager
def library(clients: Clients) -> Iterator[AwsLibrary]:
    """An empty library over moto."""
    with mock_aws(), new_library(clients) as real:
        yield real


def run_without_kill(clients: Clients, change: Change) -> tuple[State, list[str]]:
    """The final state and the writes of an ingest without a kill."""
    with library(clients) as real:
        key = change(real)
        with kill_at_write(clients, at=-1, when="before") as writes:
            real.deliver_event(key)
        assert find_violations(real.snapshot()) == []
        return state(real), writes


@pytest.mark.parametrize("when", [BEFORE, "after"])
@pytest.mark.parametrize("change", CHANGES)
def test_kill_at_any_write_and_redelivery_end_in_the_same_state(clients: Clients, change: Change, when: str) -> None:
    expected, writes = run_without_kill(clients, change)
    assert len(writes) >= 3
    for at, write in enumerate(writes):
        with library(clients) as real:
            key = change(real)
            with kill_at_write(clients, at, when), pytest.raises(ProcessKilled):
                real.deliver_event(key)
            real.clock.advance(LEASE_DURATION)  # Lambda redelivers an event a minute after a crash
            real.deliver_event(key)
            assert state(real) == expected, f"killed {when} write {at}, {write}"


@pytest.mark.parametrize("when", [BEFORE, "after"])
@pytest.mark.parametrize("change", [new_photo, overwritten_by_invalid_file, deleted_original])
def test_kill_after_the_first_write_is_repaired_by_the_schedule(clients: Clients, change: Change, when: str) -> None:
    (*expected, _), writes = run_without_kill(clients, change)  # the state tag is set by the next event
    found = 0
    for at, write in enumerate(writes):
        with library(clients) as real:
            key = change(real)
            (*before, _) = state(real)
            with kill_at_write(clients, at, when), pytest.raises(ProcessKilled):
                real.deliver_event(key)
            (*after, _) = state(real)
            if after not in (before, expected):
                real.settle()
                (*after, _) = state(real)
                found += 1
            # Before the first write there is no record; S3 delivers the event again.
            assert after in ((before, expected) if found == 0 else (expected,)), f"killed {when} write {at}, {write}"
    assert found >= 2


def timeless_row(row: Mapping[str, Any]) -> tuple[tuple[str, ...], int]:
    """What a row says besides times: its collection, its word if it has one, and its photo; and its weight."""
    *word, _, photo_id = row["position"].split("#")
    return (row["collection"], *word, photo_id), row.get("weight", 0)


def state(real: AwsLibrary) -> State:
    """Everything stored, except versions, times and workers."""
    timeless: dict[str, Any] = {"version": 0, "generation": "", "object_version": None, "received_at": NOON}
    timeless |= {"finished_at": None, "duration_ms": None}
    snapshot, s3 = real.snapshot(), real.clients.get("s3")
    bucket = real.container.settings.derivatives_bucket
    return (
        {photo_id: replace(photo, **timeless) for photo_id, photo in snapshot.photos.items()},
        {place: (trend.totals, trend.tag_count) for place, trend in snapshot.trends.items()},
        dict(map(timeless_row, snapshot.rows)),
        snapshot.claims,
        {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in snapshot.images},
        real.state_tags(),
    )
