"""The stories of "Recovery" in `docs/operations.md`, over the local cloud: undelete, mass deletion, back in time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.container import Container
from chalicelib.ingest.removal_limit import MIN_REMOVALS
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from infrastructure.deploy.undelete import Deletions
from local.provision import ProvisionedStack
from tests.contract.tables import create_tables
from tests.stress.aws_library import AwsLibrary, new_library, with_test_clock
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.invariants import find_violations

pytestmark = pytest.mark.cloud

SOMEONE = "another"
PUBLIC = UploadMetadata("cat.jpg", user_tags=("tiger",), visibility=Visibility.PUBLIC)
TABLES = ("photos_table", "memberships_table", "trends_table")


@pytest.fixture
def library(cloud: ProvisionedStack) -> Iterator[AwsLibrary]:
    """An empty library in the local cloud."""
    with aws_clients.local_cloud_clients(cloud) as clients, new_library(clients) as aws_library:
        yield aws_library


def upload(library: AwsLibrary, data: bytes, metadata: UploadMetadata = PUBLIC) -> str:
    """Upload through the API; returns the key."""
    key = library.uploads.store_original(SOMEONE, metadata, data).key
    library.deliver_event(key)
    return key


def drop(library: AwsLibrary, key: str) -> str:
    library.deliver_event(library.drop(key, key.encode(), tags="sea"))
    return key


def photos(library: AwsLibrary) -> dict[str, Photo]:
    """All photos by key."""
    return {photo.key: photo for photo in library.snapshot().photos.values()}


def visible_fields(library: AwsLibrary) -> dict[str, tuple[Any, ...]]:
    """What owners see of each photo, by key."""
    return {
        key: (p.owner, p.state, p.visibility, p.tags, p.recovered, sorted(p.derivatives))
        for key, p in photos(library).items()
    }


def run_schedule(library: AwsLibrary) -> None:
    """Run the schedule until each pass has been run twice."""
    for _ in range(2):
        library.clock.advance(timedelta(hours=25))
        assert library.sweep.run(lambda: timedelta(minutes=1)).failures == ()


def now() -> datetime:
    """The current time in seconds, as S3 tells it."""
    return datetime.now(UTC).replace(microsecond=0)


def undelete(library: AwsLibrary, since: datetime) -> int:
    """`make undelete`."""
    return Deletions(library.clients.get("s3"), library.container.settings.originals_bucket, since).undo()


def test_undelete_brings_photos_back_and_an_old_upload_url_nothing(library: AwsLibrary) -> None:
    since = now()
    deleted, copied, erased = upload(library, b"cat"), upload(library, b"dog"), upload(library, b"cow")
    before = visible_fields(library)
    erased_photo = photos(library)[erased]
    library.editor.erase(SOMEONE, erased_photo.photo_id)
    for key in (deleted, copied):
        library.deliver_event(library.delete(key))
    assert photos(library) == {}

    library.drop(copied, b"dog")  # as a copy of its version
    library.deliver_event(copied)
    assert undelete(library, since) == 1
    library.deliver_event(deleted)
    library.drop(erased, b"planted")
    library.deliver_event(erased)
    owner, state, _, tags, _, derivatives = before[copied]
    assert visible_fields(library) == {
        deleted: before[deleted],
        copied: (owner, state, Visibility.PRIVATE, tags, True, derivatives),
    }
    versions = library.clients.get("s3").list_object_versions(Bucket=library.container.settings.originals_bucket)
    assert erased not in {version["Key"] for version in versions["Versions"]}
    run_schedule(library)
    assert find_violations(library.snapshot()) == []


def test_mass_deletion_stops_and_goes_on_after_undelete_or_confirmation(library: AwsLibrary) -> None:
    keys = [*(upload(library, b"%d" % n) for n in range(2)), *(drop(library, f"{n}.jpg") for n in range(2))]
    before, since = visible_fields(library), now()
    for _ in range(MIN_REMOVALS - 1):  # others that were deleted before these
        library.ingest.removals.allow()
    for key in keys:
        library.deliver_event(library.delete(key))
    run_schedule(library)
    assert visible_fields(library).items() < before.items()
    assert len(photos(library)) == 3  # one more was allowed

    assert undelete(library, since) == 4
    run_schedule(library)
    assert visible_fields(library) == before
    assert library.ingest.removals.counter.read().stopped_at is None

    library.ingest.removals.counter.stop(library.clock())
    for key in keys:
        library.delete(key)
    run_schedule(library)
    assert visible_fields(library) == before
    removals = replace(library.ingest.removals, allowed_until=library.clock() + timedelta(days=9))
    ingest = replace(library.ingest, removals=removals)
    reconciliation = replace(library.sweep.reconciliation, ingest=ingest)
    confirmed = replace(library, sweep=replace(library.sweep, ingest=ingest, reconciliation=reconciliation))
    run_schedule(confirmed)
    assert photos(library) == {}


@dataclass
class Backup:
    """The items of the three tables at a point in time."""

    items: dict[str, list[Any]]

    @classmethod
    def of(cls, library: AwsLibrary) -> "Backup":
        scan = library.clients.get("dynamodb").get_paginator("scan")
        tables = {name: getattr(library.container.settings, name) for name in TABLES}
        return cls({n: [i for page in scan.paginate(TableName=t) for i in page["Items"]] for n, t in tables.items()})

    def restore(self, library: AwsLibrary) -> AwsLibrary:
        """The library with the settings that name tables with these items."""
        dynamodb, name = library.clients.get("dynamodb"), f"{library.container.settings.photos_table}-restored"
        tables = create_tables(dynamodb, name)
        settings = replace(
            library.container.settings,
            photos_table=tables.photos,
            memberships_table=tables.memberships,
            trends_table=tables.trends,
        )
        for table, items in self.items.items():
            for item in items:
                dynamodb.put_item(TableName=getattr(settings, table), Item=item)
        restored = with_test_clock(Container(settings, library.clients), pixels=False)
        restored.clock.time = library.clock.time
        return restored


def test_tables_of_a_point_in_time_and_undeleted_versions_show_everything_again(library: AwsLibrary) -> None:
    edited, deleted, erased = upload(library, b"cat"), upload(library, b"dog"), upload(library, b"cow")
    dropped = drop(library, "old.jpg")
    before, since, backup = visible_fields(library), now(), Backup.of(library)

    at_that_time = photos(library)
    library.editor.edit(SOMEONE, at_that_time[edited].photo_id, Edit(tags=("wrong",), visibility=Visibility.PRIVATE))
    library.editor.erase(SOMEONE, at_that_time[erased].photo_id)
    for key in (deleted, dropped):
        library.deliver_event(library.delete(key))
    later_upload, later_drop = upload(library, b"new"), drop(library, "new.jpg")

    restored = backup.restore(library)
    assert undelete(restored, since) == 2
    run_schedule(restored)
    after = visible_fields(restored)
    assert {key: after[key] for key in (edited, deleted, dropped)} == {k: v for k, v in before.items() if k != erased}
    derivatives = before[edited][-1]
    assert after[later_upload] == (SOMEONE, State.READY, Visibility.PRIVATE, ("sand",), True, derivatives)
    assert after[later_drop] == (OWNER, State.READY, Visibility.PRIVATE, ("sea", "sand"), False, derivatives)
    assert after.keys() == {edited, deleted, dropped, later_upload, later_drop}
    assert find_violations(restored.snapshot()) == []
