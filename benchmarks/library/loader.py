"""Loads a library in bulk: the items and objects that ingest would have written, in as few requests as possible.

Records, memberships and totals come from the app's own functions and go through the service's own interface, a hundred
items in a transaction. Afterwards the app's recount reads every row: a count that differs by one is an error.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import batched
from random import Random
from typing import Any

from benchmarks.library.records import OWN_DERIVATIVE, Sample, Writer
from benchmarks.trend_items import TrendSums
from chalicelib import images
from chalicelib.aws.dynamodb.items import photo_to_item, to_wire
from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner
from chalicelib.aws.dynamodb.totals import DynamoTotalsStore
from chalicelib.aws.dynamodb.transaction import Tables, claim_id, membership_item
from chalicelib.aws.s3 import S3Derivatives, S3Originals
from chalicelib.ingest.originals import photo_from_drop, upload_key
from chalicelib.ingest.processing import ImageProcessor
from chalicelib.labels.attributes import AttributeLabeler
from chalicelib.library import totals
from chalicelib.library.collections import memberships_for
from chalicelib.library.memberships import Membership
from chalicelib.library.photo import Photo, Visibility
from chalicelib.library.search_index import index_photo
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.maintenance.reconciliation import ORIGINALS, PHOTOS, REVISION
from chalicelib.maintenance.recount import Recount
from chalicelib.maintenance.sources import Checkpoint
from local.demo.drawing import SCENES, draw
from local.demo.photos import encode_jpeg

TRANSACTION_ITEMS = 100
THREADS = 8
CHUNK = 250  # photos in memory at a time
NOBODY = "samples"  # no owner id: an upload without a record would become a photo of its owner
SAMPLE_SIZES = ((1600, 1200), (1200, 1600), (1600, 1067), (1400, 1400))


@dataclass(frozen=True, slots=True)
class Target:
    """The stores that are loaded: clients, table names, buckets, the owner of all photos, and the epoch of heat."""

    dynamodb: Any
    s3: Any
    tables: Tables
    originals: str
    derivatives: str
    owner: str
    epoch: str


def load(target: Target, count: int, now: datetime, progress: Callable[[int], object] = lambda _: None) -> int:
    """Write `count` photos and everything derived from them to empty tables; returns the number of collections.

    Calls `progress` with the number of photos written so far.
    """
    sums = TrendSums()
    writer = Writer(
        owner=target.owner,
        bucket=target.originals,
        heat=lambda received_at: totals.heat(received_at, totals.parse_epoch(target.epoch)),
        samples=tuple(_store_samples(target)),
        now=now,
    )
    written = 0
    with ThreadPoolExecutor(THREADS) as threads:
        for chunk in batched(writer.records(count), CHUNK):
            photos = [index_photo(photo) for photo in threads.map(lambda pair: _store_objects(target, *pair), chunk)]
            rows = [row for photo in photos for row in memberships_for(photo)]
            sums.add(rows)
            put_photos(target, threads, photos, rows)
            written += len(photos)
            progress(written)
        trends = list(sums.items(now))
        _write_all(target, threads, _puts(target.tables.trends, trends))
    return len(trends)


def put_photos(
    target: Target, threads: ThreadPoolExecutor, photos: Sequence[Photo], rows: Iterable[Membership]
) -> None:
    """Write records and these of their rows, without totals."""
    writes = _puts(target.tables.photos, _photo_items(photos))
    writes += _puts(target.tables.memberships, (membership_item(row)[1] for row in rows))
    _write_all(target, threads, writes)


def recount(target: Target, now: Callable[[], datetime]) -> int:
    """Recount all totals from their rows; returns the number of collections. Raises AssertionError if one was wrong."""
    report = Recount(DynamoTotalsStore(target.dynamodb, target.tables), now).run(lambda: True)
    assert not report.failures, report.failures
    assert (report.drifted, report.postponed) == (0, 0), report
    return report.recounted


def postpone_maintenance(target: Target, count: int, now: datetime) -> None:
    """Record that the passes over originals and photos have just ended, as in a library that has run for a while."""
    scanner = DynamoPhotoScanner(target.dynamodb, target.tables)
    for pass_name in (ORIGINALS, PHOTOS):
        scanner.save_checkpoint(
            pass_name, Checkpoint(progress=PassProgress(rows=count).next_pass(now), revision=REVISION)
        )


def _store_samples(target: Target) -> Iterator[Sample]:
    """Draw pictures of each scene and process them as ingest does; their originals become no photos."""
    originals = S3Originals(target.s3, target.originals)
    derivatives = S3Derivatives(target.s3, target.derivatives)
    processor = ImageProcessor(
        originals,
        derivatives,
        AttributeLabeler(),
        images.render,
        images.read_file,
        images.decode,
        lambda: datetime.now(UTC),
        find_place=None,
    )
    rng = Random(1)
    for number, scene in enumerate((*SCENES, *SCENES)):
        size = SAMPLE_SIZES[number % len(SAMPLE_SIZES)]
        key = upload_key(NOBODY, f"sample-{number:02}", f"{scene}.jpg")
        originals.put(key, encode_jpeg(draw(scene, size, rng), datetime(2026, 1, 1, tzinfo=UTC)), "image/jpeg")
        original = originals.head(key)
        assert original
        record = photo_from_drop(
            original,
            photo_id=f"sample-{number:02}",
            owner=target.owner,
            visibility=Visibility.PRIVATE,
            heat=lambda _: 1,
            find_album=lambda _: None,
        )
        photo = processor.process(record, original)
        yield Sample(photo, derivatives.get(photo.derivatives[OWN_DERIVATIVE].key))


def _store_objects(target: Target, photo: Photo, sample: Sample) -> Photo:
    """Store the photo's original, a placeholder of some bytes, and its small image; returns it with its version."""
    small = photo.derivatives[OWN_DERIVATIVE]
    target.s3.put_object(Bucket=target.derivatives, Key=small.key, Body=sample.small, ContentType=small.mime)
    response = target.s3.put_object(
        Bucket=target.originals, Key=photo.key, Body=photo.photo_id.encode(), ContentType="image/jpeg"
    )
    return replace(photo, object_version=response.get("VersionId") or response["ETag"])


def _photo_items(photos: Iterable[Photo]) -> Iterator[Mapping[str, Any]]:
    for photo in photos:
        yield photo_to_item(photo)
        if photo.claim:
            yield {"photo_id": claim_id(photo.owner, photo.claim), "holder": photo.photo_id}


def _puts(table: str, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"Put": {"TableName": table, "Item": to_wire(item)}} for item in items]


def _write_all(target: Target, threads: ThreadPoolExecutor, writes: Iterable[dict[str, Any]]) -> None:
    transactions = batched(writes, TRANSACTION_ITEMS)
    list(threads.map(lambda batch: target.dynamodb.transact_write_items(TransactItems=list(batch)), transactions))
