"""Originals whose record is gone: they never become another owner's photo, and nothing becomes public by accident."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.originals import Original
from chalicelib.ingest.recovery import EXPIRY_DELAY, tombstone_lifetime
from chalicelib.ingest.uploads import TICKET_GRACE, TICKET_LIFETIME, UploadMetadata
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER, photo
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory

SOMEONE = "another"  # a user, but not the library's owner
METADATA = UploadMetadata("cat.jpg", user_tags=("tiger",), label="cat", weight=7, visibility=Visibility.PUBLIC)


def upload(library: MemoryLibrary) -> Photo:
    """A public photo of someone, uploaded through the API."""
    key = library.uploads.store_original(SOMEONE, METADATA, b"cat").key
    library.deliver_event(key)
    return only_photo(library)


def only_photo(library: MemoryLibrary) -> Photo:
    (stored,) = library.photos.records.values()
    return stored


def delete_with_a_tool(library: MemoryLibrary, key: str) -> Original:
    """Delete the original, which leaves a delete marker; returns the deleted version."""
    original = library.originals.head(key)
    assert original is not None
    library.originals.delete(key)
    assert library.deliver_event(key).action is Action.REMOVE
    return original


def undelete(library: MemoryLibrary, original: Original) -> ReconcileResult:
    """Remove the delete marker."""
    library.originals.latest[original.key] = original.version
    return library.deliver_event(original.key)


def fields_of(record: Photo) -> tuple[object, ...]:
    return record.owner, record.tags, record.label, record.weight, record.visibility, record.recovered


# ---------------------------------------------------------------- a version is undeleted


def test_undeleted_upload_returns_to_its_owner_with_all_that_was_set() -> None:
    library = MemoryLibrary()
    before = upload(library)
    library.editor.edit(SOMEONE, before.photo_id, Edit(tags=("pet", "sand"), filename="mine.jpg"))
    edited = only_photo(library)
    original = delete_with_a_tool(library, before.key)
    assert library.photos.records == {}
    assert undelete(library, original).state is State.READY
    restored = only_photo(library)
    assert fields_of(restored) == fields_of(edited) == (SOMEONE, ("pet", "sand"), None, 7, Visibility.PUBLIC, False)
    assert (restored.photo_id, restored.filename, restored.received_at, restored.expires_at) == (
        before.photo_id,
        "mine.jpg",
        before.received_at,
        None,
    )
    assert library.photos.tombstones == {}
    assert find_violations(read_memory(library)) == []


def test_undeleted_direct_drop_keeps_what_its_owner_set() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", {"tags": "sea", "status": "public"})
    library.deliver_event("a.jpg")
    library.editor.edit(OWNER, only_photo(library).photo_id, Edit(visibility=Visibility.PRIVATE, tags=("dune",)))
    undelete(library, delete_with_a_tool(library, "a.jpg"))
    assert (only_photo(library).visibility, only_photo(library).tags) == (Visibility.PRIVATE, ("dune",))


def test_copy_of_a_deleted_version_returns_private() -> None:
    library = MemoryLibrary()
    key = upload(library).key
    delete_with_a_tool(library, key)
    library.originals.drop(key, b"cat")
    library.deliver_event(key)
    restored = only_photo(library)
    assert fields_of(restored) == (SOMEONE, ("cat", "tiger", "sand"), "cat", 7, Visibility.PRIVATE, True)


def test_photo_deleted_from_the_trash_returns_private() -> None:
    library = MemoryLibrary()
    before = upload(library)
    library.editor.trash(SOMEONE, before.photo_id)
    undelete(library, delete_with_a_tool(library, before.key))
    assert (only_photo(library).state, only_photo(library).visibility) == (State.READY, Visibility.PRIVATE)


@pytest.mark.parametrize("private_before", [True, False])
def test_new_file_at_the_key_of_a_deleted_drop_is_public_only_if_the_photo_was(private_before: bool) -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", {"status": "private" if private_before else "public"})
    library.deliver_event("a.jpg")
    before = only_photo(library)
    delete_with_a_tool(library, "a.jpg")
    library.originals.drop("a.jpg", b"hill", {"tags": "hill", "status": "public"})
    came = library.deliver_event("a.jpg")
    after = only_photo(library)
    assert (after.user_tags, after.recovered) == (("hill",), False)
    assert after.visibility is (Visibility.PRIVATE if private_before else Visibility.PUBLIC)
    assert came.ignored_metadata.superseded == (("status",) if private_before else ())
    assert after.generation != before.generation


def test_undelete_whose_event_was_lost_is_found() -> None:
    library = MemoryLibrary()
    key = upload(library).key
    original = delete_with_a_tool(library, key)
    library.originals.latest[key] = original.version
    library.clock.advance(timedelta(hours=1))
    assert library.reconciliation.reconcile_originals(lambda: True).repaired == 1
    assert only_photo(library).visibility is Visibility.PUBLIC


def test_tombstone_has_nothing_that_was_read_from_the_original_and_expires() -> None:
    library = MemoryLibrary()
    before = upload(library)
    delete_with_a_tool(library, before.key)
    (tombstone,) = library.photos.tombstones.values()
    assert (tombstone.sha256, tombstone.derivatives, tombstone.labels, tombstone.due_at) == (None, {}, (), None)
    assert tombstone.expires_at == library.clock() + library.deletion.tombstone_lifetime
    assert library.derivatives.images == {}


@pytest.mark.parametrize(("days", "lifetime"), [(30, timedelta(days=32)), (1, timedelta(days=3))])
def test_tombstone_lives_as_long_as_versions_and_tickets(days: int, lifetime: timedelta) -> None:
    assert tombstone_lifetime(timedelta(days=days)) == lifetime
    assert lifetime >= max(timedelta(days=days) + EXPIRY_DELAY, TICKET_LIFETIME + TICKET_GRACE)


# ---------------------------------------------------------------- an upload URL is used again


def test_upload_to_the_key_of_an_erased_photo_is_deleted() -> None:
    library = MemoryLibrary()
    before = upload(library)
    library.editor.erase(SOMEONE, before.photo_id)
    library.originals.put(before.key, b"planted", "image/jpeg")
    assert library.deliver_event(before.key).action is Action.DISCARD
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})
    assert library.deliver_event(before.key).action is Action.IGNORE  # the event of this deletion


def test_planted_upload_whose_event_was_lost_is_deleted() -> None:
    library = MemoryLibrary()
    before = upload(library)
    library.editor.erase(SOMEONE, before.photo_id)
    library.originals.put(before.key, b"planted", "image/jpeg")
    library.clock.advance(timedelta(hours=1))
    library.reconciliation.reconcile_originals(lambda: True)
    assert (library.photos.records, library.originals.versions) == ({}, {})


def test_tombstone_of_an_erased_photo_forgets_what_its_owner_had_set() -> None:
    library = MemoryLibrary()
    before = upload(library)
    library.editor.edit(SOMEONE, before.photo_id, Edit(filename="secret.jpg"))
    library.editor.erase(SOMEONE, before.photo_id)
    (tombstone,) = library.photos.tombstones.values()
    assert (tombstone.filename, tombstone.tags, tombstone.visibility) == ("cat.jpg", (), Visibility.PRIVATE)


def test_direct_drop_may_be_dropped_again_after_its_photo_was_erased() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.editor.erase(OWNER, only_photo(library).photo_id)
    assert library.photos.tombstones == {}
    library.originals.drop("a.jpg", b"hill", {"status": "public"})
    library.deliver_event("a.jpg")
    assert (only_photo(library).state, only_photo(library).visibility) == (State.READY, Visibility.PUBLIC)


def test_upload_to_the_key_of_a_removed_photo_is_not_public() -> None:
    library = MemoryLibrary()
    before = upload(library)
    delete_with_a_tool(library, before.key)
    library.originals.put(before.key, b"planted", "image/jpeg")
    library.deliver_event(before.key)
    assert (only_photo(library).owner, only_photo(library).visibility) == (SOMEONE, Visibility.PRIVATE)


@pytest.mark.parametrize(("owner", "visibility"), [(SOMEONE, Visibility.PUBLIC), (OWNER, Visibility.PRIVATE)])
def test_new_version_of_a_photo_that_was_handed_over_is_private(owner: str, visibility: Visibility) -> None:
    library = MemoryLibrary()
    key = library.uploads.store_original(SOMEONE, METADATA, b"cat").key
    library.deliver_event(key)
    stored = only_photo(library)
    library.photos.commit(stored, replace(stored, owner=owner, visibility=Visibility.PUBLIC))
    library.deliver_event(key)
    assert only_photo(library).visibility is Visibility.PUBLIC
    library.originals.drop(key, b"planted")
    library.deliver_event(key)
    assert (only_photo(library).owner, only_photo(library).visibility) == (owner, visibility)
    assert find_violations(read_memory(library)) == []


# ---------------------------------------------------------------- records are lost


def test_uploads_without_records_return_to_their_owners_privately() -> None:
    library = MemoryLibrary()
    uploaded = {
        library.uploads.store_original(owner, METADATA, b"cat%d" % n).key: owner
        for n, owner in enumerate([SOMEONE, OWNER] * 15)
    }
    for key in uploaded:
        library.deliver_event(key)
    lost = with_originals(MemoryLibrary(), library)
    lost.clock.advance(timedelta(hours=1))
    report = lost.reconciliation.reconcile_originals(lambda: True)
    assert (report.repaired, report.orphans, report.failures) == (30, 0, ())
    photos = lost.photos.records.values()
    assert {p.key: p.owner for p in photos} == uploaded
    assert {(p.state, p.visibility, p.recovered, p.user_tags) for p in photos} == {
        (State.READY, Visibility.PRIVATE, True, ())
    }
    assert {p.photo_id for p in photos} == library.photos.records.keys()
    assert find_violations(read_memory(lost)) == []


def with_originals(library: MemoryLibrary, other: MemoryLibrary) -> MemoryLibrary:
    """The first library over the objects of another one."""
    for key, version in other.originals.latest.items():
        original, data = other.originals.versions[key, version]
        library.originals.versions[key, version] = original, data
        library.originals.latest[key] = version
    return library


def test_metadata_of_the_object_publishes_nothing() -> None:
    library = MemoryLibrary()
    library.originals.drop(f"uploads/{SOMEONE}/p1/cat.jpg", b"cat", {"status": "public", "tags": "planted"})
    library.deliver_event(f"uploads/{SOMEONE}/p1/cat.jpg")
    assert fields_of(only_photo(library)) == (SOMEONE, ("sand",), None, 500_000, Visibility.PRIVATE, True)


@pytest.mark.parametrize(
    "key",
    [
        "uploads/unknown/p2/cat.jpg",
        f"uploads/{SOMEONE}/p1/other.jpg",  # of a photo with another key
        f"uploads/{SOMEONE}/claim#another#0/cat.jpg",
        f"uploads/{SOMEONE}/p2/.cat.jpg",  # no upload has such a filename
        f"uploads/{SOMEONE}/p2/a/cat.jpg",
        f"uploads/{SOMEONE}/cat.jpg",
        f"uploads/{SOMEONE}/p2/",
    ],
)
def test_key_that_no_upload_of_a_user_has_stays_an_orphan(key: str) -> None:
    library = MemoryLibrary()
    stored = library.photos.commit(None, photo(owner=SOMEONE, key=f"uploads/{SOMEONE}/p1/cat.jpg"))
    original = library.originals.drop(key, b"orphan")
    assert library.deliver_event(key) == ReconcileResult(None, Action.SKIP_ORPHAN, None)
    assert library.photos.records == {"p1": stored}
    assert library.originals.head(key) == original


def test_orphan_of_a_user_who_comes_back_is_recovered() -> None:
    library = MemoryLibrary()
    library.originals.drop("uploads/new/p1/cat.jpg", b"cat")
    assert library.deliver_event("uploads/new/p1/cat.jpg").action is Action.SKIP_ORPHAN
    library.owners.owners.add("new")
    assert library.deliver_event("uploads/new/p1/cat.jpg").action is Action.RECOVER
    assert only_photo(library).owner == "new"


# ---------------------------------------------------------------- races


def erased(library: MemoryLibrary, key: str) -> None:
    library.editor.erase(SOMEONE, only_photo(library).photo_id)


def removed(library: MemoryLibrary, key: str) -> None:
    library.originals.delete(key)
    library.deliver_event(key)


@pytest.mark.parametrize("worker", ["survives", "is killed"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("deletion", [erased, removed])
def test_late_upload_during_any_write_of_a_deletion_is_deleted_or_its_owners(
    deletion: Callable[[MemoryLibrary, str], None], when: str, worker: str
) -> None:
    for at in range(20):
        library, writes = MemoryLibrary(), list[str]()
        key = upload(library).key

        def interrupt(
            name: str, library: MemoryLibrary = library, key: str = key, writes: list[str] = writes, at: int = at
        ) -> None:
            writes.append(name)
            if len(writes) == at + 1:
                setattr(library, when, no_hook)
                library.originals.put(key, b"late", "image/jpeg")
                with suppress(Conflict):
                    library.deliver_event(key)
                if worker == "is killed":
                    raise ProcessKilled

        setattr(library, when, interrupt)
        with suppress(ProcessKilled, Conflict):
            deletion(library, key)
        setattr(library, when, no_hook)
        if len(writes) <= at:
            assert at >= 3
            return
        if (at, when, worker) == (0, "before", "is killed"):
            continue  # nothing was deleted
        settle(library, key)
        assert leftovers(library, key, deletion) == [], f"{when} {writes[at]}"


def settle(library: MemoryLibrary, key: str) -> None:
    """Deliver the event once more, as Lambda does after an error, and run the schedule."""
    for _ in range(3):
        library.clock.advance(LEASE_DURATION + timedelta(minutes=20))
        with suppress(Conflict):
            library.deliver_event(key)
        library.sweep.run(lambda: timedelta(minutes=1))


def leftovers(library: MemoryLibrary, key: str, deletion: Callable[[MemoryLibrary, str], None]) -> list[str]:
    found = find_violations(read_memory(library))
    photos = [p for p in library.photos.records.values() if p.key == key]
    if deletion is erased:
        return [*found, *(f"{p.photo_id} is {p.state}" for p in photos), *(map(str, library.originals.versions))]
    return found + [f"{p.photo_id} belongs to {p.owner}" for p in photos if p.owner != SOMEONE]


def test_late_and_repeated_events_of_a_removed_photo_change_nothing() -> None:
    library = MemoryLibrary()
    key = upload(library).key
    delete_with_a_tool(library, key)
    tombstones = dict(library.photos.tombstones)
    for _ in range(2):
        assert library.deliver_event(key).action is Action.IGNORE
    assert (library.photos.records, library.photos.tombstones) == ({}, tombstones)


def test_object_stored_during_a_discard_is_discarded_by_its_own_event() -> None:
    library = MemoryLibrary()
    key = upload(library).key
    library.editor.erase(SOMEONE, only_photo(library).photo_id)
    library.originals.put(key, b"first", "image/jpeg")

    def store_another(name: str) -> None:
        if name == "purge":
            library.before = no_hook
            library.originals.put(key, b"second", "image/jpeg")

    library.before = store_another
    library.deliver_event(key)
    assert [data for _, data in library.originals.versions.values()] == [b"second"]
    library.deliver_event(key)
    assert library.originals.versions == {}


def test_removed_duplicate_returns_as_a_duplicate() -> None:
    library = MemoryLibrary()
    first = upload(library)
    second = library.uploads.store_original(SOMEONE, replace(METADATA, filename="copy.jpg"), b"cat").key
    library.deliver_event(second)
    undelete(library, delete_with_a_tool(library, second))
    states = {p.key: (p.state, p.duplicate_of) for p in library.photos.records.values()}
    assert states == {first.key: (State.READY, None), second: (State.DUPLICATE, first.photo_id)}
    assert find_violations(read_memory(library)) == []
