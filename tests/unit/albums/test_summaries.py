from dataclasses import replace
from datetime import timedelta

from chalicelib.albums.models import Album, Role
from chalicelib.albums.summaries import AlbumPeriod, AlbumSummaries, ViewedAlbum
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, clock, photo

ALBUM = Album("a1", OWNER, "Lisbon", NOON, NOON)


class SummaryFixture:
    """An album of three photos, the last one added is the oldest."""

    def __init__(self) -> None:
        self.store = MemoryPhotoStore(now=lambda: NOON)
        self.summaries = AlbumSummaries(self.store, self.store)
        for days in range(3):
            self.add(f"p{days}", -days)

    def add(self, photo_id: str, days: int = 0, **fields: object) -> Photo:
        defaults = {"camera_time": clock(NOON + timedelta(days=days)), "albums": ("a1",)}
        return self.store.commit(None, photo(photo_id, **(defaults | fields)))

    def remove(self, photo_id: str) -> None:
        before = self.store.records[photo_id]
        self.store.commit(before, replace(before, albums=()))

    def cover(self, album: Album = ALBUM) -> str | None:
        (summary,) = self.summaries.summarize([ViewedAlbum(album, Role.OWNER)])
        return summary.cover.photo_id if summary.cover else None


def test_summary_has_photos_bytes_and_the_latest_photo_added() -> None:
    fixture = SummaryFixture()
    (summary,) = fixture.summaries.summarize([ViewedAlbum(ALBUM, Role.VIEWER)])
    assert (summary.photos, summary.bytes, fixture.cover()) == (3, 3000, "p2")


def test_chosen_cover_is_used_while_it_is_in_the_album() -> None:
    fixture = SummaryFixture()
    chosen = replace(ALBUM, cover_id="p1")
    assert fixture.cover(chosen) == "p1"
    fixture.remove("p1")
    assert fixture.cover(chosen) == "p2"
    fixture.remove("p2")
    assert fixture.cover(chosen) == "p0"
    fixture.remove("p0")
    assert fixture.cover(chosen) is None


def test_photo_of_a_guest_is_the_cover_only_if_there_is_no_other() -> None:
    fixture = SummaryFixture()
    fixture.add("new", 5, guest=Guest("Ann", "s1"))
    assert fixture.cover() == "p0"
    assert fixture.cover(replace(ALBUM, cover_id="new")) == "new"
    for photo_id in ("p0", "p1", "p2"):
        fixture.remove(photo_id)
    assert fixture.cover() == "new"


def test_empty_and_smart_albums_have_no_cover_of_their_own() -> None:
    fixture = SummaryFixture()
    empty, smart = replace(ALBUM, album_id="a2"), replace(ALBUM, album_id="a3", query={"q": ("dog",)})
    found = fixture.summaries.summarize([ViewedAlbum(each, Role.OWNER) for each in (empty, smart)])
    assert [(each.photos, each.bytes, each.cover) for each in found] == [(0, 0, None), (None, None, None)]
    assert fixture.cover(replace(smart, cover_id="p1")) == "p1"
    fixture.add("theirs", owner="bob")
    assert fixture.cover(replace(smart, cover_id="theirs")) is None


def test_period_is_from_the_first_to_the_last_day() -> None:
    fixture = SummaryFixture()
    assert fixture.summaries.period(ALBUM) == AlbumPeriod("2026-11-18", "2026-11-20")
    assert fixture.summaries.period(replace(ALBUM, album_id="a2")) == AlbumPeriod(None, None)


def test_photos_that_wait_are_counted_to_100() -> None:
    fixture = SummaryFixture()
    guest = Guest("Ada", "s1", needs_review=True)
    for number in range(101):
        assert fixture.summaries.count_to_review(ALBUM) == number
        fixture.add(f"g{number}", albums=(), guest=guest, review_album="a1")
    assert fixture.summaries.count_to_review(ALBUM) == 100
