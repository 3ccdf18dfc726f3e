"""The rehearsal of "Rebuild from the bucket": tables and derivatives are thrown away, and everything returns."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.albums.service import AlbumEdit
from chalicelib.aws.dynamodb.backup import DynamoAlbumRows
from chalicelib.container import Container
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.descriptions import set_caption
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from chalicelib.maintenance.backup import BackupPass
from chalicelib.maintenance.rebuild import Rebuild
from local.provision import ProvisionedStack
from tests.contract.tables import create_tables
from tests.stress.aws_library import AwsLibrary, new_library, with_test_clock
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.invariants import find_count_violations, find_violations

pytestmark = pytest.mark.cloud

SOMEONE = "another"
CAPTION = partial(set_caption, caption="Cat 🐈")
EDIT = Edit(tags=("tiger",), weight=7, visibility=Visibility.PUBLIC, filename="Cat 🐈.jpg", corrections=(CAPTION,))


@pytest.fixture
def library(cloud: ProvisionedStack) -> Iterator[AwsLibrary]:
    """An empty library in the local cloud."""
    with aws_clients.local_cloud_clients(cloud) as clients, new_library(clients) as aws_library:
        yield aws_library


def upload(library: AwsLibrary, owner: str, data: bytes, **metadata: Any) -> Photo:
    photo = library.uploads.store_original(owner, UploadMetadata(f"{data.decode()}.jpg", **metadata), data)
    library.deliver_event(photo.key)
    return library.snapshot().photos[photo.photo_id]


def fill(library: AwsLibrary, photos: int) -> str:
    """Photos of two people in every state, and albums with orders; returns the id of one that is erased."""
    albums, ids = library.container.albums, list[str]()
    for number in range(photos):
        stored = library.uploads.store_original(
            (OWNER, SOMEONE)[number % 2], UploadMetadata(f"{number}.jpg", user_tags=(f"n{number % 7}",)), b"%d" % number
        )
        library.deliver_event(stored.key)
        ids.append(stored.photo_id)
    album = albums.create(OWNER, "Lisbon", AlbumEdit(description="May"))
    albums.create(SOMEONE, "Search", AlbumEdit(query={"q": ("cat",)}))
    for photo_id in ids[:6:2]:
        albums.add_photo(OWNER, album.album_id, photo_id)
    albums.put_in_order(OWNER, album.album_id, (ids[4], ids[0], ids[2]))
    library.editor.edit(OWNER, ids[0], EDIT)
    upload(library, OWNER, b"0")  # a duplicate
    upload(library, SOMEONE, b"1")  # a duplicate of a photo in the trash
    library.editor.trash(SOMEONE, ids[1])
    upload(library, SOMEONE, b"bad")
    erased = upload(library, OWNER, b"elk")
    library.editor.erase(OWNER, erased.photo_id)
    key = library.drop("2024/hen.jpg", b"hen", tags="bird")
    library.deliver_event(key)
    key = library.drop(f"inbox/{SOMEONE}/owl.jpg", b"owl")
    library.deliver_event(key)
    return erased.photo_id


def back_up(library: AwsLibrary) -> BackupPass:
    """Run one pass, with small segments."""
    backup = replace(library.container.backup, now=library.clock, photos_per_segment=20)
    report = backup.run(lambda: True)
    assert (report.held, report.failures) == (False, ())
    return backup


def without_tables(library: AwsLibrary) -> AwsLibrary:
    """The library with new tables, without derivatives."""
    settings, s3 = library.container.settings, library.clients.get("s3")
    tables = create_tables(library.clients.get("dynamodb"), f"{settings.photos_table}-rebuilt")
    for image in library.snapshot().images:
        s3.delete_object(Bucket=settings.derivatives_bucket, Key=image)
    empty = replace(
        settings,
        photos_table=tables.photos,
        memberships_table=tables.memberships,
        trends_table=tables.trends,
        albums_table=tables.albums,
    )
    rebuilt = with_test_clock(Container(empty, library.clients), pixels=False)
    rebuilt.clock.time = library.clock.time
    return rebuilt


def rebuild(library: AwsLibrary) -> None:
    """Rebuild in slices of some photos, as the function does."""
    service: Rebuild = replace(library.container.rebuild, now=library.clock)
    position, written_at, failed = 0, "", 0
    while True:
        answers = iter([timedelta(1)] * 12)
        report = service.run(position, written_at, lambda answers=answers: next(answers, timedelta(0)))  # type: ignore[misc]
        position, written_at, failed = report.position, report.written_at, failed + report.failed
        if report.is_complete:
            break
    assert failed == 0


def fields(photos: Mapping[str, Photo]) -> dict[str, Photo]:
    """All fields but the number of the last change."""
    return {photo_id: replace(photo, version=0) for photo_id, photo in photos.items()}


def all_album_rows(library: AwsLibrary) -> list[Any]:
    rows = DynamoAlbumRows(library.container.album_table).list_all()
    return sorted(rows, key=lambda row: (row["partition"], row["entry"]))


def check_that_everything_returns(library: AwsLibrary, photos: int) -> AwsLibrary:
    """Throw the tables away, rebuild them and compare field by field; returns the rebuilt library."""
    erased = fill(library, photos)
    before, albums = library.snapshot(), all_album_rows(library)
    assert {photo.state for photo in before.photos.values()} == {
        *(State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED)
    }
    backup = back_up(library)
    rebuilt = without_tables(library)
    assert replace(backup, checkpoints=rebuilt.container.backup_checkpoints).run(lambda: True).held
    rebuild(rebuilt)
    after = rebuilt.snapshot()
    assert fields(after.photos) == fields(before.photos)
    assert all_album_rows(rebuilt) == albums
    assert sorted(map(str, after.rows)) == sorted(map(str, before.rows))
    assert after.claims == before.claims
    assert find_count_violations(after) == []
    first, second = (each.container.photos.get(erased) for each in (library, rebuilt))
    assert first is not None
    assert second == replace(first, version=1)
    return rebuilt


def test_tables_that_are_thrown_away_return_field_by_field(library: AwsLibrary) -> None:
    check_that_everything_returns(library, 8)


@pytest.mark.proof
def test_bucket_alone_brings_thousands_of_photos_back(library: AwsLibrary) -> None:
    rebuilt = check_that_everything_returns(library, 2000)
    for _ in range(6):  # derivatives are made again, of photos in the trash once they are restored
        rebuilt.clock.advance(timedelta(hours=25))
        assert rebuilt.sweep.run(lambda: timedelta(minutes=30)).failures == ()
        for photo in rebuilt.snapshot().photos.values():
            if photo.state is State.TRASHED:
                rebuilt.editor.restore(photo.owner, photo.photo_id)
    assert find_violations(rebuilt.snapshot()) == []
