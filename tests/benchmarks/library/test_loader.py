"""A bulk-loaded library is what ingest would have stored: every row and count follows from its photos."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from benchmarks.library.loader import SAMPLE_SIZES, Target, load, postpone_maintenance, recount
from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner
from chalicelib.aws.s3 import S3Derivatives, S3Originals
from chalicelib.library.photo import Visibility
from chalicelib.maintenance.reconciliation import PHOTOS, REVISION
from local.provision import ProvisionedStack
from tests.contract.tables import create_tables
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.invariants import find_count_violations, read_aws

pytestmark = pytest.mark.cloud

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COUNT = 60


@pytest.fixture(scope="module")
def target(cloud: ProvisionedStack) -> Iterator[Target]:
    dynamodb, s3 = cloud.client("dynamodb"), cloud.client("s3")
    tables = create_tables(dynamodb, f"bench-{uuid.uuid4().hex}")
    with (
        aws_clients.temporary_bucket(s3, versioned=True) as originals,
        aws_clients.temporary_bucket(s3, versioned=False) as derivatives,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Small pictures: drawing the usual ones would take longer than all else here.
        small = tuple((width // 4, height // 4) for width, height in SAMPLE_SIZES)
        patch.setattr("benchmarks.library.loader.SAMPLE_SIZES", small)
        target = Target(dynamodb, s3, tables, originals, derivatives, OWNER, "2026-01-01")
        collections = load(target, COUNT, NOW)
        assert recount(target, lambda: NOW) == collections
        yield target
    for table in (tables.photos, tables.memberships, tables.trends):
        dynamodb.delete_table(TableName=table)


def test_every_row_and_count_follows_from_the_photos(target: Target) -> None:
    snapshot = read_aws(target.dynamodb, target.tables, target.s3, target.derivatives)
    assert len(snapshot.photos) == COUNT
    assert find_count_violations(snapshot) == []
    assert {photo.visibility for photo in snapshot.photos.values()} == set(Visibility)


def test_photos_have_their_originals_and_images(target: Target) -> None:
    snapshot = read_aws(target.dynamodb, target.tables, target.s3, target.derivatives)
    originals = S3Originals(target.s3, target.originals)
    derivatives = S3Derivatives(target.s3, target.derivatives)
    for photo in list(snapshot.photos.values())[:5]:
        original = originals.head(photo.key)
        assert original is not None
        assert original.version == photo.object_version
        assert all(len(derivatives.get(image.key)) == image.bytes for image in photo.derivatives.values())


def test_recount_finds_a_missing_row(target: Target) -> None:
    rows = target.dynamodb.scan(TableName=target.tables.memberships, Limit=50)["Items"]
    row = next(row for row in rows if "#!" not in row["collection"]["S"])
    key = {name: row[name] for name in ("collection", "position")}
    checkpoint = {"scope": {"S": "!checkpoint"}, "tag": {"S": "recount"}}
    target.dynamodb.delete_item(TableName=target.tables.trends, Key=checkpoint)  # ends the pause after the first pass
    target.dynamodb.delete_item(TableName=target.tables.memberships, Key=key)
    with pytest.raises(AssertionError, match="drifted=1"):
        recount(target, lambda: NOW)


def test_maintenance_is_postponed(target: Target) -> None:
    postpone_maintenance(target, COUNT, NOW)
    checkpoint = DynamoPhotoScanner(target.dynamodb, target.tables).load_checkpoint(PHOTOS)
    assert checkpoint.for_revision(REVISION).progress.is_paused(NOW)
