from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, Outdated, PhotoNotFound, Unavailable
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import TRASH_RETENTION, Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory

SAID = {"tags": "sea", "status": "public"}


def beach(library: MemoryLibrary, key: str = "a.jpg", data: bytes = b"sea") -> str:
    """A photo is dropped and ingested; answers its id."""
    library.originals.drop(key, data, SAID)
    return str(library.deliver_event(key).photo_id)


def state(library: MemoryLibrary, photo_id: str) -> State:
    return library.photos.records[photo_id].state


def sweep(library: MemoryLibrary, after: timedelta) -> None:
    library.clock.advance(after)
    library.sweep.process_due(lambda: True)


def test_an_edit_moves_the_photo_in_every_collection_and_total() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    edit = Edit(tags=("dune",), label="cat", weight=7, visibility=Visibility.PRIVATE, filename="b.jpg")
    after = library.editor.edit(OWNER, photo_id, edit)
    assert after == library.photos.records[photo_id]
    assert (after.tags, after.weight, after.filename) == (("cat", "dune"), 7, "b.jpg")
    assert library.photos.get_trend("public", "*").totals.count == 0  # type: ignore[union-attr]
    assert find_violations(read_memory(library)) == []


def test_a_label_that_a_person_took_away_does_not_come_back_with_a_new_original() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    assert "sand" in library.photos.records[photo_id].tags
    library.editor.edit(OWNER, photo_id, Edit(tags=("sea",)))
    library.originals.drop("a.jpg", b"newer", SAID)
    library.deliver_event("a.jpg")
    assert library.photos.records[photo_id].tags == ("sea",)


def test_a_label_that_a_person_took_away_does_not_come_back_from_the_due_list() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    photo_id = beach(library)
    library.labeler.broken = False
    stored = library.photos.records[photo_id]
    library.photos.commit(stored, replace(stored, dismissed_labels=("sand",)))
    sweep(library, timedelta(days=1))
    after = library.photos.records[photo_id]
    assert (after.labels_pending, after.labels) == (False, ())


def test_an_edit_of_a_version_that_is_no_more_changes_nothing() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    version = library.photos.records[photo_id].version
    first = library.editor.edit(OWNER, photo_id, Edit(label="cat"), version)
    with pytest.raises(Outdated) as refused:
        library.editor.edit(OWNER, photo_id, Edit(label="dog"), version)
    assert refused.value.version == first.version
    assert library.photos.records[photo_id].label == "cat"


def test_an_edit_that_names_no_version_holds_whoever_writes_at_the_same_time() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)

    def meddle(_: str) -> None:
        library.before = no_hook
        library.editor.edit(OWNER, photo_id, Edit(weight=7))

    library.before = meddle
    after = library.editor.edit(OWNER, photo_id, Edit(label="cat"))
    assert (after.label, after.weight) == ("cat", 7)


def test_an_edit_of_a_version_fails_where_somebody_writes_at_the_same_time() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)

    def meddle(_: str) -> None:
        library.before = no_hook
        library.editor.edit(OWNER, photo_id, Edit(weight=7))

    library.before = meddle
    with pytest.raises(Outdated):
        library.editor.edit(OWNER, photo_id, Edit(label="cat"), library.photos.records[photo_id].version)


def test_a_whole_new_set_of_tags_goes_in_two_steps_and_a_death_between_them_leaves_a_library_in_order() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    library.editor.edit(OWNER, photo_id, Edit(tags=tuple(f"a{n}" for n in range(20))))
    wanted = Edit(tags=tuple(f"b{n}" for n in range(20)))
    written: list[str] = []

    def die(name: str) -> None:
        written.append(name)
        if len(written) == 2:
            raise Unavailable("The catalogue does not answer.")

    library.before = die
    with pytest.raises(Unavailable):
        library.editor.edit(OWNER, photo_id, wanted)
    assert find_violations(read_memory(library)) == []
    library.before = no_hook
    assert library.editor.edit(OWNER, photo_id, wanted).tags == wanted.tags
    assert find_violations(read_memory(library)) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda c, p: c.edit("another", p, Edit(label="cat")),
        lambda c, p: c.trash("another", p),
        lambda c, p: c.restore("another", p),
        lambda c, p: c.erase("another", p),
        lambda c, p: c.erase(OWNER, p + "x"),
    ],
)
def test_a_photo_of_somebody_else_is_not_there(act: Callable[[PhotoEditor, str], object]) -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    before = library.photos.records[photo_id]
    with pytest.raises(PhotoNotFound):
        act(library.editor, photo_id)
    assert library.photos.records[photo_id] == before


def test_a_trashed_photo_is_in_nobodys_sight_but_in_its_owners_trash_and_comes_back_whole() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    before = library.photos.records[photo_id]
    library.editor.trash(OWNER, photo_id)
    assert [r.photo_id for r in library.photos.list_rows(owner_scope(OWNER), "!trashed", after=None, limit=9)] == [
        photo_id
    ]
    assert library.photos.list_rows("public", "*", after=None, limit=9) == []
    assert find_violations(read_memory(library)) == []
    after = library.editor.restore(OWNER, photo_id)
    assert replace(after, version=before.version) == before
    assert find_violations(read_memory(library)) == []


def test_what_is_trashed_for_thirty_days_is_gone_for_ever_with_every_version_of_its_original() -> None:
    library = MemoryLibrary()
    beach(library, data=b"old")
    photo_id = beach(library, data=b"new")
    library.editor.trash(OWNER, photo_id)
    sweep(library, TRASH_RETENTION - timedelta(seconds=1))
    assert state(library, photo_id) is State.TRASHED
    sweep(library, timedelta(seconds=1))
    assert library.photos.records == {}
    assert (library.originals.versions, library.derivatives.images) == ({}, {})
    assert find_violations(read_memory(library)) == []


def test_deleted_for_ever_is_gone_at_once_and_stays_gone_whatever_is_delivered_late() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    library.editor.erase(OWNER, photo_id)
    library.deliver_event("a.jpg")
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})
    for act in (library.editor.restore, library.editor.erase, library.editor.trash):
        with pytest.raises(PhotoNotFound):
            act(OWNER, photo_id)


def test_a_deletion_that_fails_half_way_is_out_of_sight_and_finished_by_the_schedule() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)

    def fail(name: str) -> None:
        if name == "purge":
            raise Unavailable("S3 does not answer.")

    library.before = fail
    library.editor.erase(OWNER, photo_id)
    with pytest.raises(PhotoNotFound):
        library.editor.trash(OWNER, photo_id)
    library.before = no_hook
    sweep(library, timedelta(seconds=1))
    assert (library.photos.records, library.originals.versions) == ({}, {})


def test_what_is_still_being_uploaded_can_be_neither_trashed_nor_deleted() -> None:
    library = MemoryLibrary()
    taken = library.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea")
    for act in (library.editor.trash, library.editor.erase):
        with pytest.raises(Conflict, match="uploading"):
            act(OWNER, taken.photo_id)


def test_a_photo_that_was_renamed_keeps_its_images_and_leaves_none_behind() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    library.editor.edit(OWNER, photo_id, Edit(filename="holiday.jpg"))
    library.originals.drop("a.jpg", b"newer", SAID)
    library.deliver_event("a.jpg")
    assert library.photos.records[photo_id].filename == "holiday.jpg"
    assert find_violations(read_memory(library)) == []
    library.editor.erase(OWNER, photo_id)
    assert library.derivatives.images == {}


def three_of_the_same(library: MemoryLibrary) -> tuple[str, str, str]:
    """Three originals of the same bytes; the first shows them, the others are its duplicates."""
    first, second, third = beach(library, "1.jpg"), beach(library, "2.jpg"), beach(library, "3.jpg")
    photos = library.photos.records
    assert [(photos[p].state, photos[p].duplicate_of) for p in (second, third)] == [(State.DUPLICATE, first)] * 2
    return first, second, third


def removed_with_a_tool(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.delete(photo.key)
    library.deliver_event(photo.key)


def overwritten(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.drop(photo.key, b"mountain", SAID)
    library.deliver_event(photo.key)


def spoiled(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.drop(photo.key, b"bad", SAID)
    library.deliver_event(photo.key)


def deleted(library: MemoryLibrary, photo: Photo) -> None:
    library.editor.erase(OWNER, photo.photo_id)


def forgotten_in_the_trash(library: MemoryLibrary, photo: Photo) -> None:
    library.editor.trash(OWNER, photo.photo_id)
    sweep(library, TRASH_RETENTION)


@pytest.mark.parametrize("lost", [removed_with_a_tool, overwritten, spoiled, deleted, forgotten_in_the_trash])
def test_when_the_first_is_lost_for_ever_a_duplicate_takes_its_place(
    lost: Callable[[MemoryLibrary, Photo], None],
) -> None:
    library = MemoryLibrary()
    first, *others = three_of_the_same(library)
    lost(library, library.photos.records[first])
    (shown,) = [p for p in others if state(library, p) is State.READY]
    (copy,) = [p for p in others if p != shown]
    assert library.photos.records[copy].duplicate_of == shown
    assert library.photos.records[shown].duplicate_of is None
    assert find_violations(read_memory(library)) == []


def test_a_photo_in_the_trash_is_no_target_for_duplicates() -> None:
    library = MemoryLibrary()
    first = beach(library, "1.jpg")
    library.editor.trash(OWNER, first)
    second = beach(library, "2.jpg")
    assert state(library, second) is State.READY
    assert library.photos.claim_holder(OWNER, library.photos.records[second].sha256 or "") == second
    back = library.editor.restore(OWNER, first)
    assert (back.state, back.duplicate_of) == (State.DUPLICATE, second)
    assert find_violations(read_memory(library)) == []


def test_a_photo_is_no_duplicate_of_one_that_is_trashed_just_before() -> None:
    library = MemoryLibrary()
    first = beach(library, "1.jpg")
    commits: list[str] = []

    def trash(name: str) -> None:
        commits.append(name)
        if commits.count("commit") == 3:  # begun, refused as a second of the same bytes, now to be a duplicate
            library.before = no_hook
            library.editor.trash(OWNER, first)

    library.before = trash
    assert state(library, beach(library, "2.jpg")) is State.READY
    assert find_violations(read_memory(library)) == []


def test_the_same_bytes_of_another_owner_are_nobodys_duplicate() -> None:
    library = MemoryLibrary()
    mine = beach(library)
    taken = library.uploads.store_original("another", UploadMetadata("b.jpg"), b"sea")
    library.deliver_event(taken.key)
    assert state(library, mine) is state(library, taken.photo_id) is State.READY
    library.editor.erase(OWNER, mine)
    assert state(library, taken.photo_id) is State.READY


def test_a_duplicate_may_be_trashed_restored_and_deleted_like_any_photo() -> None:
    library = MemoryLibrary()
    first, second, third = three_of_the_same(library)
    library.editor.trash(OWNER, second)
    assert find_violations(read_memory(library)) == []
    back = library.editor.restore(OWNER, second)
    assert (back.state, back.duplicate_of) == (State.DUPLICATE, first)
    library.editor.erase(OWNER, third)
    assert {p: state(library, p) for p in library.photos.records} == {first: State.READY, second: State.DUPLICATE}
    assert find_violations(read_memory(library)) == []


def test_a_photo_trashed_while_it_was_begun_is_begun_again_when_it_is_restored() -> None:
    library = MemoryLibrary()

    def fail(name: str) -> None:
        if name == "put":
            raise Unavailable("S3 does not answer.")

    library.originals.drop("a.jpg", b"sea", SAID)
    library.before = fail
    with pytest.raises(Unavailable):
        library.deliver_event("a.jpg")
    library.before = no_hook
    (photo_id,) = library.photos.records
    library.editor.trash(OWNER, photo_id)
    assert library.editor.restore(OWNER, photo_id).state is State.PROCESSING
    sweep(library, timedelta(seconds=1))
    assert state(library, photo_id) is State.READY
    assert find_violations(read_memory(library)) == []


def test_what_a_failed_attempt_left_goes_when_the_photo_is_trashed_and_not_only_thirty_days_later() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", SAID)

    def fail(name: str) -> None:
        if name == "put":
            raise Unavailable("S3 does not answer.")

    library.after = fail  # the image lies there, and nobody was told
    with pytest.raises(Unavailable):
        library.deliver_event("a.jpg")
    library.after = no_hook
    assert library.derivatives.images != {}
    (photo_id,) = library.photos.records
    library.editor.trash(OWNER, photo_id)
    sweep(library, timedelta(seconds=1))
    assert state(library, photo_id) is State.TRASHED
    assert library.derivatives.images == {}
    assert find_violations(read_memory(library)) == []


def test_a_photo_that_is_restored_as_a_duplicate_takes_its_own_duplicates_along() -> None:
    library = MemoryLibrary()
    first, *others = three_of_the_same(library)
    library.editor.trash(OWNER, first)
    fourth = beach(library, "4.jpg")
    library.editor.restore(OWNER, first)
    assert state(library, fourth) is State.READY
    assert {library.photos.records[p].duplicate_of for p in (first, *others)} == {fourth}
    assert find_violations(read_memory(library)) == []


def test_a_death_while_duplicates_are_taken_along_leaves_none_that_points_to_a_duplicate() -> None:
    for at in range(4):
        library = MemoryLibrary()
        first, *_ = three_of_the_same(library)
        library.editor.trash(OWNER, first)
        beach(library, "4.jpg")
        left = iter(range(at))

        def fail(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Unavailable("The catalogue does not answer.")

        library.before = fail
        with suppress(Unavailable):
            library.editor.restore(OWNER, first)
        assert find_violations(read_memory(library)) == []


def test_duplicates_of_a_picture_are_shown_when_it_was_replaced_and_trashed_before_that_was_developed() -> None:
    library = MemoryLibrary()
    first, *others = three_of_the_same(library)
    library.originals.drop("1.jpg", b"mountain", SAID)

    def trash(name: str) -> None:
        if name == "put":
            library.before = no_hook
            library.editor.trash(OWNER, first)
            raise Unavailable("S3 does not answer.")

    library.before = trash
    with pytest.raises(Unavailable):
        library.deliver_event("1.jpg")
    library.deliver_event("1.jpg")
    sweep(library, LEASE_DURATION)
    assert state(library, first) is State.TRASHED
    assert sorted(state(library, p) for p in others) == [State.DUPLICATE, State.READY]
    assert find_violations(read_memory(library)) == []


def test_a_photo_replaced_while_a_dead_worker_held_it_is_not_shown_with_the_images_it_had() -> None:
    library = MemoryLibrary()
    photo_id = beach(library)
    library.originals.delete("a.jpg")

    def die(name: str) -> None:
        if not library.derivatives.images:
            raise ProcessKilled

    library.after = die
    with pytest.raises(ProcessKilled):
        library.deliver_event("a.jpg")
    library.after = no_hook
    library.originals.drop("a.jpg", b"bad", SAID)
    library.deliver_event("a.jpg")
    library.editor.trash(OWNER, photo_id)
    assert library.editor.restore(OWNER, photo_id).state is State.PROCESSING
    sweep(library, LEASE_DURATION)
    assert state(library, photo_id) is State.REJECTED
    assert find_violations(read_memory(library)) == []


def test_a_photo_deleted_for_ever_while_it_is_developed_is_out_of_sight_at_once_and_gone_soon() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", SAID)

    def erase(name: str) -> None:
        if name == "put":
            library.before = no_hook
            (photo_id,) = library.photos.records
            library.editor.erase(OWNER, photo_id)
            assert not library.photos.records[photo_id].visible_to(OWNER)

    library.before = erase
    library.deliver_event("a.jpg")
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})
    assert find_violations(read_memory(library)) == []
