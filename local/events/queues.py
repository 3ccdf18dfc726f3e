"""SQS event sources: passes batches of messages to handlers at least once, as Lambda's pollers do.

When a handler returns, its messages are deleted. When it raises, they are retried after exponential backoff. When its
process dies, they become visible again after the visibility timeout. After `MAX_ATTEMPTS` receives, SQS moves a message
to the dead-letter queue.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_ATTEMPTS = 8
VISIBILITY_TIMEOUT_SECONDS = 70  # longer than any handler's time limit
MAX_BACKOFF_SECONDS = 60

log = logging.getLogger(__name__)

Message = Mapping[str, Any]
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue, its handler and how messages become an event."""

    handler: str
    queue_url: str
    batch_size: int
    build_event: Callable[[Sequence[Message]], Event | None]  # None: no event for the handler


def process_batch(sqs: Any, source: EventSource, handle: Callable[[str, Event], Any], *, wait_seconds: int) -> int:
    """Receive and handle one batch; returns its number of messages. `wait_seconds` is the long poll's limit."""
    received = sqs.receive_message(
        QueueUrl=source.queue_url,
        MaxNumberOfMessages=source.batch_size,
        WaitTimeSeconds=wait_seconds,
        MessageSystemAttributeNames=["All"],
    )
    messages: Sequence[Message] = received.get("Messages", [])
    if not messages:
        return 0
    event = source.build_event(messages)
    try:
        response = handle(source.handler, event) if event else None
    except Exception:  # Lambda retries after any exception
        log.exception("%s failed", source.handler)
        failed = {message["MessageId"] for message in messages}
    else:
        failed = _failed_message_ids(response)
    for message in messages:
        if message["MessageId"] in failed:
            _retry_later(sqs, source, message)
        else:
            sqs.delete_message(QueueUrl=source.queue_url, ReceiptHandle=message["ReceiptHandle"])
    return len(messages)


def backoff_seconds(attempt: int) -> int:
    """Seconds until the next attempt, after this many: 1, 2, 4 … 60."""
    return min(1 << (attempt - 1), MAX_BACKOFF_SECONDS)


def _retry_later(sqs: Any, source: EventSource, message: Message) -> None:
    attempt = int(message["Attributes"]["ApproximateReceiveCount"])
    sqs.change_message_visibility(
        QueueUrl=source.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=backoff_seconds(attempt)
    )
    if attempt >= MAX_ATTEMPTS:
        log.error("%s failed %d times, moved to the dead-letter queue: %s", source.handler, attempt, message["Body"])


def _failed_message_ids(response: Any) -> set[str]:
    """The message ids of a partial batch response."""
    items = response.get("batchItemFailures", []) if isinstance(response, dict) else []
    return {item["itemIdentifier"] for item in items}


def requeue_in_flight(sqs: Any, queued: Mapping[str, Sequence[Message]]) -> int:
    """Send again the messages that were in flight when a library was killed; returns their number.

    `queued` maps each queue URL to its messages, read without receiving them. No poller runs at startup, so every
    invisible message has lost its poller. The original becomes visible later and is handled a second time, harmlessly.
    """
    in_flight = [
        (url, message["Body"]) for url, messages in queued.items() for message in messages if not message["IsVisible"]
    ]
    for url, body in in_flight:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return len(in_flight)


def s3_event(messages: Sequence[Message]) -> Event | None:
    """The S3 notification in the message; None for the test event that S3 sends when a notification is configured."""
    (message,) = messages
    event: Event = json.loads(message["Body"])
    return event if "Records" in event else None


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
