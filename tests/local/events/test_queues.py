import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.events.queues import EventSource, process, process_batch, s3_event, sqs_event

EVENT = {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "a+b.jpg", "sequencer": "01"}}}]}


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def url(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="originals", Attributes={"VisibilityTimeout": "70"})["QueueUrl"])


@pytest.fixture
def source(url: str) -> EventSource:
    return EventSource("ingest_photo", url, 1, s3_event)


def message_counts(sqs: Any, url: str) -> tuple[int, int]:
    """The numbers of visible and invisible messages."""
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return (
        int(attributes["ApproximateNumberOfMessages"]),
        int(attributes["ApproximateNumberOfMessagesNotVisible"]),
    )


def test_handler_gets_s3_event_and_message_is_deleted(sqs: Any, source: EventSource) -> None:
    events: list[Any] = []
    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps(EVENT))
    assert process_batch(sqs, source, lambda name, event: events.append((name, event)), wait_seconds=0) == 1
    assert events == [("ingest_photo", EVENT)]
    assert message_counts(sqs, source.queue_url) == (0, 0)


def test_empty_queue_calls_no_handler(sqs: Any, source: EventSource) -> None:
    assert process_batch(sqs, source, lambda name, event: pytest.fail(f"{name} {event}"), wait_seconds=0) == 0


def test_s3_test_event_is_deleted(sqs: Any, source: EventSource) -> None:
    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps({"Event": "s3:TestEvent"}))
    process_batch(sqs, source, lambda name, event: pytest.fail(f"{name} {event}"), wait_seconds=0)
    assert message_counts(sqs, source.queue_url) == (0, 0)


def fails(_: str, event: Any) -> None:
    raise RuntimeError(event)


def test_failed_message_comes_back_after_visibility_timeout(sqs: Any, url: str, source: EventSource) -> None:
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps(EVENT))
    process_batch(sqs, source, fails, wait_seconds=0)
    calls: list[Any] = []
    process_batch(sqs, source, lambda _, event: calls.append(event), wait_seconds=0)
    assert calls == [EVENT]
    assert message_counts(sqs, source.queue_url) == (0, 0)


def test_failed_message_is_not_made_visible_earlier(sqs: Any, source: EventSource) -> None:
    sqs.send_message(QueueUrl=source.queue_url, MessageBody=json.dumps(EVENT))
    process_batch(sqs, source, fails, wait_seconds=0)
    assert message_counts(sqs, source.queue_url) == (0, 1)


MALFORMED = ["secret, not JSON", "5", "null", '["secret"]', "[" * 5000, "\ud83d", "{}", '{"Records": "secret"}']


@pytest.mark.parametrize("body", MALFORMED)
def test_malformed_message_fails_with_one_line_without_content(
    sqs: Any, source: EventSource, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(_: str, event: Any) -> None:
        for record in event["Records"]:
            raise KeyError(f"secret {record['s3']}")

    message = {"MessageId": "1", "ReceiptHandle": "1", "Body": body, "Attributes": {"ApproximateReceiveCount": "2"}}
    process(sqs, source, handle, [message])
    (line,) = caplog.messages
    assert line.startswith("ingest_photo failed, attempt 2: ")
    assert "secret" not in caplog.text
    assert "Traceback" not in caplog.text


def test_partial_batch_response_retries_only_failed_messages(sqs: Any, url: str) -> None:
    for body in ("one", "two", "three"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    source = EventSource(
        "build_bundle", url, 10, sqs_event("arn:aws:sqs:us-east-1:000000000000:originals", "us-east-1")
    )

    def fails_two(_: str, event: Any) -> dict[str, Any]:
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "two"]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}

    assert process_batch(sqs, source, fails_two, wait_seconds=0) == 3
    assert message_counts(sqs, url) == (0, 1)
