from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chalicelib.albums.members import Member, MemberState
from chalicelib.albums.models import Role
from chalicelib.albums.service import AlbumEdit
from chalicelib.errors import PhotoNotFound
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.keep_groups import keep
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from chalicelib.maintenance.user_removal import Disposition, RemovalReport, UserRemoval
from tests.fakes.library import MemoryLibrary, no_hook
from tests.fakes.members import MemoryMemberStore
from tests.support.factories import NOON
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory
from tests.unit.maintenance.killed_worker import kill_worker

GONE, NEW_OWNER = "the-removed-user", "the-new-owner"


def unlimited() -> timedelta:
    return timedelta(seconds=40)


def steps(count: int) -> Callable[[], timedelta]:
    """Time for this many photos."""
    left: Iterator[int] = iter(range(count, -1, -1))
    return lambda: timedelta(seconds=next(left, 0))


@dataclass
class Links:
    """`SharedLinks` that keeps whose were removed."""

    removed: list[str] = field(default_factory=list)

    def remove_owner_links(self, owner: str) -> None:
        self.removed.append(owner)


@dataclass
class RemovalFixture:
    """A library with photos of two users, in every state that lasts."""

    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    links: Links = field(default_factory=Links)

    def __post_init__(self) -> None:
        library = self.library
        self.removal = UserRemoval(
            photos=library.ingest.photos,
            collections=library.photos,
            deletion=library.deletion,
            relabelings=library.relabelings,
            albums=library.albums.store,
            members=MemoryMemberStore(library.album_store),
            links=self.links,
            now=library.clock,
        )
        self.ids = {name: self.upload(GONE, name) for name in ("public", "same", "copy of public", "trashed", "empty")}
        self.upload(NEW_OWNER, "own")
        self.same_of_new_owner = self.upload(NEW_OWNER, "same")
        self.copy = self.upload(GONE, "public")  # a duplicate
        library.editor.edit(GONE, self.ids["public"], Edit(visibility=Visibility.PUBLIC, tags=("beach", "sea")))
        library.editor.trash(GONE, self.ids["trashed"])

    def upload(self, owner: str, content: str) -> str:
        """Upload a photo and ingest it; returns its id."""
        photo = self.library.uploads.store_original(owner, UploadMetadata(f"{content}.jpg"), content.encode())
        self.library.deliver_event(photo.key)
        return photo.photo_id

    def run(self, disposition: Disposition, time_left: Callable[[], timedelta] = unlimited) -> RemovalReport:
        return self.removal.run(GONE, disposition, NEW_OWNER, time_left)

    def photos_of(self, owner: str) -> dict[str, Photo]:
        return {p.photo_id: p for p in self.library.photos.records.values() if p.owner == owner}

    def check_settled(self) -> None:
        assert find_violations(read_memory(self.library)) == []


@pytest.fixture
def fixture() -> RemovalFixture:
    return RemovalFixture()


def test_deleted_photos_leave_nothing_behind(fixture: RemovalFixture) -> None:
    others = fixture.photos_of(NEW_OWNER)
    assert fixture.run(Disposition.DELETE).is_complete
    assert fixture.run(Disposition.DELETE) == RemovalReport(0, 0, is_complete=True)
    assert fixture.library.photos.records == others
    assert {p.key for p in others.values()} == {key for key, _ in fixture.library.originals.versions}
    fixture.check_settled()


def test_photos_are_handed_over_with_state_files_and_visibility(fixture: RemovalFixture) -> None:
    before = fixture.photos_of(GONE)
    report = fixture.run(Disposition.HAND_OVER)
    assert (report.photos, report.is_complete) == (len(before), True)
    assert fixture.photos_of(GONE) == {}
    after = fixture.photos_of(NEW_OWNER)
    for name, state in (("public", State.READY), ("trashed", State.TRASHED), ("same", State.DUPLICATE)):
        photo = after[fixture.ids[name]]
        assert photo.state is state
        assert (photo.key, photo.derivatives) == (before[photo.photo_id].key, before[photo.photo_id].derivatives)
    assert after[fixture.ids["public"]].visibility is Visibility.PUBLIC
    assert after[fixture.ids["same"]].duplicate_of == fixture.same_of_new_owner
    assert after[fixture.copy].duplicate_of == fixture.ids["public"]
    fixture.check_settled()


@pytest.mark.parametrize("disposition", list(Disposition))
def test_shared_links_end_before_any_photo_is_handled(fixture: RemovalFixture, disposition: Disposition) -> None:
    assert fixture.run(disposition, steps(0)).is_complete == (disposition is Disposition.KEEP)
    assert fixture.links.removed == [GONE]


def test_photos_are_handed_over_without_keep_groups(fixture: RemovalFixture) -> None:
    photo_id = fixture.ids["public"]
    fixture.library.editor.apply(GONE, photo_id, lambda photo: keep(photo, "1"))
    fixture.run(Disposition.HAND_OVER)
    assert fixture.photos_of(NEW_OWNER)[photo_id].keep_groups == ()


def test_heir_can_edit_and_delete_what_was_handed_over(fixture: RemovalFixture) -> None:
    fixture.run(Disposition.HAND_OVER)
    photo_id = fixture.ids["public"]
    assert fixture.library.editor.edit(NEW_OWNER, photo_id, Edit(tags=("dune",))).tags == ("dune",)
    with pytest.raises(PhotoNotFound):
        fixture.library.editor.trash(GONE, photo_id)
    fixture.library.editor.erase(NEW_OWNER, photo_id)
    assert fixture.photos_of(NEW_OWNER)[fixture.copy].state is State.READY
    fixture.check_settled()


@dataclass
class UserAlbums:
    """Albums of the removed user and of the heir, who are members of each other's."""

    fixture: RemovalFixture

    def __post_init__(self) -> None:
        self.store = self.fixture.library.album_store
        self.own = [self.create(GONE, title) for title in ("Lisbon", "Porto")]
        self.others = self.create(NEW_OWNER, "Faro")
        self.store.add_member(self.own[0], NEW_OWNER, Role.VIEWER, NOON)
        self.store.add_member(self.own[0], "another", Role.VIEWER, NOON)
        self.store.add_member(self.others, GONE, Role.CONTRIBUTOR, NOON)
        for album_id in (self.own[0], self.others):
            self.fixture.library.albums.add_photo(GONE, album_id, self.fixture.ids["public"])

    def create(self, owner: str, title: str) -> str:
        return self.fixture.library.albums.create(owner, title, AlbumEdit()).album_id

    def listed(self, owner: str) -> set[str]:
        return {each.album_id for each in self.store.list_own(owner, after=None, limit=9)}

    def check_gone(self) -> None:
        assert self.listed(GONE) == set()
        assert all(member != GONE for _, member in self.store.members)


@pytest.mark.parametrize("slices", [2, 100])
def test_albums_are_handed_over_with_their_photos_and_members(fixture: RemovalFixture, slices: int) -> None:
    albums = UserAlbums(fixture)
    while not fixture.run(Disposition.HAND_OVER, steps(slices)).is_complete:
        pass
    albums.check_gone()
    assert albums.listed(NEW_OWNER) == {*albums.own, albums.others}
    assert albums.store.members.keys() == {(albums.own[0], "another")}
    assert fixture.photos_of(NEW_OWNER)[fixture.ids["public"]].albums == (albums.own[0], albums.others)
    fixture.check_settled()


def test_albums_are_deleted_with_the_photos_of_a_removed_user(fixture: RemovalFixture) -> None:
    albums = UserAlbums(fixture)
    contributed = fixture.upload(NEW_OWNER, "contributed")
    albums.store.add_member(albums.own[0], NEW_OWNER, Role.CONTRIBUTOR, NOON)
    fixture.library.albums.add_photo(NEW_OWNER, albums.own[0], contributed)
    assert fixture.run(Disposition.DELETE).is_complete
    fixture.library.sweep.run(unlimited)
    albums.check_gone()
    assert albums.store.albums.keys() == {albums.others}
    assert fixture.photos_of(NEW_OWNER)[contributed].albums == ()
    fixture.check_settled()


def test_photos_and_albums_stay_while_memberships_and_invitations_end(fixture: RemovalFixture) -> None:
    albums, before = UserAlbums(fixture), fixture.photos_of(GONE)
    members = fixture.removal.members
    others = (albums.others, fixture.library.albums.create(NEW_OWNER, "Tavira", AlbumEdit()).album_id)
    for album_id, email_hash in (*((each, "hash-of-gone") for each in others), (albums.own[1], "hash-of-another")):
        invitation = Member(email_hash, Role.VIEWER, NOON, MemberState.PENDING)
        assert members.add(album_id, invitation, email_hash=email_hash, max_members=9)
    for _ in range(2):
        report = fixture.removal.run(GONE, Disposition.KEEP, NEW_OWNER, unlimited, email_hash="hash-of-gone")
        assert report == RemovalReport(0, 0, is_complete=True)
    assert fixture.photos_of(GONE) == before
    assert albums.listed(GONE) == set(albums.own)
    assert albums.store.members.keys() == {(albums.own[0], NEW_OWNER), (albums.own[0], "another")}
    assert fixture.links.removed == [GONE, GONE]
    assert members.list_invitations("hash-of-gone", 9) == []
    assert members.list_invitations("hash-of-another", 9) == [albums.own[1]]


@pytest.mark.parametrize("disposition", [Disposition.HAND_OVER, Disposition.DELETE], ids=lambda each: each.value)
def test_removal_continues_where_its_time_ended(fixture: RemovalFixture, disposition: Disposition) -> None:
    runs = 0
    while not fixture.run(disposition, steps(2)).is_complete:
        runs += 1
    assert runs >= len(fixture.ids) / 2 - 1
    assert fixture.photos_of(GONE) == {}
    fixture.check_settled()


@pytest.mark.parametrize("disposition", [Disposition.HAND_OVER, Disposition.DELETE], ids=lambda each: each.value)
def test_removal_continues_after_it_was_killed_at_any_write(disposition: Disposition) -> None:
    for writes in range(100):
        fixture = RemovalFixture()
        albums = UserAlbums(fixture)
        left = iter(range(writes))

        def die(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise ProcessKilled

        fixture.library.after = die
        try:
            fixture.run(disposition)
        except ProcessKilled:
            fixture.library.after = no_hook
            fixture.library.clock.advance(timedelta(minutes=3))
            fixture.run(disposition)
            fixture.library.sweep.run(unlimited)
        else:
            assert writes > 7
            return
        albums.check_gone()
        assert fixture.photos_of(GONE) == {}
        fixture.check_settled()
    pytest.fail("The removal makes more writes than expected.")


def test_photo_whose_worker_died_is_handed_over_and_processed_for_its_new_owner(fixture: RemovalFixture) -> None:
    original = fixture.library.uploads.store_original(GONE, UploadMetadata("late.jpg"), b"late")
    kill_worker(fixture.library, original.key)
    assert fixture.run(Disposition.HAND_OVER).is_complete
    fixture.library.clock.advance(timedelta(minutes=3))
    fixture.library.deliver_event(original.key)
    assert fixture.photos_of(NEW_OWNER)[original.photo_id].state is State.READY
    fixture.check_settled()


@pytest.mark.parametrize("content", ["new", "same", "public"])
@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
def test_photo_is_handed_over_between_any_two_writes_of_its_worker(when: str, replaced: bool, content: str) -> None:
    for at in range(100):
        fixture = RemovalFixture()
        library, writes = fixture.library, iter(range(at + 1))
        photo = library.uploads.store_original(GONE, UploadMetadata("late.jpg"), b"late")
        if replaced:
            library.deliver_event(photo.key)
            library.originals.drop(photo.key, content.encode())

        def hand_over(_: str, fixture: RemovalFixture = fixture, writes: Iterator[int] = writes, at: int = at) -> None:
            if next(writes, None) == at:
                fixture.library.before = fixture.library.after = no_hook
                assert fixture.run(Disposition.HAND_OVER).is_complete

        setattr(library, when, hand_over)
        library.deliver_event(photo.key)
        if next(writes, None) is not None:
            assert at > 3
            return
        if photo.photo_id not in fixture.photos_of(NEW_OWNER):  # its upload had not started
            assert fixture.run(Disposition.HAND_OVER).is_complete
        fixture.check_settled()
        assert fixture.photos_of(GONE) == {}
    pytest.fail("The worker makes more writes than expected.")
