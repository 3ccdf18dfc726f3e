"""Queues and what waits in them: one message or batch at a time to a handler, at least once, as Lambda's pollers do.

A handler that returns has its messages deleted. One that raises gets them again after a pause that doubles; one that
dies with its process gets them again when their time is over. After `ATTEMPTS` the queue itself moves a message to the
dead letters.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ATTEMPTS = 8
HIDDEN_SECONDS = 70  # longer than any handler may take
LONGEST_PAUSE = 60

log = logging.getLogger("pump")

Message = Mapping[str, Any]
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A queue, the handler it feeds, and the shape in which the handler is told."""

    handler: str
    queue_url: str
    batch: int
    event_of: Callable[[Sequence[Message]], Event | None]  # None: nothing in it for a handler


def carry(sqs: Any, source: Source, handle: Callable[[str, Event], Any], *, wait: int) -> int:
    """Carry at most one batch and return how many messages it held; `wait` is how many seconds to look out for one."""
    received = sqs.receive_message(
        QueueUrl=source.queue_url,
        MaxNumberOfMessages=source.batch,
        WaitTimeSeconds=wait,
        MessageSystemAttributeNames=["All"],
    )
    messages: Sequence[Message] = received.get("Messages", [])
    if not messages:
        return 0
    event = source.event_of(messages)
    try:
        answer = handle(source.handler, event) if event else None
    except Exception:  # whatever a handler raises, Lambda tries again
        log.exception("%s failed", source.handler)
        failed = {message["MessageId"] for message in messages}
    else:
        failed = _failed_in(answer)
    for message in messages:
        if message["MessageId"] in failed:
            _again_later(sqs, source, message)
        else:
            sqs.delete_message(QueueUrl=source.queue_url, ReceiptHandle=message["ReceiptHandle"])
    return len(messages)


def pause(attempt: int) -> int:
    """Seconds until the next try, after so many: 1, 2, 4 … 60."""
    return min(1 << (attempt - 1), LONGEST_PAUSE)


def _again_later(sqs: Any, source: Source, message: Message) -> None:
    attempt = int(message["Attributes"]["ApproximateReceiveCount"])
    sqs.change_message_visibility(
        QueueUrl=source.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=pause(attempt)
    )
    if attempt >= ATTEMPTS:
        log.error("%s given up after %d attempts, now a dead letter: %s", source.handler, attempt, message["Body"])


def _failed_in(answer: Any) -> set[str]:
    """The messages that a handler with partial batch responses names as failed."""
    items = answer.get("batchItemFailures", []) if isinstance(answer, dict) else []
    return {item["itemIdentifier"] for item in items}


def wake(sqs: Any, waiting: Mapping[str, Sequence[Message]]) -> int:
    """Send again what was in a handler's hands when a library was killed, and return how many messages.

    `waiting` are each queue's messages, looked at and not received. Nobody works at a start, so whatever is hidden then
    has lost its worker. Its first copy comes back when its time is over, and does no harm.
    """
    lost = [(url, held["Body"]) for url, messages in waiting.items() for held in messages if not held["IsVisible"]]
    for url, body in lost:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return len(lost)


def s3_event(messages: Sequence[Message]) -> Event | None:
    """What S3 put into the queue, as it is; None for the test event it sends when a notification is set up."""
    (message,) = messages
    event: Event = json.loads(message["Body"])
    return event if "Records" in event else None


def sqs_event(arn: str, region: str) -> Callable[[Sequence[Message]], Event]:
    """What Lambda's poller makes of a batch of messages of the queue `arn`."""

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
