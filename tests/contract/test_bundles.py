"""Stores of bundles, manifests and volume messages over fake, moto and the local cloud."""

import json
import random
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.accounts.notifications import MessageLimit
from chalicelib.aws.clients import Clients
from chalicelib.aws.dynamodb.bundles import DynamoBundleStore
from chalicelib.aws.dynamodb.limits import DynamoMessageLimit
from chalicelib.aws.manifests import S3ManifestStore
from chalicelib.aws.sqs import SqsVolumeQueue
from chalicelib.bundles.models import BUNDLE_LIFETIME, Bundle, BundleStore, ManifestStore, Volume
from chalicelib.bundles.zip import Entry, Skipped
from chalicelib.errors import Conflict
from tests.contract.conftest import CLOUD, FAKE, MOTO
from tests.contract.tables import MOTO_TABLES, create_bundles_table
from tests.fakes.bundle_service import MemoryBundleStore, MemoryManifestStore, MemoryMessageLimit
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import call_hooks

LATER = NOON + timedelta(minutes=1)


def bundle(bundle_id: str = "b1", volumes: int = 2, **different: Any) -> Bundle:
    rows = tuple(Volume(bundle_id, number, 10, 10**10) for number in range(1, volumes + 1))
    return replace(Bundle(bundle_id, OWNER, NOON, NOON + BUNDLE_LIFETIME, True, rows, "Lisbon 🏖"), **different)


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def bundle_store(request: pytest.FixtureRequest) -> Iterator[BundleStore]:
    """An empty bundle store of each kind."""
    if request.param == "fake":
        yield MemoryBundleStore()
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield DynamoBundleStore(client, create_bundles_table(client, "contract"), time.sleep, random.random)
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("bundles") as (table,):
            yield DynamoBundleStore(client, table, time.sleep, random.random)


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def message_limit(request: pytest.FixtureRequest) -> Iterator[MessageLimit]:
    """A limit of three messages per hour of each kind."""
    if request.param == "fake":
        yield MemoryMessageLimit(3)
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield DynamoMessageLimit(client, create_bundles_table(client, "contract"), 3)
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("bundles") as (table,):
            yield DynamoMessageLimit(client, table, 3)


@pytest.fixture(params=[FAKE, MOTO, CLOUD])
def manifest_store(request: pytest.FixtureRequest) -> Iterator[ManifestStore]:
    """An empty manifest store of each kind."""
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
    """An empty queue of each kind: client and URL."""
    if request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("sqs")
            yield client, client.create_queue(QueueName="contract")["QueueUrl"]
    else:
        client = request.getfixturevalue("cloud_clients").get("sqs")
        url = client.create_queue(QueueName=f"contract-{uuid.uuid4().hex}")["QueueUrl"]
        yield client, url
        client.delete_queue(QueueUrl=url)


def test_stored_bundle_is_returned_unchanged(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle(volumes=12), max_bundles=20)
    assert bundle_store.get("b1") == bundle(volumes=12)
    assert bundle_store.get("b2") is None


def call_at_once(call: Callable[[int], bool], times: int) -> list[bool]:
    """The results of calls with the numbers from 0, all made at the same time."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(call, range(times)))


def test_limit_of_bundles_is_exact_under_concurrency(bundle_store: BundleStore) -> None:
    def add(number: int) -> bool:
        try:
            bundle_store.add(bundle(f"b{number}", volumes=1), max_bundles=5)
        except Conflict:
            return False
        return True

    added = call_at_once(add, 12)
    assert sum(added) == len(bundle_store.list_by_owner(OWNER)) == 5
    assert not bundle_store.has_room(OWNER, 5, NOON)
    assert [bundle_store.get(f"b{number}") is not None for number in range(12)] == added


def test_removed_and_expired_bundles_make_room(bundle_store: BundleStore) -> None:
    for number in range(2):
        bundle_store.add(bundle(f"b{number}"), max_bundles=2)
    bundle_store.add(bundle("another", owner="another"), max_bundles=1)
    with pytest.raises(Conflict, match="2 bundles"):
        bundle_store.add(bundle("b2"), max_bundles=2)
    bundle_store.remove(bundle("b0"))
    assert bundle_store.has_room(OWNER, 2, NOON)
    bundle_store.add(bundle("b2"), max_bundles=2)
    tomorrow = NOON + BUNDLE_LIFETIME
    assert bundle_store.has_room(OWNER, 2, tomorrow)
    for number in range(3, 5):
        later = bundle(f"b{number}", created_at=tomorrow, expires_at=tomorrow + BUNDLE_LIFETIME)
        bundle_store.add(later, max_bundles=2)
    assert not bundle_store.has_room(OWNER, 2, tomorrow)


def test_limit_of_messages_is_exact_under_concurrency(message_limit: MessageLimit) -> None:
    assert sum(call_at_once(lambda number: message_limit.take(OWNER, f"m{number}", NOON), 8)) == 3
    assert not message_limit.take(OWNER, "late", NOON + timedelta(minutes=59))
    assert message_limit.take("another", "m1", NOON)


def test_last_message_is_taken_once_by_those_who_have_read_that_there_is_room(moto_clients: Clients) -> None:
    with mock_aws():
        client = moto_clients.get("dynamodb")
        limit = DynamoMessageLimit(client, create_bundles_table(client, "contract"), 1)
        others: list[bool] = []

        def take_before_update(name: str) -> None:
            if name == "UpdateItem" and not others:
                others.append(False)
                others.append(limit.take(OWNER, "other", NOON))

        with call_hooks(moto_clients, before=take_before_update, after=lambda _: None):
            assert not limit.take(OWNER, "late", NOON)
        assert others == [False, True]


def test_limit_of_messages_is_over_any_hour(message_limit: MessageLimit) -> None:
    for minute in (0, 40, 50):
        assert message_limit.take(OWNER, f"m{minute}", NOON + timedelta(minutes=minute))
    assert not message_limit.take(OWNER, "m59", NOON + timedelta(minutes=59))
    assert message_limit.take(OWNER, "m60", NOON + timedelta(minutes=60))
    assert not message_limit.take(OWNER, "m61", NOON + timedelta(minutes=61))


@pytest.mark.parametrize("bundle_id", ["", f"owner#{OWNER}", "b1#1"])
def test_invalid_bundle_id_is_not_found(bundle_store: BundleStore, bundle_id: str) -> None:
    bundle_store.add(bundle(), max_bundles=20)
    assert bundle_store.get(bundle_id) is None


def test_bundles_of_an_owner_are_listed_newest_first(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle("b1"), max_bundles=20)
    bundle_store.add(bundle("b2", created_at=LATER), max_bundles=20)
    bundle_store.add(bundle("b3", owner="another"), max_bundles=20)
    assert [found.bundle_id for found in bundle_store.list_by_owner(OWNER)] == ["b2", "b1"]
    assert bundle_store.list_by_owner("owner-without-bundles") == []


def test_listed_bundles_have_all_volumes_with_their_progress(bundle_store: BundleStore) -> None:
    for number, volumes in enumerate([0, 1, 105]):
        bundle_store.add(bundle(f"b{number}", volumes, notify=bool(number)), max_bundles=20)
    volume = bundle("b1").volumes[0]
    bundle_store.save_volume(volume, replace(volume, worker="w", lease_expires_at=LATER, photos_done=3))
    listed = bundle_store.list_by_owner(OWNER)
    assert [len(found.volumes) for found in listed] == [105, 1, 0]
    assert listed == [bundle_store.get(found.bundle_id) for found in listed]
    assert listed[1].volumes[0].photos_done == 3


@pytest.mark.parametrize(("bundles", "reads"), [(0, 0), (1, 1), (100, 1), (101, 2)])
def test_bundles_of_an_owner_are_read_in_batches(moto_clients: Clients, bundles: int, reads: int) -> None:
    calls = list[str]()
    with mock_aws():
        client = moto_clients.get("dynamodb")
        store = DynamoBundleStore(client, create_bundles_table(client, "contract"), time.sleep, random.random)
        for number in range(bundles):
            store.add(bundle(f"b{number}", volumes=1), max_bundles=200)
        with call_hooks(moto_clients, before=calls.append, after=lambda _: None):
            assert len(store.list_by_owner(OWNER)) == bundles
    assert calls == ["Query"] + ["BatchGetItem"] * reads


def test_bundle_that_is_deleted_while_the_list_is_read_is_left_out(moto_clients: Clients) -> None:
    with mock_aws():
        client = moto_clients.get("dynamodb")
        store = DynamoBundleStore(client, create_bundles_table(client, "contract"), time.sleep, random.random)
        for bundle_id in ("b1", "b2"):
            store.add(bundle(bundle_id), max_bundles=20)

        def remove_before_volumes(name: str) -> None:
            if name == "BatchGetItem":
                store.remove(bundle("b1"))

        with call_hooks(moto_clients, before=remove_before_volumes, after=lambda _: None):
            assert store.list_by_owner(OWNER) == [bundle("b2")]


def test_bundles_whose_entries_hold_only_their_key_are_listed(moto_clients: Clients) -> None:
    with mock_aws():
        client = moto_clients.get("dynamodb")
        table = create_bundles_table(client, "contract")
        store = DynamoBundleStore(client, table, time.sleep, random.random)
        bundles = [bundle(f"b{number}", created_at=NOON - timedelta(minutes=number)) for number in range(4)]
        for each in bundles:
            store.add(each, max_bundles=20)
        earlier = [item for item in client.scan(TableName=table)["Items"] if item["part"]["S"].endswith(("#b1", "#b2"))]
        for item in earlier:  # as earlier versions wrote them
            key_only = {name: item[name] for name in ("bundle_id", "part", "expires_at")}
            client.put_item(TableName=table, Item=key_only)
        assert len(earlier) == 2
        assert store.list_by_owner(OWNER) == bundles
        client.delete_item(TableName=table, Key={"bundle_id": {"S": "b2"}, "part": {"S": "head"}})
        assert store.list_by_owner(OWNER) == [bundles[0], bundles[1], bundles[3]]


def test_saved_volume_replaces_all_fields(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle(), max_bundles=20)
    (first, second) = bundle().volumes
    started = bundle_store.save_volume(
        first, replace(first, worker="w", lease_expires_at=LATER, attempts=1, photos_done=3, bytes_done=300)
    )
    assert bundle_store.get("b1") == replace(bundle(), volumes=(started, second))
    skipped = (Skipped("p1", "ä b.jpg", "The original is gone."),)
    done = bundle_store.save_volume(
        started, replace(started, worker=None, lease_expires_at=None, size=5 * 10**9, skipped=skipped, photos_done=10)
    )
    assert (done.version, done.worker, done.lease_expires_at) == (2, None, None)
    assert bundle_store.get("b1") == replace(bundle(), volumes=(done, second))
    failed = bundle_store.save_volume(second, replace(second, reason="It could not be."))
    assert bundle_store.get("b1") == replace(bundle(), volumes=(done, failed))


def test_saving_a_changed_volume_raises_conflict(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle(), max_bundles=20)
    first = bundle().volumes[0]
    leased = bundle_store.save_volume(first, replace(first, worker="mine"))
    with pytest.raises(Conflict):
        bundle_store.save_volume(first, replace(first, worker="theirs"))
    assert bundle_store.get("b1") == replace(bundle(), volumes=(leased, bundle().volumes[1]))


def test_removed_bundle_cannot_be_changed(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle(), max_bundles=20)
    bundle_store.remove(bundle())
    bundle_store.remove(bundle())
    assert (bundle_store.get("b1"), bundle_store.list_by_owner(OWNER)) == (None, [])
    with pytest.raises(Conflict):
        bundle_store.save_volume(bundle().volumes[0], bundle().volumes[0])
    assert not bundle_store.begin_notification("b1", NOON, LATER)
    bundle_store.end_notification("b1", sent=True)
    assert bundle_store.get("b1") is None


def test_notification_is_claimed_by_one_worker_and_sent_once(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle(), max_bundles=20)
    assert bundle_store.begin_notification("b1", NOON, LATER)
    with pytest.raises(Conflict):
        bundle_store.begin_notification("b1", NOON, LATER)
    bundle_store.end_notification("b1", sent=True)
    assert not bundle_store.begin_notification("b1", NOON, LATER)
    assert not bundle_store.begin_notification("b1", LATER, LATER)


def test_expired_or_released_notification_is_claimed_again(bundle_store: BundleStore) -> None:
    bundle_store.add(bundle(), max_bundles=20)
    assert bundle_store.begin_notification("b1", NOON, LATER)
    assert bundle_store.begin_notification("b1", LATER, LATER + timedelta(minutes=1))
    bundle_store.end_notification("b1", sent=False)
    assert bundle_store.begin_notification("b1", LATER, LATER + timedelta(minutes=1))


ENTRIES = [Entry(f"p{n}", f"o/p{n}/ü +%.jpg", "v1", n, f"ü {n}\u2028.jpg", NOON) for n in range(3)]
ENTRIES += [replace(entry, name=f"x{entry.name}", sidecar="<x>ü\n</x>".encode()) for entry in ENTRIES[:1]]


def test_manifest_round_trip(manifest_store: ManifestStore) -> None:
    manifest_store.write("b1/manifest-0001.jsonl", ENTRIES)
    assert list(manifest_store.read("b1/manifest-0001.jsonl")) == ENTRIES


def test_remove_files_deletes_only_this_bundle(manifest_store: ManifestStore) -> None:
    for key in ("b1/manifest-0001.jsonl", "b1/manifest-0002.jsonl", "b10/manifest-0001.jsonl"):
        manifest_store.write(key, ENTRIES)
    manifest_store.remove_files("b1")
    manifest_store.remove_files("b1")
    assert list(manifest_store.read("b10/manifest-0001.jsonl")) == ENTRIES
    with pytest.raises(Exception, match=r"NoSuchKey|manifest-0001"):
        list(manifest_store.read("b1/manifest-0001.jsonl"))


def test_remove_files_aborts_unfinished_uploads(manifest_store: ManifestStore) -> None:
    if not isinstance(manifest_store, S3ManifestStore):
        pytest.skip("The fake has no uploads.")
    s3, bucket = manifest_store.client, manifest_store.bucket
    for key in ("b1/volume-0001.zip", "b2/volume-0001.zip"):
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"part")
    manifest_store.remove_files("b1")
    left = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["b2/volume-0001.zip"]
    manifest_store.remove_files("b2")


@pytest.mark.cloud
def test_signed_url_works_until_it_expires(cloud_clients: Any) -> None:
    s3 = cloud_clients.get("s3")
    with aws_clients.temporary_bucket(s3, versioned=False) as name:
        manifest_store = S3ManifestStore(s3, name)
        s3.put_object(Bucket=name, Key="b1/volume-0001.zip", Body=b"zip")
        with urllib.request.urlopen(manifest_store.volume_url("b1/volume-0001.zip", timedelta(minutes=1))) as answer:
            assert answer.read() == b"zip"
        url = manifest_store.volume_url("b1/volume-0001.zip", timedelta(minutes=1), "HEAD")
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
            assert answer.headers["Content-Length"] == "3"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(manifest_store.volume_url("b1/volume-0001.zip", timedelta(seconds=-1)))


def test_each_volume_is_sent_as_one_message(sqs: tuple[Any, str]) -> None:
    client, url = sqs
    SqsVolumeQueue(client, url).send("b1", range(1, 24), NOON)
    assert int(_attributes(client, url)["ApproximateNumberOfMessagesDelayed"]) == 23


def test_message_contains_bundle_volume_and_time(sqs: tuple[Any, str]) -> None:
    client, url = sqs
    SqsVolumeQueue(client, url, delay_seconds=0).send("b1", [7], NOON)
    (message,) = client.receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    message = json.loads(message["Body"])
    assert (message["bundle_id"], message["volume"], datetime.fromisoformat(message["sent_at"])) == ("b1", 7, NOON)


def _attributes(client: Any, url: str) -> dict[str, str]:
    found: dict[str, str] = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found


def test_postponed_message_returns_after_the_delay(sqs: tuple[Any, str]) -> None:
    client, url = sqs
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "960"})
    queue = SqsVolumeQueue(client, url, delay_seconds=0)
    queue.send("b1", [1], NOON)
    receipts = [message["ReceiptHandle"] for message in client.receive_message(QueueUrl=url)["Messages"]]
    assert "Messages" not in client.receive_message(QueueUrl=url)
    for receipt in receipts:
        queue.postpone(receipt, timedelta(0))
    (again,) = client.receive_message(QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
