"""A library over the AWS adapters with a manual clock, and with fake image processing by default."""

import itertools
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.aws.clients import Clients
from chalicelib.aws.dynamodb.transaction import Tables
from chalicelib.container import Container
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.ingest.ingest import Ingest
from chalicelib.ingest.uploads import Uploads
from chalicelib.maintenance.refresh import HeatRefresh, MetadataRefresh
from chalicelib.maintenance.relabeling import RelabelingRequests
from chalicelib.maintenance.sweep import Sweep
from chalicelib.settings import Settings
from tests.contract.tables import create_tables
from tests.fakes.library import Clock
from tests.fakes.owners import MemoryOwners
from tests.fakes.processing import FixedLabeler, decode, read_metadata, render
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.invariants import LibrarySnapshot, read_aws


@dataclass
class AwsLibrary:
    """The services of a library, and what an S3 tool does to its bucket."""

    container: Container
    clients: Clients
    clock: Clock
    editor: PhotoEditor
    ingest: Ingest
    sweep: Sweep
    uploads: Uploads
    relabeling_requests: RelabelingRequests

    def drop(self, key: str, data: bytes, **metadata: str) -> str:
        """Copy a file into the bucket; returns its key."""
        bucket = self.container.settings.originals_bucket
        self.clients.get("s3").put_object(Bucket=bucket, Key=key, Body=data, Metadata=metadata)
        return key

    def delete(self, key: str) -> str:
        """Delete an original; returns its key."""
        self.clients.get("s3").delete_object(Bucket=self.container.settings.originals_bucket, Key=key)
        return key

    def deliver_event(self, key: str) -> None:
        """Deliver an S3 event of this key."""
        self.ingest.reconcile(key, {"bucket": "originals", "key": key})

    def settle(self) -> None:
        """Make everything due, and process it."""
        self.clock.advance(timedelta(days=2))
        self.sweep.process_due(lambda: True)

    def snapshot(self) -> LibrarySnapshot:
        """Everything the library stores."""
        of, settings = self.clients.get, self.container.settings
        return read_aws(of("dynamodb"), self.container.tables, of("s3"), settings.derivatives_bucket)

    def state_tags(self) -> dict[str, dict[str, str]]:
        """The tags of every original, by key."""
        s3, bucket = self.clients.get("s3"), self.container.settings.originals_bucket
        found = [
            o["Key"]
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for o in page.get("Contents", [])
        ]
        return {key: _tags(s3.get_object_tagging(Bucket=bucket, Key=key)) for key in found}


def stress_settings(tables: Tables, **overrides: Any) -> Settings:
    """Settings over these tables; what a test does not use is empty. Keyword arguments override them."""
    defaults: dict[str, Any] = {
        "stage": "proof",
        "photos_table": tables.photos,
        "memberships_table": tables.memberships,
        "trends_table": tables.trends,
        "api_keys_table": "",
        "bundles_table": "",
        "albums_table": tables.albums,
        "bundles_bucket": "",
        "bundles_queue_url": "",
        "topic_prefix": "",
        "originals_bucket": "",
        "derivatives_bucket": "",
        "user_pool_id": "",
        "user_pool_client_id": "",
        "version_retention_days": 30,
        "identity_issuer": "",
        "library_owner": OWNER,
        "link_secret": "link",
        "id_secret": "id",
    }
    return Settings(**(defaults | overrides))


@contextmanager
def new_library(clients: Clients, *, pixels: bool = False) -> Iterator[AwsLibrary]:
    """An empty library with temporary tables and buckets."""
    dynamodb, s3 = clients.get("dynamodb"), clients.get("s3")
    tables = create_tables(dynamodb, f"proof-{uuid.uuid4().hex}")
    with (
        aws_clients.temporary_bucket(s3, versioned=True) as originals,
        aws_clients.temporary_bucket(s3, versioned=False) as derivatives,
    ):
        settings = stress_settings(tables, originals_bucket=originals, derivatives_bucket=derivatives)
        yield with_test_clock(Container(settings, clients), pixels=pixels)
    for table in (tables.photos, tables.memberships, tables.trends):
        dynamodb.delete_table(TableName=table)


def with_test_clock(library: Container, *, pixels: bool) -> AwsLibrary:
    """The library with a manual clock, sequential ids and constant heat."""
    clock, ids = Clock(datetime.now(UTC)), itertools.count()

    def heat(_: datetime) -> int:
        return 1000

    def new_id() -> str:
        return f"id{next(ids)}"

    photos = replace(library.photos, now=clock, sleep=lambda seconds: time.sleep(min(seconds, 0.02)))
    processor = replace(library.ingest.processor, now=clock)
    if not pixels:
        processor = replace(
            processor, labeler=FixedLabeler(), render=render, read_metadata=read_metadata, decode=decode
        )
    deletion = replace(library.deletion, photos=photos, now=clock, new_id=new_id)
    ingest = replace(
        library.ingest,
        photos=photos,
        processor=processor,
        deletion=deletion,
        owners=MemoryOwners(),
        removals=replace(library.removals, now=clock),
        now=clock,
        new_id=new_id,
        heat=heat,
        bucket="originals",
    )
    sweep = replace(
        library.sweep,
        photos=photos,
        processor=processor,
        ingest=ingest,
        deletion=deletion,
        relabeling=replace(library.sweep.relabeling, photos=photos, labeler=processor.labeler, now=clock),
        recount=replace(library.sweep.recount, now=clock),
        reconciliation=replace(
            library.sweep.reconciliation,
            ingest=ingest,
            photos=photos,
            refreshes=(HeatRefresh(heat), MetadataRefresh(library.originals, processor)),
            bucket="originals",
            now=clock,
        ),
        now=clock,
    )
    uploads = replace(library.uploads, photos=photos, now=clock, new_id=new_id, heat=heat)
    editor = replace(library.editor, photos=photos, deletion=deletion, now=clock)
    requests = replace(library.relabeling_requests, now=clock)
    return AwsLibrary(library, library.clients, clock, editor, ingest, sweep, uploads, requests)


def _tags(answer: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
