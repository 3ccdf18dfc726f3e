from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict, Unavailable
from chalicelib.ingest.ingest import MAX_ATTEMPTS, Action, decide
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.originals import Original
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER, photo
from tests.support.fault_injection import ProcessKilled

OBJECT = Original("k", "v1", 10, NOON, {})
UPLOAD = replace(OBJECT, key=photo().key)
MINE = owner_scope(OWNER)


@pytest.mark.parametrize(
    ("record", "original", "step"),
    [
        (None, None, Action.IGNORE),
        (photo(state=State.UPLOADING), None, Action.IGNORE),
        (photo(), None, Action.REMOVE),
        (photo(state=State.REMOVED), None, Action.REMOVE),
        (None, OBJECT, Action.PROCESS),
        (None, UPLOAD, Action.SKIP_ORPHAN),
        (photo(state=State.UPLOADING), UPLOAD, Action.PROCESS),
        (photo(object_version="v0"), UPLOAD, Action.PROCESS),
        (photo(state=State.UPLOADING), OBJECT, Action.PROCESS),
        (photo(object_version="v1"), OBJECT, Action.NOOP),
        (photo(object_version="v1", state=State.REJECTED), OBJECT, Action.NOOP),
        (photo(object_version="v1", state=State.DUPLICATE), OBJECT, Action.NOOP),
        (photo(object_version="v0"), OBJECT, Action.PROCESS),
        (photo(object_version="v1", state=State.REMOVED), OBJECT, Action.PROCESS),
        (photo(object_version="v1", state=State.TRASHED), OBJECT, Action.NOOP),
        (photo(object_version="v0", state=State.TRASHED), OBJECT, Action.PROCESS),
        (photo(object_version="v1", state=State.TRASHED), None, Action.REMOVE),
        (photo(object_version="v1", state=State.ERASED), OBJECT, Action.ERASE),
        (photo(object_version="v1", state=State.ERASED), None, Action.ERASE),
    ],
)
def test_what_lies_in_the_bucket_and_what_is_recorded_decide(
    record: Photo | None, original: Original | None, step: Action
) -> None:
    assert decide(record, original, now=NOON, worker="me") is step


@pytest.mark.parametrize(
    ("different", "step"),
    [
        ({"worker": "another", "due_at": NOON + LEASE_DURATION}, Action.NOOP),
        ({"worker": "another", "due_at": NOON + LEASE_DURATION, "object_version": "v0"}, Action.SIGNAL_HOLDER),
        ({"worker": "another", "due_at": NOON}, Action.PROCESS),
        ({"worker": "me", "due_at": NOON + LEASE_DURATION}, Action.PROCESS),
        ({"worker": None, "due_at": NOON}, Action.PROCESS),
        ({"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.TRASHED}, Action.NOOP),
        (
            {"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.TRASHED, "object_version": "v0"},
            Action.SIGNAL_HOLDER,
        ),
        ({"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.ERASED}, Action.NOOP),
        (
            {"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.ERASED, "object_version": "v0"},
            Action.SIGNAL_HOLDER,
        ),
        ({"worker": "another", "due_at": NOON, "state": State.TRASHED}, Action.RELEASE_TRASHED),
        ({"worker": "me", "due_at": NOON + LEASE_DURATION, "state": State.TRASHED}, Action.RELEASE_TRASHED),
        ({"worker": "me", "due_at": NOON + LEASE_DURATION, "state": State.ERASED}, Action.ERASE),
    ],
)
def test_a_photo_in_anothers_hands_is_let_be_until_they_are_dead(different: dict[str, Any], step: Action) -> None:
    record = photo(**({"state": State.PROCESSING, "object_version": "v1"} | different))
    assert decide(record, OBJECT, now=NOON, worker="me") is step


def test_a_file_dropped_into_the_bucket_becomes_a_photo_of_the_librarys_owner() -> None:
    library = MemoryLibrary()
    original = library.originals.drop("2024/München.jpg", b"sea", {"tags": "Sea,caf%C3%A9", "status": "public"})
    came = library.deliver_event("2024/München.jpg")
    (stored,) = library.photos.records.values()
    assert came.state is stored.state is State.READY
    assert (stored.owner, stored.filename, stored.visibility) == (OWNER, "München.jpg", Visibility.PUBLIC)
    assert stored.tags == ("sea", "café", "sand")
    assert library.originals.marks[original.key, original.version] is State.READY
    assert set(library.derivatives.images) == {made.key for made in stored.derivatives.values()}


def test_words_in_metadata_that_break_the_rules_are_left_out_and_the_photo_is_taken() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", {"tags": "x" * 65 + ",ok,,!no", "weight": "7", "status": "secret"})
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.user_tags, stored.weight, stored.visibility) == (("ok",), 500_000, Visibility.PRIVATE)


@pytest.mark.parametrize("key", ["2024/", "a/b.xmp", "x.JSON", ".DS_Store", "Thumbs.db"])
def test_folders_and_sidecars_are_ignored(key: str) -> None:
    library = MemoryLibrary()
    library.originals.drop(key, b"")
    assert library.deliver_event(key).action is Action.IGNORE
    assert library.photos.records == {}


def test_a_photo_from_our_own_door_keeps_what_was_said_of_it() -> None:
    library = MemoryLibrary()
    said = UploadMetadata("cat.jpg", user_tags=("tiger",), label="cat", weight=7, visibility=Visibility.PUBLIC)
    taken = library.uploads.store_original("someone", said, b"cat")
    library.deliver_event(taken.key)
    stored = library.photos.records[taken.photo_id]
    assert (stored.state, stored.owner, stored.weight) == (State.READY, "someone", 7)
    assert stored.tags == ("cat", "tiger", "sand")


def test_a_key_that_only_looks_like_ours_belongs_to_the_librarys_owner() -> None:
    library = MemoryLibrary()
    taken = library.uploads.store_original("someone", UploadMetadata("cat.jpg"), b"cat")
    forged = f"someone/{taken.photo_id}/other.jpg"
    library.originals.drop(forged, b"forged")
    library.deliver_event(forged)
    (dropped,) = [p for p in library.photos.records.values() if p.key == forged]
    assert dropped.owner == OWNER
    assert dropped.photo_id != taken.photo_id


@pytest.mark.parametrize(
    "key", ["uploads/someone/id0/other.jpg", "uploads/a.jpg", "uploads/someone/p9/a.jpg", "uploads/a/b/c/d.jpg"]
)
def test_an_upload_that_no_record_holds_is_left_alone(key: str) -> None:
    library = MemoryLibrary()
    taken = library.uploads.store_original("someone", UploadMetadata("cat.jpg"), b"cat")
    original = library.originals.drop(key, b"orphan")
    before = dict(library.photos.records)
    for _ in range(2):
        came = library.deliver_event(key)
        assert (came.photo_id, came.action, came.state) == (None, Action.SKIP_ORPHAN, None)
    assert library.photos.records == before == {taken.photo_id: taken}
    assert library.originals.head(key) == original
    assert library.originals.marks == {}
    assert library.derivatives.images == {}


def test_a_ticket_used_again_after_its_photo_was_deleted_publishes_nothing() -> None:
    library = MemoryLibrary()
    taken = library.uploads.store_original(OWNER, UploadMetadata("cat.jpg"), b"cat")
    library.deliver_event(taken.key)
    library.editor.erase(OWNER, taken.photo_id)
    library.originals.put(taken.key, b"another", "image/jpeg")
    assert library.deliver_event(taken.key).action is Action.SKIP_ORPHAN
    assert library.photos.records == {}
    assert library.originals.head(taken.key) is not None


def test_a_late_event_of_an_upload_that_is_gone_is_ignored() -> None:
    library = MemoryLibrary()
    taken = library.uploads.store_original(OWNER, UploadMetadata("cat.jpg"), b"cat")
    library.deliver_event(taken.key)
    library.editor.erase(OWNER, taken.photo_id)
    assert library.deliver_event(taken.key).action is Action.IGNORE
    assert library.photos.records == {}


def test_every_event_may_come_twice() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    before = (dict(library.photos.records), dict(library.photos.totals))
    assert library.deliver_event("a.jpg").action is Action.NOOP
    assert (library.photos.records, library.photos.totals) == before


def test_what_is_no_picture_is_rejected_with_its_reason_and_the_original_stays() -> None:
    library = MemoryLibrary()
    original = library.originals.drop("notes.jpg", b"bad")
    library.deliver_event("notes.jpg")
    library.deliver_event("notes.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.reason) == (State.REJECTED, "This file is not an image.")
    assert library.originals.head("notes.jpg") == original
    assert [row.photo_id for row in library.photos.list_rows(MINE, "!rejected", after=None, limit=9)] == [
        stored.photo_id
    ]


def test_an_empty_object_is_rejected() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"")
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert stored.reason == "This file is empty."


def test_the_same_bytes_of_one_owner_are_shown_once() -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg"):
        library.originals.drop(key, b"sea")
        library.deliver_event(key)
    first, second = sorted(library.photos.records.values(), key=lambda p: p.key)
    assert (first.state, second.state, second.duplicate_of) == (State.READY, State.DUPLICATE, first.photo_id)
    everything = library.photos.get_trend(MINE, "*")
    assert everything is not None
    assert everything.totals.count == 1


def test_an_overwritten_original_is_ingested_again() -> None:
    library = MemoryLibrary()
    for data in (b"sea", b"mountain"):
        library.originals.drop("a.jpg", data)
        library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert stored.object_version == "v1"
    assert library.derivatives.images[stored.derivatives["preview"].key] == b"image of mountain"


def test_a_picture_overwritten_by_something_else_leaves_no_image_behind() -> None:
    library = MemoryLibrary()
    for data in (b"sea", b"bad"):
        library.originals.drop("a.jpg", data)
        library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert stored.state is State.REJECTED
    assert library.derivatives.images == {}


def test_a_deleted_original_takes_its_photo_along() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.delete("a.jpg")
    assert library.deliver_event("a.jpg").action is Action.REMOVE
    assert (library.photos.records, library.photos.memberships, library.derivatives.images) == ({}, {}, {})
    assert library.deliver_event("a.jpg").action is Action.IGNORE


def test_the_removal_of_an_old_version_leaves_the_photo_alone() -> None:
    library = MemoryLibrary()
    old = library.originals.drop("a.jpg", b"old")
    library.originals.drop("a.jpg", b"new")
    library.deliver_event("a.jpg")
    library.originals.delete_version(old)
    assert library.deliver_event("a.jpg").action is Action.NOOP


def test_a_creation_that_arrives_after_the_removal_creates_nothing() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.originals.delete("a.jpg")
    library.deliver_event("a.jpg")
    assert library.photos.records == {}


def test_a_photo_is_published_without_labels_while_the_labeller_is_out() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.tags, stored.labels_pending) == (State.READY, (), True)
    library.labeler.broken = False
    library.clock.advance(timedelta(hours=1))
    library.sweep.process_due(lambda: True)
    (stored,) = library.photos.records.values()
    assert (stored.tags, stored.labels_pending, stored.due_at) == (("sand",), False, None)


def test_a_worker_who_is_told_of_a_newer_version_begins_again_with_it() -> None:
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


def test_an_error_lets_go_so_that_the_next_delivery_begins_at_once() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")

    def fail(name: str) -> None:
        if name == "put":
            raise Unavailable("S3 does not answer.")

    library.before = fail
    with pytest.raises(Unavailable):
        library.deliver_event("a.jpg")
    library.before = no_hook
    assert library.deliver_event("a.jpg").state is State.READY


def test_a_file_that_kills_its_worker_again_and_again_is_rejected_in_the_end() -> None:
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


def test_a_photo_that_never_holds_still_is_delivered_again() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.drop("a.jpg", b"new")

    def meddle(name: str) -> None:
        if name == "commit":
            (stored,) = library.photos.records.values()
            library.photos.commit(stored, stored)

    library.before = meddle
    with pytest.raises(Conflict):
        library.deliver_event("a.jpg")


def story_of_a_new_photo(library: MemoryLibrary) -> str:
    return library.uploads.store_original(
        OWNER, UploadMetadata("a.jpg", user_tags=("sea",), visibility=Visibility.PUBLIC), b"sea"
    ).key


def story_of_a_drop(library: MemoryLibrary) -> str:
    return library.originals.drop("a.jpg", b"sea", {"tags": "sea", "status": "public"}).key


def story_of_a_duplicate(library: MemoryLibrary) -> str:
    library.originals.drop("first.jpg", b"sea")
    library.deliver_event("first.jpg")
    return library.originals.drop("a.jpg", b"sea").key


def story_of_a_rejection(library: MemoryLibrary) -> str:
    return library.originals.drop("a.jpg", b"bad").key


def story_of_an_overwriting(library: MemoryLibrary) -> str:
    library.originals.drop("a.jpg", b"old", {"tags": "old"})
    library.deliver_event("a.jpg")
    return library.originals.drop("a.jpg", b"sea").key


def story_of_a_removal(library: MemoryLibrary) -> str:
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.delete("a.jpg")
    return "a.jpg"


STORIES = [
    story_of_a_new_photo,
    story_of_a_drop,
    story_of_a_duplicate,
    story_of_a_rejection,
    story_of_an_overwriting,
    story_of_a_removal,
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("story", STORIES)
def test_a_death_at_any_write_and_a_redelivery_end_as_if_nobody_had_died(
    story: Callable[[MemoryLibrary], str], when: str
) -> None:
    undisturbed = MemoryLibrary()
    undisturbed.deliver_event(story(undisturbed))
    writes = 0
    while True:
        library = MemoryLibrary()
        key = story(library)
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
    """Everything stored, but for versions, times and who did it."""
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


def test_a_photo_that_its_owner_keeps_editing_while_it_is_developed_is_not_taken_for_a_killer() -> None:
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


def test_a_photo_begun_anew_with_the_bytes_that_another_has_by_now_takes_its_duplicates_along() -> None:
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
