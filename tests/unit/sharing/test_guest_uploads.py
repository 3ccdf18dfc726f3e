from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chalicelib.albums.models import Album
from chalicelib.errors import Conflict, Invalid, NotFound, PhotoNotFound
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.processing import MAX_BYTES
from chalicelib.ingest.uploads import GUEST_TICKET_GRACE, GUEST_TICKET_LIFETIME, UploadMetadata, UploadTicket
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import approve, decline, remove_from_album
from chalicelib.sharing.guest_uploads import GuestUploads, room, upload_state
from chalicelib.sharing.models import Contents, Share, ShareTerms
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON
from tests.support.invariants import find_violations, read_memory

TERMS = ShareTerms(add=True, max_photos=2, max_bytes=100)


@dataclass
class GuestFixture:
    """A library whose default is public, and a link to an album of alice."""

    terms: ShareTerms = TERMS
    library: MemoryLibrary = field(default_factory=MemoryLibrary)

    def __post_init__(self) -> None:
        self.store = self.library.shares
        self.library.album_store.add(Album("a1", "alice", "Summer", NOON, NOON), max_albums=1)
        self.share = Share("s1", "alice", Contents("a1"), self.terms, "f" * 64, NOON)
        self.store.add(self.share)
        public = replace(self.library.uploads, visibility=Visibility.PUBLIC)
        self.uploads = GuestUploads(self.store, self.library.photos, public)

    def ticket(self, size: int = 5, filename: str = "bay.jpg") -> UploadTicket:
        return self.uploads.create_ticket(self.share, "Grandma", filename, size)

    def upload(self, ticket: UploadTicket, content: str = "image") -> Photo:
        """Use a ticket; returns the photo."""
        self.library.originals.drop(ticket.photo.key, content.encode())
        self.library.deliver_event(ticket.photo.key)
        return self.read(ticket.photo.photo_id)

    def read(self, photo_id: str) -> Photo:
        photo = self.library.photos.get(photo_id)
        assert photo is not None
        return photo

    def state(self, photo_id: str) -> str:
        return upload_state(self.uploads.get_photo(self.share, photo_id))

    def edit(self, photo_id: str, transition: Callable[[Photo], Photo]) -> None:
        self.library.editor.apply("alice", photo_id, transition)


def reviewed() -> GuestFixture:
    return GuestFixture(replace(TERMS, review=True))


def test_ticket_is_for_a_private_photo_of_the_album_marked_with_the_guest() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket(7)
    photo = fixture.read(ticket.photo.photo_id)
    assert (photo.owner, photo.visibility, photo.albums) == ("alice", Visibility.PRIVATE, ("a1",))
    assert photo.guest == Guest("Grandma", "s1")
    assert ticket.expires_at == NOON + GUEST_TICKET_LIFETIME
    assert "alice" not in f"{photo.key} {dict(ticket.post.fields)} {ticket.post.url}"


def test_photo_is_in_the_album_once_it_is_processed() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket()
    assert fixture.state(ticket.photo.photo_id) == "uploading"
    photo = fixture.upload(ticket)
    assert (photo.state, photo.albums, fixture.state(photo.photo_id)) == (State.READY, ("a1",), "ready")
    assert find_violations(read_memory(fixture.library)) == []


def test_guest_does_not_learn_that_the_owner_has_the_file() -> None:
    fixture = GuestFixture()
    own = fixture.library.uploads.store_original("alice", UploadMetadata("bay.jpg"), b"image")
    fixture.library.deliver_event(own.key)
    photo = fixture.upload(fixture.ticket())
    assert (photo.state, photo.duplicate_of) == (State.READY, None)
    again = fixture.upload(fixture.ticket())
    assert (again.state, fixture.state(again.photo_id)) == (State.READY, "ready")


def test_file_that_is_no_image_is_rejected_with_a_reason() -> None:
    fixture = GuestFixture()
    photo = fixture.upload(fixture.ticket(), "")
    assert (fixture.state(photo.photo_id), photo.reason) == ("rejected", "This file is empty.")


def test_photo_waits_for_review() -> None:
    fixture = reviewed()
    photo = fixture.upload(fixture.ticket())
    assert (photo.albums, photo.review_album, fixture.state(photo.photo_id)) == ((), "a1", "pending")
    fixture.edit(photo.photo_id, approve)
    assert fixture.state(photo.photo_id) == "ready"


@pytest.mark.parametrize("leave", [decline, lambda photo: remove_from_album(photo, "a1")], ids=["declined", "removed"])
def test_photo_that_is_not_let_in_is_not_found(leave: Callable[[Photo], Photo]) -> None:
    fixture = reviewed()
    photo = fixture.upload(fixture.ticket())
    fixture.edit(photo.photo_id, leave)
    with pytest.raises(PhotoNotFound):
        fixture.state(photo.photo_id)


def test_photo_that_was_trashed_or_added_with_another_link_is_not_found() -> None:
    fixture = GuestFixture()
    photo = fixture.upload(fixture.ticket())
    with pytest.raises(PhotoNotFound):
        fixture.uploads.get_photo(replace(fixture.share, share_id="s2"), photo.photo_id)
    fixture.library.editor.trash("alice", photo.photo_id)
    for photo_id in (photo.photo_id, "missing"):
        with pytest.raises(PhotoNotFound):
            fixture.state(photo_id)


def test_ticket_used_twice_after_approval_goes_back_to_review() -> None:
    fixture = reviewed()
    ticket = fixture.ticket()
    photo = fixture.upload(ticket)
    fixture.edit(photo.photo_id, lambda each: replace(approve(each), visibility=Visibility.PUBLIC))
    replaced = fixture.upload(ticket, "other")
    assert (replaced.state, replaced.albums, replaced.review_album) == (State.READY, (), "a1")
    assert replaced.visibility is Visibility.PRIVATE
    assert find_violations(read_memory(fixture.library)) == []


def test_ticket_used_twice_without_review_stays_in_the_album_but_not_public() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket()
    photo = fixture.upload(ticket)
    fixture.edit(photo.photo_id, lambda each: replace(each, visibility=Visibility.PUBLIC))
    replaced = fixture.upload(ticket, "other")
    assert (replaced.albums, replaced.visibility) == (("a1",), Visibility.PRIVATE)


def test_ticket_used_again_does_not_bring_back_what_the_owner_has_trashed() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket()
    photo = fixture.upload(ticket)
    fixture.library.editor.trash("alice", photo.photo_id)
    replaced = fixture.upload(ticket, "other")
    assert (replaced.state, replaced.albums, replaced.review_album) == (State.READY, (), "a1")


def test_ticket_used_again_while_a_trashed_photo_is_being_processed() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket()
    photo = fixture.upload(ticket)
    due_at = fixture.library.clock() + timedelta(seconds=30)
    trashed = replace(photo, state=State.TRASHED, worker="w", due_at=due_at, trashed_at=fixture.library.clock())
    fixture.library.photos.commit(photo, trashed)
    fixture.library.originals.drop(ticket.photo.key, b"other")
    assert fixture.library.deliver_event(ticket.photo.key).action is Action.SIGNAL_HOLDER
    signaled = fixture.read(photo.photo_id)
    assert (signaled.state, signaled.albums, signaled.review_album) == (State.PROCESSING, (), "a1")


def test_ticket_used_again_after_permanent_deletion_stores_nothing() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket()
    photo = fixture.upload(ticket)
    fixture.library.editor.erase("alice", photo.photo_id)
    fixture.library.deliver_event(photo.key)
    fixture.library.originals.drop(ticket.photo.key, b"other")
    assert fixture.library.deliver_event(ticket.photo.key).action is Action.DISCARD
    assert fixture.library.originals.head(photo.key) is None


def test_upload_of_a_guest_without_a_record_becomes_nobodys_photo() -> None:
    fixture = GuestFixture()
    ticket = fixture.ticket()
    fixture.library.photos.remove(fixture.read(ticket.photo.photo_id))
    fixture.library.originals.drop(ticket.photo.key, b"image")
    assert fixture.library.deliver_event(ticket.photo.key).action is Action.SKIP_ORPHAN


def test_link_takes_no_more_than_its_limits() -> None:
    fixture = GuestFixture()
    with pytest.raises(Conflict, match="No more photos"):
        fixture.ticket(101)
    fixture.ticket(60)
    with pytest.raises(Conflict):
        fixture.ticket(41)
    fixture.ticket(40)
    assert len(fixture.library.photos.records) == 2


def test_unused_ticket_is_uncounted_when_it_is_removed() -> None:
    fixture = GuestFixture()
    used, _ = fixture.ticket(60), fixture.ticket(40)
    fixture.upload(used)
    fixture.library.clock.advance(GUEST_TICKET_LIFETIME + GUEST_TICKET_GRACE)
    assert fixture.library.sweep.process_due(lambda: True).failures == ()
    stored = fixture.store.get("s1")
    assert stored is not None
    assert (stored.uploaded_photos, stored.uploaded_bytes) == (1, 60)


@pytest.mark.parametrize(
    ("terms", "contents"),
    [(replace(TERMS, add=False), Contents("a1")), (TERMS, Contents(photo_ids=("p1",)))],
    ids=["only to look", "selection"],
)
def test_link_that_takes_no_photos_says_that_there_is_no_such_thing(terms: ShareTerms, contents: Contents) -> None:
    fixture = GuestFixture()
    share = replace(fixture.share, terms=terms, contents=contents)
    with pytest.raises(NotFound, match="cannot be added"):
        fixture.uploads.create_ticket(share, "Grandma", "bay.jpg", 5)


@pytest.mark.parametrize("filename", ["bay", "bay.pdf", "bay.svg", "bay.jpg.exe", "jpg", ".json"])
def test_name_of_a_file_that_is_no_image_is_refused(filename: str) -> None:
    fixture = GuestFixture()
    with pytest.raises(Invalid, match="filename must end like an image"):
        fixture.ticket(filename=filename)
    assert fixture.store.shares["s1"].uploaded_photos == 0


@pytest.mark.parametrize("size", [0, -1, MAX_BYTES + 1])
def test_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(Invalid, match=r"bytes must be from 1 to 209,715,200 \(200 MB\)"):
        GuestFixture().ticket(size)


def test_room_is_what_the_next_photo_may_have() -> None:
    share = GuestFixture().share
    assert room(share) == 100
    assert room(replace(share, uploaded_bytes=70)) == 30
    assert room(replace(share, uploaded_bytes=130)) == 0
    assert room(replace(share, uploaded_photos=2)) == 0
    assert room(replace(share, terms=replace(TERMS, max_bytes=10 * MAX_BYTES))) == MAX_BYTES
    assert room(replace(share, terms=replace(TERMS, add=False))) == 0
