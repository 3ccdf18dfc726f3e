"""Tickets of an import: what it says of a photo, and its former id, last through everything that ingest does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import IdTaken, Invalid
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.originals import direct_drop_ids
from chalicelib.ingest.uploads import TICKET_LIFETIME, UploadMetadata
from chalicelib.library.collections import RECENTLY_ADDED, owner_scope
from chalicelib.library.photo import Photo, State
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import UNKNOWN, Coordinates
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON, OWNER

PHOTO_ID = "5f0c7d2e9b1a4c3d8e6f7a8b9c0d1e2f"
TAKEN = datetime(2019, 5, 6, 7, 8, 9)  # noqa: DTZ001 - a camera's clock
ADDED = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
CASCAIS = Coordinates(38_697_000, -9_421_000)
DETAILS = UploadMetadata(
    "a.jpg",
    caption="The bay",
    rating=4,
    favorite=True,
    place=("Cascais", "Portugal"),
    coordinates=CASCAIS,
    taken_local=TAKEN,
    offset=timedelta(hours=1),
    albums=("a1", "a2"),
    created_at=ADDED,
)
EXPECTED: dict[str, Any] = {
    "own_caption": "The bay",
    "own_rating": 4,
    "favorite": True,
    "own_place": ("Cascais", "Portugal"),
    "own_coordinates": CASCAIS,
    "corrected_time": CaptureTime(TAKEN, timedelta(hours=1)),
    "received_at": ADDED,
}


def details(photo: Photo) -> dict[str, Any]:
    return {name: getattr(photo, name) for name in EXPECTED}


def upload(library: MemoryLibrary, metadata: UploadMetadata, data: bytes) -> Photo:
    """The photo of an upload that has been processed."""
    photo = library.uploads.store_original(OWNER, metadata, data)
    library.deliver_event(photo.key)
    return library.photos.records[photo.photo_id]


def test_ticket_takes_one_write() -> None:
    library = MemoryLibrary()
    commits: list[Photo | None] = []
    library.photos.on_commit = lambda _, after: commits.append(after)
    ticket = library.uploads.create_ticket(OWNER, replace(DETAILS, photo_id=PHOTO_ID), 3)
    assert commits == [ticket.photo]


def test_what_an_import_says_lasts_when_another_file_replaces_the_first() -> None:
    library = MemoryLibrary()
    photo = upload(library, DETAILS, b"2018-01-02T03:04:05 caption=Harbor rating=1")
    assert (photo.state, details(photo), photo.albums) == (State.READY, EXPECTED, ("a1", "a2"))
    library.originals.drop(photo.key, b"2017-01-02T03:04:05 caption=Dune rating=2")
    library.deliver_event(photo.key)
    replaced = library.photos.records[photo.photo_id]
    assert (replaced.file_caption, details(replaced), replaced.albums) == ("Dune", EXPECTED, ("a1", "a2"))


def test_what_an_import_says_lasts_when_the_worker_fails_or_the_photo_is_rejected() -> None:
    library = MemoryLibrary()
    photo = upload(library, DETAILS, b"bad")
    assert (photo.state, details(photo), photo.albums) == (State.REJECTED, EXPECTED, ("a1", "a2"))
    library.originals.drop(photo.key, b"sea")
    library.deliver_event(photo.key)
    assert details(library.photos.records[photo.photo_id]) == EXPECTED


def test_duplicate_keeps_what_an_import_says_and_its_albums_go_to_the_first_photo() -> None:
    library = MemoryLibrary()
    first = upload(library, UploadMetadata("a.jpg"), b"sea")
    copy = upload(library, DETAILS, b"sea")
    assert (copy.state, details(copy)) == (State.DUPLICATE, EXPECTED)
    assert library.photos.records[first.photo_id].albums == ("a1", "a2")


def test_what_the_file_says_too_is_not_stored_twice() -> None:
    library = MemoryLibrary()
    metadata = UploadMetadata("a.jpg", caption="Harbor", rating=3, place=("City 38", "Country"), taken_local=TAKEN)
    metadata = replace(metadata, coordinates=Coordinates(38_700_002, -9_399_998))
    photo = upload(library, metadata, b"2019-05-06T07:08:09.000900 caption=Harbor rating=3 position=38.7,-9.4")
    assert (photo.own_coordinates, photo.coordinates) == (None, Coordinates(38_700_000, -9_400_000))
    assert (photo.own_caption, photo.own_rating, photo.own_place, photo.corrected_time) == (None, None, None, None)
    assert (photo.caption, photo.rating, photo.place, photo.local_time) == (
        *("Harbor", 3, ("City 38", "Country")),
        TAKEN.replace(microsecond=900),
    )


def test_removed_caption_rating_and_place_stay_removed() -> None:
    library = MemoryLibrary()
    removed = UploadMetadata("a.jpg", caption="", rating=0, place=())
    photo = upload(library, removed, b"caption=Harbor rating=3 position=38.7,-9.4 x")
    assert (photo.own_caption, photo.own_rating, photo.own_place) == ("", 0, ())
    assert (photo.caption, photo.rating, photo.place) == ("", 0, ())
    without = upload(library, removed, b"sea")
    assert (without.own_caption, without.own_rating, without.own_place) == (None, None, None)


@pytest.mark.parametrize(("data", "own"), [(b"position=38.7,-9.4 x", UNKNOWN), (b"sea", None)])
def test_removed_position_stays_removed(data: bytes, own: Coordinates | None) -> None:
    photo = upload(MemoryLibrary(), UploadMetadata("a.jpg", coordinates=UNKNOWN), data)
    assert (photo.own_coordinates, photo.coordinates, photo.place) == (own, None, ())


def test_what_an_owner_edited_later_lasts_when_another_file_says_the_same() -> None:
    library = MemoryLibrary()
    photo = upload(library, replace(DETAILS, caption="Dune"), b"caption=Harbor x")
    library.originals.drop(photo.key, b"caption=Dune x")
    library.deliver_event(photo.key)
    assert library.photos.records[photo.photo_id].own_caption == "Dune"


def test_unknown_offset_is_not_that_of_the_file() -> None:
    library = MemoryLibrary()
    photo = upload(library, UploadMetadata("a.jpg", taken_local=TAKEN), b"2019-05-06T07:08:09+02:00")
    assert photo.capture_time == CaptureTime(TAKEN)


def test_photo_is_listed_by_when_it_was_added_and_as_warm_as_then() -> None:
    library = MemoryLibrary()
    upload(library, UploadMetadata("new.jpg"), b"sea")
    library.uploads = replace(library.uploads, heat=lambda time: time.year)
    photo = upload(library, DETAILS, b"dune")
    assert photo.heat == ADDED.year
    rows = library.photos.list_rows(owner_scope(OWNER), RECENTLY_ADDED, after=None, limit=9)
    assert rows[-1].photo_id == photo.photo_id
    assert rows[-1].position.startswith("2020-01-02T03:04:05")
    assert library.photos.records[photo.photo_id].due_at is None
    ticket = library.uploads.create_ticket(OWNER, DETAILS, None)
    assert (ticket.photo.due_at or NOON) > ticket.expires_at


@pytest.mark.parametrize("created_at", [NOON + timedelta(seconds=1), datetime(1825, 12, 31, 23, tzinfo=UTC)])
def test_photo_cannot_be_added_in_the_future_or_before_there_were_photos(created_at: datetime) -> None:
    library = MemoryLibrary()
    with pytest.raises(Invalid) as raised:
        library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg", created_at=created_at), None)
    assert raised.value.field == "created_at"
    assert library.photos.records == {}


def test_photo_cannot_be_taken_after_it_was_added() -> None:
    library = MemoryLibrary()
    late = UploadMetadata("a.jpg", created_at=ADDED, taken_local=datetime(2020, 1, 4))  # noqa: DTZ001
    with pytest.raises(Invalid) as raised:
        library.uploads.create_ticket(OWNER, late, None)
    assert raised.value.field == "taken_local"


def test_photo_gets_the_id_that_it_had() -> None:
    photo = upload(MemoryLibrary(), replace(DETAILS, photo_id=PHOTO_ID), b"sea")
    assert (photo.photo_id, photo.key) == (PHOTO_ID, f"uploads/{OWNER}/{PHOTO_ID}/a.jpg")


def with_photo(library: MemoryLibrary, owner: str) -> Photo:
    """A photo with the id, processed."""
    photo = library.uploads.store_original(owner, UploadMetadata("a.jpg", photo_id=PHOTO_ID), b"sea")
    library.deliver_event(photo.key)
    return library.photos.records[PHOTO_ID]


def erase(library: MemoryLibrary, photo: Photo) -> None:
    library.deletion.erase(photo)


def remove(library: MemoryLibrary, photo: Photo) -> None:
    library.originals.delete(photo.key)
    library.deliver_event(photo.key)


@pytest.mark.parametrize("owner", [OWNER, "another"])
@pytest.mark.parametrize("end", [erase, remove, lambda *_: None], ids=["erased", "removed", "ready"])
def test_id_that_a_photo_has_or_had_is_taken(owner: str, end: Any) -> None:
    library = MemoryLibrary()
    end(library, with_photo(library, owner))
    before = library.photos.get(PHOTO_ID)
    with pytest.raises(IdTaken) as raised:
        library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg", photo_id=PHOTO_ID), None)
    assert str(raised.value) == "This photo_id is not free. Leave it out to get a new one."
    assert library.photos.get(PHOTO_ID) == before


def test_unused_ticket_with_the_id_is_replaced() -> None:
    library = MemoryLibrary()
    lost = library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg", photo_id=PHOTO_ID, caption="Lost"), 3)
    library.clock.advance(timedelta(hours=2))
    ticket = library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg", photo_id=PHOTO_ID, caption="Sea"), 3)
    assert (ticket.photo.version, ticket.photo.caption, ticket.photo.key) == (2, "Sea", lost.photo.key)
    assert (ticket.photo.due_at or NOON) > ticket.expires_at == library.clock() + TICKET_LIFETIME
    assert library.photos.records == {PHOTO_ID: ticket.photo}
    library.originals.drop(lost.photo.key, b"sea")  # with the form of the first ticket
    library.deliver_event(lost.photo.key)
    assert library.photos.records[PHOTO_ID].caption == "Sea"


@pytest.mark.parametrize(("owner", "filename"), [("another", "a.jpg"), (OWNER, "b.jpg")])
def test_other_unused_tickets_are_not_replaced(owner: str, filename: str) -> None:
    library = MemoryLibrary()
    library.uploads.create_ticket(owner, UploadMetadata(filename, photo_id=PHOTO_ID), None)
    with pytest.raises(IdTaken):
        library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg", photo_id=PHOTO_ID), None)


def test_direct_drop_whose_id_an_import_has_taken_gets_another_one() -> None:
    library = MemoryLibrary()
    first, second = direct_drop_ids(library.ingest.bucket, "a.jpg", library.ingest.id_secret)
    imported = library.uploads.store_original(OWNER, UploadMetadata("a.jpg", photo_id=first), b"dune")
    library.deliver_event(imported.key)
    library.originals.drop("a.jpg", b"sea")
    assert library.deliver_event("a.jpg").photo_id == second
    assert library.deliver_event("a.jpg").action is Action.NOOP
    library.deletion.erase(library.photos.records[first])
    library.clock.advance(timedelta(days=33))
    library.photos.tombstones.clear()
    assert library.deliver_event("a.jpg").action is Action.NOOP
    assert list(library.photos.records) == [second]
    library.clock.advance(timedelta(hours=1))
    report = library.reconciliation.reconcile_originals(lambda: True)
    assert (report.checked, report.differences) == (1, 0)
    library.derivatives.images.clear()
    library.clock.advance(timedelta(days=2))
    assert library.reconciliation.reconcile_originals(lambda: True).rendered == 1
