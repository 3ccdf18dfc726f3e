import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.events.queues import ATTEMPTS, Source, carry, pause, s3_event, sqs_event, wake

EVENT = {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "a+b.jpg", "sequencer": "01"}}}]}


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def url(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="originals", Attributes={"VisibilityTimeout": "70"})["QueueUrl"])


@pytest.fixture
def source(url: str) -> Source:
    return Source("ingest_photo", url, 1, s3_event)


def waiting(sqs: Any, url: str) -> tuple[int, int]:
    """How many messages could be received now, and how many are hidden."""
    held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(held["ApproximateNumberOfMessages"]), int(held["ApproximateNumberOfMessagesNotVisible"])


def test_the_handler_is_told_what_s3_said_and_the_message_is_gone(sqs: Any, source: Source) -> None:
    told: list[Any] = []
    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps(EVENT))
    assert carry(sqs, source, lambda name, event: told.append((name, event)), wait=0) == 1
    assert told == [("ingest_photo", EVENT)]
    assert waiting(sqs, source.queue_url) == (0, 0)


def test_an_empty_queue_calls_nobody(sqs: Any, source: Source) -> None:
    assert carry(sqs, source, lambda name, event: pytest.fail(f"{name} {event}"), wait=0) == 0


def test_the_test_event_of_a_new_notification_is_thrown_away(sqs: Any, source: Source) -> None:
    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps({"Event": "s3:TestEvent"}))
    carry(sqs, source, lambda name, event: pytest.fail(f"{name} {event}"), wait=0)
    assert waiting(sqs, source.queue_url) == (0, 0)


def test_a_handler_that_raises_gets_the_message_again_after_a_pause(sqs: Any, source: Source) -> None:
    calls: list[Any] = []

    def fails_once(_: str, event: Any) -> None:
        calls.append(event)
        if len(calls) == 1:
            raise RuntimeError("not now")

    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps(EVENT))
    carry(sqs, source, fails_once, wait=0)
    time.sleep(pause(1) + 0.1)
    carry(sqs, source, fails_once, wait=0)
    assert calls == [EVENT, EVENT]
    assert waiting(sqs, source.queue_url) == (0, 0)


def test_a_failed_message_is_hidden_until_its_pause_is_over(sqs: Any, source: Source) -> None:
    def fails(_: str, event: Any) -> None:
        raise RuntimeError(event)

    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps(EVENT))
    carry(sqs, source, fails, wait=0)
    assert waiting(sqs, source.queue_url) == (0, 1)


def test_pauses_double_up_to_a_minute() -> None:
    assert [pause(attempt) for attempt in range(1, ATTEMPTS + 1)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_batch_keeps_only_what_the_handler_names_as_failed(sqs: Any, url: str) -> None:
    for body in ("one", "two", "three"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    source = Source("build_bundle", url, 10, sqs_event("arn:aws:sqs:us-east-1:000000000000:originals", "us-east-1"))

    def fails_two(_: str, event: Any) -> dict[str, Any]:
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "two"]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}

    assert carry(sqs, source, fails_two, wait=0) == 3
    assert waiting(sqs, url) == (0, 1)


def test_what_was_in_hand_at_a_kill_comes_again(sqs: Any, url: str) -> None:
    held = [{"Body": "in hand", "IsVisible": False}, {"Body": "waits anyway", "IsVisible": True}]
    assert wake(sqs, {url: held}) == 1
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert message["Body"] == "in hand"
