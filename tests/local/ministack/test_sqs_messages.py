"""Queues of the local services: what was accepted survives a kill, and a message is received at once."""

import http.client
import json
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local import services
from local.data_dir import open_data_dir
from local.ports import HOST, free_ports
from local.processes import Supervisor
from local.provision import ProvisionedStack

pytestmark = pytest.mark.cloud


def create_queue(cloud: ProvisionedStack, name: str, **attributes: str) -> str:
    return str(cloud.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def arn(sqs: Any, url: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def receive(sqs: Any, url: str, wait_seconds: int = 0) -> list[dict[str, Any]]:
    received = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait_seconds, MessageSystemAttributeNames=["All"]
    )
    messages: list[dict[str, Any]] = received.get("Messages", [])
    return messages


class NotSentError(Exception):
    """Raised instead of sending a request."""


def sign_receive(cloud: ProvisionedStack, url: str, wait_seconds: int) -> Any:
    """A signed ReceiveMessage request that was not sent."""
    requests: list[Any] = []

    def keep(request: Any, **_: Any) -> None:
        requests.append(request)
        raise NotSentError

    sqs = cloud.client("sqs")
    sqs.meta.events.register("before-send.sqs.ReceiveMessage", keep)
    with pytest.raises(NotSentError):
        receive(sqs, url, wait_seconds)
    return requests[0]


def test_accepted_messages_and_events_survive_kill(tmp_path: Path) -> None:
    data_dir, (port,) = open_data_dir(tmp_path), free_ports()
    supervisor = Supervisor(data_dir.logs)
    running = services.start_services(data_dir, port, supervisor)
    try:
        sqs, s3 = running.client("sqs"), running.client("s3")
        url = sqs.create_queue(QueueName="events")["QueueUrl"]
        s3.create_bucket(Bucket="events-test")
        queues = [{"QueueArn": arn(sqs, url), "Events": ["s3:ObjectCreated:*"]}]
        s3.put_bucket_notification_configuration(
            Bucket="events-test", NotificationConfiguration={"QueueConfigurations": queues}
        )
        sqs.purge_queue(QueueUrl=url)  # the test event
        sqs.send_message(QueueUrl=url, MessageBody="in flight")
        assert [message["Body"] for message in receive(sqs, url)] == ["in flight"]
        sqs.send_message(QueueUrl=url, MessageBody="accepted")
        s3.put_object(Bucket="events-test", Key="a.jpg", Body=b"bytes")
        (child,) = supervisor.children
        assert child.process is not None
        child.process.kill()
        child.process.wait()
        child.restart_after_exit(0)
        supervisor.wait_until_ready("MiniStack", running.is_ready, timeout_seconds=30)
        url = sqs.create_queue(QueueName="events")["QueueUrl"]
        first, second, event = receive(sqs, url)
        assert (first["Body"], first["Attributes"]["ApproximateReceiveCount"]) == ("in flight", "2")
        assert (second["Body"], second["Attributes"]["ApproximateReceiveCount"]) == ("accepted", "1")
        assert json.loads(event["Body"])["Records"][0]["s3"]["object"]["key"] == "a.jpg"
    finally:
        supervisor.stop()


def test_long_poll_ends_when_a_message_arrives(cloud: ProvisionedStack) -> None:
    sqs = cloud.client("sqs")
    url = create_queue(cloud, "long-poll")
    received: list[dict[str, Any]] = []
    poll = threading.Thread(target=lambda: received.extend(receive(sqs, url, wait_seconds=20)))
    poll.start()
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="here")
    poll.join(15)
    assert [message["Body"] for message in received] == ["here"]


def test_long_poll_ends_when_a_hidden_message_is_visible_again(cloud: ProvisionedStack) -> None:
    sqs = cloud.client("sqs")
    url = create_queue(cloud, "hidden", VisibilityTimeout="1")
    sqs.send_message(QueueUrl=url, MessageBody="again")
    receive(sqs, url)
    assert [message["Body"] for message in receive(sqs, url, wait_seconds=20)] == ["again"]


def test_long_poll_of_dead_client_takes_no_message(cloud: ProvisionedStack) -> None:
    sqs = cloud.client("sqs")
    url = create_queue(cloud, "dead-client")
    signed = sign_receive(cloud, url, wait_seconds=20)
    with closing(http.client.HTTPConnection(HOST, cloud.services.port)) as connection:
        connection.request("POST", "/", body=signed.body, headers=dict(signed.headers))
    arn(sqs, url)  # a later request: the server has seen the end of the connection before
    sqs.send_message(QueueUrl=url, MessageBody="for the living")
    assert [message["Body"] for message in receive(sqs, url, wait_seconds=5)] == ["for the living"]


def test_batches_counts_and_visibility(cloud: ProvisionedStack) -> None:
    sqs = cloud.client("sqs")
    url = create_queue(cloud, "batches", VisibilityTimeout="3600")
    entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(3)]
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 3
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    first, second, third = receive(sqs, url)
    changes = [{"Id": "0", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 0}]
    assert len(sqs.change_message_visibility_batch(QueueUrl=url, Entries=changes)["Successful"]) == 1
    deletes = [{"Id": "0", "ReceiptHandle": second["ReceiptHandle"]}]
    assert len(sqs.delete_message_batch(QueueUrl=url, Entries=deletes)["Successful"]) == 1
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    counts = [attributes[f"ApproximateNumberOfMessages{suffix}"] for suffix in ("", "NotVisible", "Delayed")]
    assert counts == ["1", "1", "1"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=third["ReceiptHandle"])
    assert [message["Body"] for message in receive(sqs, url)] == ["0"]
