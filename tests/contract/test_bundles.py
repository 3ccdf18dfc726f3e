"""Where bundles are kept, over the fake, moto and the local cloud; the plans and the queue over both that speak AWS."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.dynamodb.bundles import DynamoBundleStore
from chalicelib.aws.manifests import S3ManifestStore
from chalicelib.aws.sqs import SqsVolumeQueue
from chalicelib.bundles.models import BUNDLE_LIFETIME, Bundle, BundleStore, ManifestStore, Volume
from chalicelib.bundles.zip import Entry, Skipped
from chalicelib.errors import Conflict
from tests.contract.conftest import CLOUD, FAKE, MOTO
from tests.contract.tables import create_bundles_table
from tests.fakes.bundle_service import MemoryBundleStore, MemoryManifestStore
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER

LATER = NOON + timedelta(minutes=1)


def bundle(bundle_id: str = "b1", volumes: int = 2, **different: Any) -> Bundle:
    rows = tuple(Volume(bundle_id, number, 10, 10**10) for number in range(1, volumes + 1))
    return replace(Bundle(bundle_id, OWNER, NOON, NOON + BUNDLE_LIFETIME, True, rows), **different)


@pytest.fixture(params=[FAKE, MOTO, CLOUD])
def jobs(request: pytest.FixtureRequest) -> Iterator[BundleStore]:
    """No bundles yet, of each kind."""
    if request.param == "fake":
        yield MemoryBundleStore()
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield DynamoBundleStore(client, create_bundles_table(client, "contract"))
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        table = create_bundles_table(client, f"contract-{uuid.uuid4().hex}")
        yield DynamoBundleStore(client, table)
        client.delete_table(TableName=table)


@pytest.fixture(params=[FAKE, MOTO, CLOUD])
def plans(request: pytest.FixtureRequest) -> Iterator[ManifestStore]:
    """No plans yet, of each kind."""
    if request.param == "fake":
        yield MemoryManifestStore()
    elif request.param == "moto":
        with mock_aws():
            s3 = request.getfixturevalue("moto_clients").get("s3")
            with aws_clients.temporary_bucket(s3, versioned=False) as name:
                yield S3ManifestStore(s3, name)
    else:
        s3 = request.getfixturevalue("cloud_clients").get("s3")
        with aws_clients.temporary_bucket(s3, versioned=False) as name:
            yield S3ManifestStore(s3, name)


@pytest.fixture(params=[MOTO, CLOUD])
def sqs(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """An empty queue of each kind: its client and its URL."""
    if request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("sqs")
            yield client, client.create_queue(QueueName="contract")["QueueUrl"]
    else:
        client = request.getfixturevalue("cloud_clients").get("sqs")
        url = client.create_queue(QueueName=f"contract-{uuid.uuid4().hex}")["QueueUrl"]
        yield client, url
        client.delete_queue(QueueUrl=url)


def test_a_bundle_comes_back_as_it_was_kept(jobs: BundleStore) -> None:
    jobs.add(bundle(volumes=12))
    assert jobs.get("b1") == bundle(volumes=12)
    assert jobs.get("b2") is None


@pytest.mark.parametrize("bundle_id", ["", f"owner#{OWNER}", "b1#1"])
def test_what_is_no_bundle_is_not_found(jobs: BundleStore, bundle_id: str) -> None:
    jobs.add(bundle())
    assert jobs.get(bundle_id) is None


def test_an_owner_finds_their_own_the_newest_first(jobs: BundleStore) -> None:
    jobs.add(bundle("b1"))
    jobs.add(bundle("b2", created_at=LATER))
    jobs.add(bundle("b3", owner="another"))
    assert [found.bundle_id for found in jobs.list_by_owner(OWNER)] == ["b2", "b1"]
    assert jobs.list_by_owner("nobody") == []


def test_the_row_of_a_volume_follows_the_work_and_forgets_what_is_over(jobs: BundleStore) -> None:
    jobs.add(bundle())
    (first, second) = bundle().volumes
    begun = jobs.save_volume(
        first, replace(first, worker="w", lease_expires_at=LATER, attempts=1, photos_done=3, bytes_done=300)
    )
    assert jobs.get("b1") == replace(bundle(), volumes=(begun, second))
    skipped = (Skipped("p1", "ä b.jpg", "The original is gone."),)
    done = jobs.save_volume(
        begun, replace(begun, worker=None, lease_expires_at=None, size=5 * 10**9, skipped=skipped, photos_done=10)
    )
    assert (done.version, done.worker, done.lease_expires_at) == (2, None, None)
    assert jobs.get("b1") == replace(bundle(), volumes=(done, second))
    failed = jobs.save_volume(second, replace(second, reason="It could not be."))
    assert jobs.get("b1") == replace(bundle(), volumes=(done, failed))


def test_a_volume_in_other_hands_is_not_written(jobs: BundleStore) -> None:
    jobs.add(bundle())
    first = bundle().volumes[0]
    mine = jobs.save_volume(first, replace(first, worker="mine"))
    with pytest.raises(Conflict):
        jobs.save_volume(first, replace(first, worker="theirs"))
    assert jobs.get("b1") == replace(bundle(), volumes=(mine, bundle().volumes[1]))


def test_a_bundle_that_was_taken_away_is_gone_and_nothing_is_written_to_it(jobs: BundleStore) -> None:
    jobs.add(bundle())
    jobs.remove(bundle())
    jobs.remove(bundle())
    assert (jobs.get("b1"), jobs.list_by_owner(OWNER)) == (None, [])
    with pytest.raises(Conflict):
        jobs.save_volume(bundle().volumes[0], bundle().volumes[0])
    assert not jobs.begin_notification("b1", NOON, LATER)
    jobs.end_notification("b1", sent=True)
    assert jobs.get("b1") is None


def test_only_one_tells_the_owner_and_only_once(jobs: BundleStore) -> None:
    jobs.add(bundle())
    assert jobs.begin_notification("b1", NOON, LATER)
    with pytest.raises(Conflict):
        jobs.begin_notification("b1", NOON, LATER)
    jobs.end_notification("b1", sent=True)
    assert not jobs.begin_notification("b1", NOON, LATER)
    assert not jobs.begin_notification("b1", LATER, LATER)


def test_whoever_could_not_tell_or_died_is_followed_by_another(jobs: BundleStore) -> None:
    jobs.add(bundle())
    assert jobs.begin_notification("b1", NOON, LATER)
    assert jobs.begin_notification("b1", LATER, LATER + timedelta(minutes=1))
    jobs.end_notification("b1", sent=False)
    assert jobs.begin_notification("b1", LATER, LATER + timedelta(minutes=1))


ENTRIES = [Entry(f"p{n}", f"o/p{n}/ü +%.jpg", "v1", n, f"ü {n}\u2028.jpg", NOON) for n in range(3)]


def test_a_plan_is_read_as_it_was_written(plans: ManifestStore) -> None:
    plans.write("b1/manifest-0001.jsonl", ENTRIES)
    assert list(plans.read("b1/manifest-0001.jsonl")) == ENTRIES


def test_the_files_of_a_bundle_are_removed_and_no_others(plans: ManifestStore) -> None:
    for key in ("b1/manifest-0001.jsonl", "b1/manifest-0002.jsonl", "b10/manifest-0001.jsonl"):
        plans.write(key, ENTRIES)
    plans.remove_files("b1")
    plans.remove_files("b1")
    assert list(plans.read("b10/manifest-0001.jsonl")) == ENTRIES
    with pytest.raises(Exception, match=r"NoSuchKey|manifest-0001"):
        list(plans.read("b1/manifest-0001.jsonl"))


def test_uploads_that_did_not_end_are_removed_with_their_bundle(plans: ManifestStore) -> None:
    if not isinstance(plans, S3ManifestStore):
        pytest.skip("The fake knows no uploads.")
    s3, bucket = plans.client, plans.bucket
    for key in ("b1/volume-0001.zip", "b2/volume-0001.zip"):
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"part")
    plans.remove_files("b1")
    left = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["b2/volume-0001.zip"]
    plans.remove_files("b2")


@pytest.mark.cloud
def test_a_link_opens_the_file_until_its_time_is_over(cloud_clients: Any) -> None:
    s3 = cloud_clients.get("s3")
    with aws_clients.temporary_bucket(s3, versioned=False) as name:
        plans = S3ManifestStore(s3, name)
        s3.put_object(Bucket=name, Key="b1/volume-0001.zip", Body=b"zip")
        with urllib.request.urlopen(plans.volume_url("b1/volume-0001.zip", timedelta(minutes=1))) as answer:
            assert answer.read() == b"zip"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(plans.volume_url("b1/volume-0001.zip", timedelta(seconds=-1)))


def test_each_volume_is_one_message(sqs: tuple[Any, str]) -> None:
    client, url = sqs
    SqsVolumeQueue(client, url).send("b1", range(1, 24), NOON)
    assert int(_attributes(client, url)["ApproximateNumberOfMessagesDelayed"]) == 23


def test_a_message_names_bundle_and_volume_and_when_it_was_sent(sqs: tuple[Any, str]) -> None:
    client, url = sqs
    SqsVolumeQueue(client, url, delay_seconds=0).send("b1", [7], NOON)
    (message,) = client.receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    told = json.loads(message["Body"])
    assert (told["bundle_id"], told["volume"], datetime.fromisoformat(told["sent_at"])) == ("b1", 7, NOON)


def _attributes(client: Any, url: str) -> dict[str, str]:
    found: dict[str, str] = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found
