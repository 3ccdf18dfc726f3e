"""The local cloud itself: what a kill leaves, and what stays the same from start to start."""

import http.client
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from local import data_dir as homes
from local import services
from local.data_dir import Home
from local.ministack.snapshots import Snapshots
from local.ports import HOST, free
from local.processes import Children
from local.provision import Provisioned, parameter, provision
from local.site.inbox import messages

pytestmark = pytest.mark.cloud
SAVED_SECONDS = 10


def started(home: Home, children: Children, port: int) -> Provisioned:
    return provision(services.start(home, port, children), page=8001)


def wait_until_saved(home: Home, word: str) -> None:
    """Wait for a snapshot of the catalogue that holds the word."""
    until = time.monotonic() + SAVED_SECONDS
    while time.monotonic() < until:
        newest = Snapshots(home.snapshots).newest()
        if newest and word in (newest / "dynamodb.json").read_text():
            return
        time.sleep(0.1)
    raise AssertionError(f"{word} was not saved within {SAVED_SECONDS} s")


def test_a_killed_library_comes_back_as_it_was(tmp_path: Path) -> None:
    home, (port,) = homes.at(tmp_path), free()
    before_kill = Children(home.logs)
    before = started(home, before_kill, port)
    bucket, table = before.outputs["OriginalsBucket"], before.outputs["PhotosTable"]
    version = before.client("s3").put_object(Bucket=bucket, Key="a.jpg", Body=b"bytes")["VersionId"]
    before.client("dynamodb").put_item(TableName=table, Item={"photo_id": {"S": "p1"}})
    settings = {name: parameter(before.client("ssm"), name) for name in ("library-owner", "link-secret", "id-secret")}
    wait_until_saved(home, "p1")
    (child,) = before_kill.started
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    before_kill.stop()

    children = Children(home.logs)
    try:
        after = started(home, children, port)
        assert after.outputs == before.outputs
        assert after.client("s3").head_object(Bucket=bucket, Key="a.jpg")["VersionId"] == version
        assert after.client("dynamodb").get_item(TableName=table, Key={"photo_id": {"S": "p1"}})["Item"]
        assert {name: parameter(after.client("ssm"), name) for name in settings} == settings
    finally:
        children.stop()


def test_a_library_that_is_ended_has_saved_its_last_change(tmp_path: Path) -> None:
    with services.running(tmp_path) as running:
        made = provision(running, page=8001)
        made.client("dynamodb").put_item(TableName=made.outputs["PhotosTable"], Item={"photo_id": {"S": "last"}})
    with services.running(tmp_path) as running:
        kept = running.client("dynamodb").get_item(TableName="tintype-local-photos", Key={"photo_id": {"S": "last"}})
        assert kept["Item"]


def test_a_subscription_that_was_confirmed_stays_so_over_a_restart(tmp_path: Path) -> None:
    (port,) = free()
    with services.running(tmp_path, port) as running:
        sns = running.client("sns")
        topic = sns.create_topic(Name="tintype-local-one")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="dora@tintype.example")
        link = messages(running)[0].text.split()[-1]
    with services.running(tmp_path, port) as running:
        # Nothing else happens in this run: what is saved at its end is what the link has changed.
        urllib.request.urlopen(link, timeout=10).close()
    with services.running(tmp_path, port) as running:
        (listed,) = running.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert listed["SubscriptionArn"].startswith(f"{topic}:")


def test_another_port_moves_what_the_page_may_do(tmp_path: Path) -> None:
    with services.running(tmp_path) as running:
        pool = provision(running, page=8001).outputs["UserPoolId"]
    with services.running(tmp_path) as running:
        made = provision(running, page=9001)
        (rule,) = made.client("s3").get_bucket_cors(Bucket=made.outputs["OriginalsBucket"])["CORSRules"]
        assert rule["AllowedOrigins"] == ["http://127.0.0.1:9001", "http://localhost:9001"]
        assert made.outputs["UserPoolId"] == pool
        assert parameter(made.client("ssm"), "identity-keys-url").startswith(running.endpoint)


def test_its_reset_is_closed_to_everybody(cloud: Provisioned) -> None:
    with closing(http.client.HTTPConnection(HOST, cloud.services.port, timeout=5)) as connection:
        connection.request("POST", "/_ministack/reset")
        assert connection.getresponse().status == http.client.FORBIDDEN
    assert cloud.client("s3").list_buckets()["Buckets"]
