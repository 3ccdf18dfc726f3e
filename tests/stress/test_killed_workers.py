"""Workers killed during a volume: their successor builds the same volume and leaves no upload."""

import io
import multiprocessing
import random
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.aws.clients import Clients
from chalicelib.bundles.models import Bundle, BundleState
from chalicelib.bundles.service import VOLUME_LEASE, BundleRequest
from chalicelib.container import Container
from chalicelib.library.photo_query import Match
from chalicelib.settings import Settings
from local.credentials import AccessKey
from local.provision import ProvisionedStack
from tests.contract.tables import create_bundles_table, create_tables
from tests.stress.aws_library import stress_settings
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER, photo

KILLS = 10
PHOTOS = 24
PHOTO_BYTES = 600_000
# Three volumes, each of several parts.
VOLUME_BYTES = 9_000_000

pytestmark = [pytest.mark.proof, pytest.mark.cloud]


@dataclass(frozen=True)
class Library:
    """The location of a library, in values that can be passed to another process."""

    endpoint: str
    access_key: AccessKey
    settings: Settings

    def container(self) -> Container:
        """The library with clients of this process."""
        clients = Clients(aws_clients.session(self.access_key))
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ENDPOINT_URL", self.endpoint)
            for service in aws_clients.SERVICES:
                clients.get(service)
        return Container(self.settings, clients)


def beach_bundle(container: Container) -> BundleRequest:
    """A request of all photos."""
    return BundleRequest(OWNER, container.bundle_photos.by_tags(OWNER, ("beach",), Match.ANY), OWNER)


def build_volume(location: Library, bundle_id: str, number: int) -> None:
    """What a worker process runs."""
    location.container().bundles.build_volume(bundle_id, number, datetime.now(UTC))


@contextmanager
def library(cloud: ProvisionedStack) -> Iterator[tuple[Library, Any, dict[str, bytes]]]:
    """A library with photos, its S3 client, and its originals by filename."""
    with aws_clients.local_cloud_clients(cloud) as clients:
        dynamodb, s3, sqs = clients.get("dynamodb"), clients.get("s3"), clients.get("sqs")
        name = f"proof-{uuid.uuid4().hex}"
        tables, bundles = create_tables(dynamodb, name), create_bundles_table(dynamodb, name)
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        with (
            aws_clients.temporary_bucket(s3, versioned=True) as originals,
            aws_clients.temporary_bucket(s3, versioned=False) as zips,
        ):
            settings = stress_settings(
                tables,
                bundles_table=bundles,
                bundles_bucket=zips,
                bundles_queue_url=queue,
                topic_prefix="arn:aws:sns:us-east-1:000000000000:proof-",
                originals_bucket=originals,
                bundle_volume_bytes=VOLUME_BYTES,
            )
            location = Library(cloud.services.endpoint, cloud.services.access_key, settings)
            yield location, s3, add_photos(Container(settings, clients), s3)
        for table in (tables.photos, tables.memberships, tables.trends, bundles):
            dynamodb.delete_table(TableName=table)
        sqs.delete_queue(QueueUrl=queue)


def add_photos(library: Container, s3: Any) -> dict[str, bytes]:
    """Store originals and their photo records."""
    originals = {}
    for n in range(PHOTOS):
        data = random.Random(n).randbytes(PHOTO_BYTES)
        key, filename = f"drops/{n}.jpg", f"photo {n}.jpg"
        bucket = library.settings.originals_bucket
        version = s3.put_object(Bucket=bucket, Key=key, Body=data)["VersionId"]
        library.photos.commit(
            None,
            photo(f"p{n}", key=key, filename=filename, object_version=version, bytes=len(data), received_at=NOON),
        )
        originals[filename] = data
    return originals


def run_worker(seconds: float, *arguments: Any) -> bool:
    """Run a worker for at most this time; returns whether it had to be killed."""
    process = multiprocessing.get_context("spawn").Process(target=build_volume, args=arguments)
    process.start()
    process.join(seconds)
    alive = process.is_alive()
    process.kill()
    process.join()
    return alive


def test_bundle_is_correct_after_workers_are_killed_at_random(cloud: ProvisionedStack) -> None:
    with library(cloud) as (location, s3, originals):
        container = location.container()
        service = container.bundles
        started = time.monotonic()
        first = service.create(beach_bundle(container))
        assert not run_worker(60, location, first.bundle_id, 1)
        longest = time.monotonic() - started
        rng, interrupted = random.Random(2026), 0
        later = replace(service, now=lambda: datetime.now(UTC) + VOLUME_LEASE)
        while interrupted < KILLS:
            bundle = service.create(beach_bundle(container))
            for volume in bundle.volumes:
                run_worker(rng.uniform(0.3, 1) * longest, location, bundle.bundle_id, volume.number)
            volumes = service.get(OWNER, bundle.bundle_id).volumes
            interrupted += sum(volume.attempts == 1 and not volume.is_built for volume in volumes)
            for volume in bundle.volumes:
                later.build_volume(bundle.bundle_id, volume.number, bundle.created_at)
            assert service.get(OWNER, bundle.bundle_id).state(service.now()) is BundleState.READY
            assert contents(s3, location.settings.bundles_bucket, bundle) == originals
            assert "Uploads" not in s3.list_multipart_uploads(Bucket=location.settings.bundles_bucket)
            service.delete(OWNER, bundle.bundle_id)
        service.delete(OWNER, first.bundle_id)
        assert "Contents" not in s3.list_objects_v2(Bucket=location.settings.bundles_bucket)


def contents(s3: Any, bucket: str, bundle: Bundle) -> dict[str, bytes]:
    """The files of all volumes."""
    found: dict[str, bytes] = {}
    for volume in bundle.volumes:
        stored = s3.get_object(Bucket=bucket, Key=f"{bundle.bundle_id}/volume-{volume.number:04d}.zip")["Body"].read()
        with zipfile.ZipFile(io.BytesIO(stored)) as opened:
            assert opened.testzip() is None
            found |= {name: opened.read(name) for name in opened.namelist()}
    return found
