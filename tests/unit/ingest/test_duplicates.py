from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo, State
from chalicelib.library.transitions import TRASH_RETENTION, add_to_album, remove_from_album
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory
from tests.unit.ingest.support import METADATA, add_duplicates, add_photo, state, sweep


@pytest.mark.parametrize("is_killed", [False, True])
def test_photo_with_the_same_bytes_joins_the_album_of_an_upload(*, is_killed: bool) -> None:
    library = MemoryLibrary()
    holder = add_photo(library)
    metadata = UploadMetadata("again.jpg", albums=("a1",))
    upload = library.uploads.store_original(OWNER, metadata, b"sea")
    if is_killed:
        library.photos.before_commit = _kill_as_duplicate
        with suppress(ProcessKilled):
            library.deliver_event(upload.key)
        library.photos.before_commit = lambda _, __: None
        library.clock.advance(LEASE_DURATION)
    library.deliver_event(upload.key)
    assert state(library, upload.photo_id) is State.DUPLICATE
    assert library.photos.records[holder].albums == ("a1",)
    library.editor.erase(OWNER, holder)
    assert library.photos.records[upload.photo_id].albums == ("a1",)
    assert find_violations(read_memory(library)) == []


@pytest.mark.parametrize("is_in_album", [False, True])
def test_duplicate_takes_the_albums_of_the_photo_that_it_replaces(*, is_in_album: bool) -> None:
    library = MemoryLibrary()
    holder = add_photo(library)
    upload = library.uploads.store_original(OWNER, UploadMetadata("again.jpg", albums=("a1",)), b"sea")
    library.deliver_event(upload.key)
    library.editor.apply(OWNER, holder, partial(add_to_album, album_id="a2"))
    if not is_in_album:
        library.editor.apply(OWNER, holder, partial(remove_from_album, album_id="a1"))
    library.editor.erase(OWNER, holder)
    assert set(library.photos.records[upload.photo_id].albums) == ({"a1", "a2"} if is_in_album else {"a2"})


def test_photo_restored_as_a_duplicate_gives_its_albums_to_the_other_one() -> None:
    library = MemoryLibrary()
    first = add_photo(library)
    library.editor.apply(OWNER, first, partial(add_to_album, album_id="a1"))
    library.editor.trash(OWNER, first)
    again = library.uploads.store_original(OWNER, UploadMetadata("again.jpg"), b"sea")
    library.deliver_event(again.key)
    assert library.editor.restore(OWNER, first).state is State.DUPLICATE
    assert library.photos.records[again.photo_id].albums == ("a1",)


@pytest.mark.parametrize("guest", [Guest("Ann", "s1"), Guest("Ann", "s1", needs_review=True)])
def test_photo_of_a_guest_is_never_a_duplicate(guest: Guest) -> None:
    library = MemoryLibrary()
    holder = add_photo(library)
    upload = library.uploads.store_original(OWNER, UploadMetadata("b.jpg", albums=("a1",), guest=guest), b"sea")
    library.deliver_event(upload.key)
    stored = library.photos.records[upload.photo_id]
    assert stored.state is State.READY
    assert (stored.albums, stored.review_album) == (((), "a1") if guest.needs_review else (("a1",), None))
    assert library.photos.records[holder].albums == ()
    assert library.photos.claim_holder(OWNER, stored.sha256 or "") == holder


def _kill_as_duplicate(_: Photo | None, after: Photo | None) -> None:
    if after and after.state is State.DUPLICATE:
        raise ProcessKilled


def delete_original(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.delete(photo.key)
    library.deliver_event(photo.key)


def overwrite(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.drop(photo.key, b"mountain", METADATA)
    library.deliver_event(photo.key)


def overwrite_with_invalid_file(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.drop(photo.key, b"bad", METADATA)
    library.deliver_event(photo.key)


def deleted(library: MemoryLibrary, photo: Photo) -> None:
    library.editor.erase(OWNER, photo.photo_id)


def leave_in_trash(library: MemoryLibrary, photo: Photo) -> None:
    library.editor.trash(OWNER, photo.photo_id)
    sweep(library, TRASH_RETENTION)


@pytest.mark.parametrize("lose", [delete_original, overwrite, overwrite_with_invalid_file, deleted, leave_in_trash])
def test_duplicate_is_published_when_the_first_is_lost(
    lose: Callable[[MemoryLibrary, Photo], None],
) -> None:
    library = MemoryLibrary()
    first, *others = add_duplicates(library)
    lose(library, library.photos.records[first])
    (visible,) = [p for p in others if state(library, p) is State.READY]
    (copy,) = [p for p in others if p != visible]
    assert library.photos.records[copy].duplicate_of == visible
    assert library.photos.records[visible].duplicate_of is None
    assert find_violations(read_memory(library)) == []


def test_trashed_photo_holds_no_claim() -> None:
    library = MemoryLibrary()
    first = add_photo(library, "1.jpg")
    library.editor.trash(OWNER, first)
    second = add_photo(library, "2.jpg")
    assert state(library, second) is State.READY
    assert library.photos.claim_holder(OWNER, library.photos.records[second].sha256 or "") == second
    back = library.editor.restore(OWNER, first)
    assert (back.state, back.duplicate_of) == (State.DUPLICATE, second)
    assert find_violations(read_memory(library)) == []


def test_photo_is_published_if_the_claim_holder_is_trashed_concurrently() -> None:
    library = MemoryLibrary()
    first = add_photo(library, "1.jpg")
    commits: list[str] = []

    def trash(name: str) -> None:
        commits.append(name)
        if commits.count("commit") == 3:  # leased, rejected by the content claim, about to become a duplicate
            library.before = no_hook
            library.editor.trash(OWNER, first)

    library.before = trash
    assert state(library, add_photo(library, "2.jpg")) is State.READY
    assert find_violations(read_memory(library)) == []


def test_same_bytes_of_another_owner_are_no_duplicate() -> None:
    library = MemoryLibrary()
    own = add_photo(library)
    uploaded = library.uploads.store_original("another", UploadMetadata("b.jpg"), b"sea")
    library.deliver_event(uploaded.key)
    assert state(library, own) is state(library, uploaded.photo_id) is State.READY
    library.editor.erase(OWNER, own)
    assert state(library, uploaded.photo_id) is State.READY


def test_duplicate_can_be_trashed_restored_and_erased() -> None:
    library = MemoryLibrary()
    first, second, third = add_duplicates(library)
    library.editor.trash(OWNER, second)
    assert find_violations(read_memory(library)) == []
    back = library.editor.restore(OWNER, second)
    assert (back.state, back.duplicate_of) == (State.DUPLICATE, first)
    library.editor.erase(OWNER, third)
    assert {p: state(library, p) for p in library.photos.records} == {first: State.READY, second: State.DUPLICATE}
    assert find_violations(read_memory(library)) == []


def test_duplicates_of_a_restored_duplicate_point_to_the_claim_holder() -> None:
    library = MemoryLibrary()
    first, *others = add_duplicates(library)
    library.editor.trash(OWNER, first)
    fourth = add_photo(library, "4.jpg")
    library.editor.restore(OWNER, first)
    assert state(library, fourth) is State.READY
    assert {library.photos.records[p].duplicate_of for p in (first, *others)} == {fourth}
    assert find_violations(read_memory(library)) == []


def test_failure_while_duplicates_are_updated_keeps_the_invariants() -> None:
    for at in range(4):
        library = MemoryLibrary()
        first, *_ = add_duplicates(library)
        library.editor.trash(OWNER, first)
        add_photo(library, "4.jpg")
        left = iter(range(at))

        def fail(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Unavailable("The photo store is unavailable.")

        library.before = fail
        with suppress(Unavailable):
            library.editor.restore(OWNER, first)
        assert find_violations(read_memory(library)) == []


def test_duplicate_is_published_when_the_original_is_replaced_and_trashed() -> None:
    library = MemoryLibrary()
    first, *others = add_duplicates(library)
    library.originals.drop("1.jpg", b"mountain", METADATA)

    def trash(name: str) -> None:
        if name == "put":
            library.before = no_hook
            library.editor.trash(OWNER, first)
            raise Unavailable("S3 did not respond.")

    library.before = trash
    with pytest.raises(Unavailable):
        library.deliver_event("1.jpg")
    library.deliver_event("1.jpg")
    sweep(library, LEASE_DURATION)
    assert state(library, first) is State.TRASHED
    assert sorted(state(library, p) for p in others) == [State.DUPLICATE, State.READY]
    assert find_violations(read_memory(library)) == []
