"""SQS event sources: passes batches of messages to handlers at least once, as Lambda's pollers do.

When a handler returns, its messages are deleted. When it raises, or a message cannot be read, they come back after the
visibility timeout of their queue, as with Lambda; so they do when their process dies. After the queue's maximum number
of receives, SQS moves a message to the dead-letter queue.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Any

log = logging.getLogger(__name__)

Message = Mapping[str, Any]
Event = dict[str, Any]
Handle = Callable[[str, Event], Any]


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue, its handler and how messages become an event."""

    handler: str
    queue_url: str
    batch_size: int
    build_event: Callable[[Sequence[Message]], Event | None]  # None: no event for the handler


def receive(sqs: Any, source: EventSource, *, wait_seconds: int) -> Sequence[Message]:
    """Receive a batch of messages, waiting at most `wait_seconds` for one."""
    received = sqs.receive_message(
        QueueUrl=source.queue_url,
        MaxNumberOfMessages=source.batch_size,
        WaitTimeSeconds=wait_seconds,
        MessageSystemAttributeNames=["All"],
    )
    messages: Sequence[Message] = received.get("Messages", [])
    return messages


def process(sqs: Any, source: EventSource, handle: Handle, messages: Sequence[Message]) -> None:
    """Handle a batch and delete its messages, except those that failed."""
    failed = _failed_messages(source, handle, messages)
    for message in messages:
        if message["MessageId"] not in failed:
            sqs.delete_message(QueueUrl=source.queue_url, ReceiptHandle=message["ReceiptHandle"])


def process_batch(sqs: Any, source: EventSource, handle: Handle, *, wait_seconds: int) -> int:
    """Receive and process one batch; returns its number of messages."""
    messages = receive(sqs, source, wait_seconds=wait_seconds)
    if messages:
        process(sqs, source, handle, messages)
    return len(messages)


def _failed_messages(source: EventSource, handle: Handle, messages: Sequence[Message]) -> set[str]:
    """Handle the messages; returns the ids of those that failed."""
    try:
        event = source.build_event(messages)
        response = handle(source.handler, event) if event is not None else None
        return _ids_in_partial_response(response)
    except Exception as error:  # noqa: BLE001 - any message may be malformed, and Lambda retries after any exception
        receives = max(int(message["Attributes"]["ApproximateReceiveCount"]) for message in messages)
        log.error("%s failed, attempt %d: %s", source.handler, receives, _describe(error))
        return {message["MessageId"] for message in messages}


def _describe(error: Exception) -> str:
    """The type of an error and where it was raised; its text may repeat the message, which is private."""
    *_, last = extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _ids_in_partial_response(response: Any) -> set[str]:
    """The message ids of a partial batch response."""
    items = response.get("batchItemFailures", []) if isinstance(response, dict) else []
    return {item["itemIdentifier"] for item in items}


def s3_event(messages: Sequence[Message]) -> Event | None:
    """The S3 notification in the message; None for the test event that S3 sends when a notification is configured.

    Raises ValueError if the message is not a notification.
    """
    (message,) = messages
    event = json.loads(message["Body"])
    if not isinstance(event, dict):
        raise ValueError("The message is not an S3 notification.")
    return None if event.get("Event") == "s3:TestEvent" else event


def sqs_event(arn: str, region: str) -> Callable[[Sequence[Message]], Event]:
    """A function that builds Lambda's event from a batch of messages of the queue `arn`."""

    def event(messages: Sequence[Message]) -> Event:
        return {
            "Records": [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                    "messageAttributes": message.get("MessageAttributes", {}),
                    "md5OfBody": message["MD5OfBody"],
                    "eventSource": "aws:sqs",
                    "eventSourceARN": arn,
                    "awsRegion": region,
                }
                for message in messages
            ]
        }

    return event
