"""Patched MiniStack: what survives a kill and what stays the same across restarts."""

import http.client
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from local import services
from local.data_dir import DataDir, open_data_dir
from local.ports import HOST, free_ports
from local.processes import Supervisor
from local.provision import ProvisionedStack, provision, read_parameter
from local.site.inbox import fetch_messages

pytestmark = pytest.mark.cloud


def start(data_dir: DataDir, supervisor: Supervisor, port: int) -> ProvisionedStack:
    return provision(services.start_services(data_dir, port, supervisor), page_port=8001)


def digest_version(running: services.Services) -> int:
    """How often the template was deployed."""
    parameter = running.client("ssm").get_parameter(Name="/tintype-local/stack-digest")["Parameter"]
    return int(parameter["Version"])


def test_state_survives_kill(tmp_path: Path) -> None:
    data_dir, (port,) = open_data_dir(tmp_path), free_ports()
    before_kill = Supervisor(data_dir.logs)
    before = start(data_dir, before_kill, port)
    bucket, table = before.outputs["OriginalsBucket"], before.outputs["PhotosTable"]
    version = before.client("s3").put_object(Bucket=bucket, Key="a.jpg", Body=b"bytes")["VersionId"]
    before.client("dynamodb").put_item(TableName=table, Item={"photo_id": {"S": "p1"}})
    settings = {
        name: read_parameter(before.client("ssm"), name) for name in ("library-owner", "link-secret", "id-secret")
    }
    (child,) = before_kill.children
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    before_kill.stop()

    supervisor = Supervisor(data_dir.logs)
    try:
        after = start(data_dir, supervisor, port)
        assert after.outputs == before.outputs
        assert after.client("s3").head_object(Bucket=bucket, Key="a.jpg")["VersionId"] == version
        assert after.client("dynamodb").get_item(TableName=table, Key={"photo_id": {"S": "p1"}})["Item"]
        assert {name: read_parameter(after.client("ssm"), name) for name in settings} == settings
    finally:
        supervisor.stop()


def test_restarts_and_a_port_change_lose_nothing(tmp_path: Path) -> None:
    (port,) = free_ports()
    with services.run_services(tmp_path, port) as running:
        sns, versions = running.client("sns"), []
        for page_port in (8001, 8001):
            stack = provision(running, page_port=page_port)
            versions.append(digest_version(running))
        pool = stack.outputs["UserPoolId"]
        topic = sns.create_topic(Name="tintype-local-one")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="dora@tintype.example")
        link = fetch_messages(running)[0].text.split()[-1]
        last_change = {"photo_id": {"S": "last"}}
        stack.client("dynamodb").put_item(TableName=stack.outputs["PhotosTable"], Item=last_change)

    with services.run_services(tmp_path, port) as running:
        found = running.client("dynamodb").get_item(TableName="tintype-local-photos", Key=last_change)
        assert found["Item"] == last_change
        urllib.request.urlopen(link, timeout=10).close()

    with services.run_services(tmp_path) as running:
        (listed,) = running.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert listed["SubscriptionArn"].startswith(f"{topic}:")
        for places in ("no", ""):
            stack = provision(running, page_port=9001, choices={"places": places})
            versions.append(digest_version(running))
            assert read_parameter(stack.client("ssm"), "places") == "no"
        (rule,) = stack.client("s3").get_bucket_cors(Bucket=stack.outputs["OriginalsBucket"])["CORSRules"]
        assert rule["AllowedOrigins"] == ["http://127.0.0.1:9001", "http://localhost:9001"]
        assert stack.outputs["UserPoolId"] == pool
        assert read_parameter(stack.client("ssm"), "identity-keys-url").startswith(running.endpoint)
    assert versions == [1, 1, 2, 2], "the template is deployed again only if its parameters change"


def test_reset_endpoint_is_forbidden(cloud: ProvisionedStack) -> None:
    with closing(http.client.HTTPConnection(HOST, cloud.services.port, timeout=5)) as connection:
        connection.request("POST", "/_ministack/reset")
        assert connection.getresponse().status == http.client.FORBIDDEN
    assert cloud.client("s3").list_buckets()["Buckets"]
