from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Conflict, Unavailable
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.ingest import MAX_ATTEMPTS
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import State, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled


def test_repeated_event_changes_nothing() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    before = (dict(library.photos.records), dict(library.photos.totals))
    assert library.deliver_event("a.jpg").action is Action.NOOP
    assert (library.photos.records, library.photos.totals) == before


def test_signaled_worker_processes_the_newer_version() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"old")

    def overwrite(name: str) -> None:
        if name == "put":
            library.before = no_hook
            library.originals.drop("a.jpg", b"new")
            assert library.deliver_event("a.jpg").action is Action.SIGNAL_HOLDER

    library.before = overwrite
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.object_version) == (State.READY, "v1")
    assert set(library.derivatives.images.values()) == {b"image of new"}


def test_error_releases_the_lease() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")

    def fail(name: str) -> None:
        if name == "put":
            raise Unavailable("S3 did not respond.")

    library.before = fail
    with pytest.raises(Unavailable):
        library.deliver_event("a.jpg")
    library.before = no_hook
    assert library.deliver_event("a.jpg").state is State.READY


def test_file_that_kills_workers_is_rejected_after_max_attempts() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")

    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == "put":
            raise Killed

    library.before = kill
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            library.deliver_event("a.jpg")
        library.clock.advance(LEASE_DURATION)
    assert library.deliver_event("a.jpg").state is State.REJECTED


def test_photo_that_keeps_changing_raises_conflict() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.drop("a.jpg", b"new")

    def edit_concurrently(name: str) -> None:
        if name == "commit":
            (stored,) = library.photos.records.values()
            library.photos.commit(stored, stored)

    library.before = edit_concurrently
    with pytest.raises(Conflict):
        library.deliver_event("a.jpg")


def upload_photo(library: MemoryLibrary) -> str:
    return library.uploads.store_original(
        OWNER, UploadMetadata("a.jpg", user_tags=("sea",), visibility=Visibility.PUBLIC), b"sea"
    ).key


def drop_photo(library: MemoryLibrary) -> str:
    return library.originals.drop("a.jpg", b"sea", {"tags": "sea", "status": "public"}).key


def drop_duplicate(library: MemoryLibrary) -> str:
    library.originals.drop("first.jpg", b"sea")
    library.deliver_event("first.jpg")
    return library.originals.drop("a.jpg", b"sea").key


def drop_invalid_file(library: MemoryLibrary) -> str:
    return library.originals.drop("a.jpg", b"bad").key


def overwrite_original(library: MemoryLibrary) -> str:
    library.originals.drop("a.jpg", b"old", {"tags": "old"})
    library.deliver_event("a.jpg")
    return library.originals.drop("a.jpg", b"sea").key


def delete_original(library: MemoryLibrary) -> str:
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.delete("a.jpg")
    return "a.jpg"


SCENARIOS = [
    upload_photo,
    drop_photo,
    drop_duplicate,
    drop_invalid_file,
    overwrite_original,
    delete_original,
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_kill_at_any_write_and_redelivery_end_in_the_same_state(
    scenario: Callable[[MemoryLibrary], str], when: str
) -> None:
    undisturbed = MemoryLibrary()
    undisturbed.deliver_event(scenario(undisturbed))
    writes = 0
    while True:
        library = MemoryLibrary()
        key = scenario(library)
        left = [writes]

        def die(_: str, left: list[int] = left) -> None:
            if left[0] == 0:
                raise ProcessKilled
            left[0] -= 1

        setattr(library, when, die)
        try:
            library.deliver_event(key)
        except ProcessKilled:
            setattr(library, when, no_hook)
            library.clock.advance(LEASE_DURATION)  # Lambda delivers an event again a minute after the function died
            library.deliver_event(key)
            assert _state(library) == _state(undisturbed)
            writes += 1
        else:
            break
    assert writes >= 3


def _state(library: MemoryLibrary) -> tuple[Mapping[Any, Any], ...]:
    """Everything stored, except versions, times and workers."""
    timeless: dict[str, Any] = {
        "version": 0,
        "generation": "",
        "finished_at": None,
        "duration_ms": None,
        "received_at": NOON,
    }
    return (
        {p.photo_id: replace(p, **timeless) for p in library.photos.records.values()},
        {key: (t.totals, t.tag_count) for key, t in library.photos.totals.items()},
        {(m.scope, m.tag, m.photo_id): m.weight for m in library.photos.memberships.values()},
        library.photos.claims,
        library.derivatives.images,
        library.originals.marks,
    )


def test_edits_during_processing_do_not_count_as_attempts() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    edits = iter(range(1, MAX_ATTEMPTS + 2))

    def edit(name: str) -> None:
        if name != "commit" or not library.derivatives.images:
            return
        library.derivatives.images.clear()
        (photo_id,) = library.photos.records
        if weight := next(edits, None):
            library.editor.edit(OWNER, photo_id, Edit(weight=weight))

    library.before = edit
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.attempts, stored.weight) == (State.READY, 0, MAX_ATTEMPTS + 1)


def test_duplicates_follow_a_photo_that_becomes_a_duplicate() -> None:
    library = MemoryLibrary()
    for key in ("1.jpg", "2.jpg"):
        library.originals.drop(key, b"sea")
        library.deliver_event(key)
    library.originals.drop("1.jpg", b"sea")
    library.originals.drop("3.jpg", b"sea")

    def come(name: str) -> None:
        if name == "put":
            library.before = no_hook
            library.deliver_event("3.jpg")

    library.before = come
    library.deliver_event("1.jpg")
    by_key = {p.key: p for p in library.photos.records.values()}
    assert by_key["3.jpg"].state is State.READY
    assert {by_key[key].duplicate_of for key in ("1.jpg", "2.jpg")} == {by_key["3.jpg"].photo_id}
