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


def test_last_change_is_saved_at_exit(tmp_path: Path) -> None:
    with services.run_services(tmp_path) as running:
        stack = provision(running, page_port=8001)
        stack.client("dynamodb").put_item(TableName=stack.outputs["PhotosTable"], Item={"photo_id": {"S": "last"}})
    with services.run_services(tmp_path) as running:
        item = running.client("dynamodb").get_item(TableName="tintype-local-photos", Key={"photo_id": {"S": "last"}})
        assert item["Item"]


def test_confirmed_subscription_survives_restart(tmp_path: Path) -> None:
    (port,) = free_ports()
    with services.run_services(tmp_path, port) as running:
        sns = running.client("sns")
        topic = sns.create_topic(Name="tintype-local-one")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="dora@tintype.example")
        link = fetch_messages(running)[0].text.split()[-1]
    with services.run_services(tmp_path, port) as running:
        urllib.request.urlopen(link, timeout=10).close()
    with services.run_services(tmp_path, port) as running:
        (listed,) = running.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert listed["SubscriptionArn"].startswith(f"{topic}:")


def test_template_is_deployed_again_only_if_its_parameters_change(tmp_path: Path) -> None:
    with services.run_services(tmp_path) as running:
        ssm, versions = running.client("ssm"), []
        for port in (8001, 8001, 9001, 9001):
            provision(running, page_port=port)
            versions.append(ssm.get_parameter(Name="/tintype-local/stack-digest")["Parameter"]["Version"])
    assert versions == [1, 1, 2, 2]


def test_port_change_updates_cors_and_identity_keys_url(tmp_path: Path) -> None:
    with services.run_services(tmp_path) as running:
        pool = provision(running, page_port=8001).outputs["UserPoolId"]
    with services.run_services(tmp_path) as running:
        stack = provision(running, page_port=9001)
        (rule,) = stack.client("s3").get_bucket_cors(Bucket=stack.outputs["OriginalsBucket"])["CORSRules"]
        assert rule["AllowedOrigins"] == ["http://127.0.0.1:9001", "http://localhost:9001"]
        assert stack.outputs["UserPoolId"] == pool
        assert read_parameter(stack.client("ssm"), "identity-keys-url").startswith(running.endpoint)


def test_reset_endpoint_is_forbidden(cloud: ProvisionedStack) -> None:
    with closing(http.client.HTTPConnection(HOST, cloud.services.port, timeout=5)) as connection:
        connection.request("POST", "/_ministack/reset")
        assert connection.getresponse().status == http.client.FORBIDDEN
    assert cloud.client("s3").list_buckets()["Buckets"]
