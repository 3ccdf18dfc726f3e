"""The app's event sources, read from its decorators: S3 notifications, SQS queues and schedules."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Cron, Rate, S3EventConfig, ScheduledEventConfig, SQSEventConfig

from local.events.queues import EventSource, s3_event, sqs_event
from local.services import REGION

UNIT_SECONDS = {Rate.MINUTES: 60, Rate.HOURS: 3600, Rate.DAYS: 86400}
DEAD_LETTER_QUEUE = "tintype-local-dead-letters"
# The queue of a bucket's events stands for Lambda's own: Lambda tries an asynchronous event three times, a minute or
# more apart. Ten seconds more than the time limit of ingest, so that the lease of a worker that died is over by then.
MAX_ATTEMPTS = 3
VISIBILITY_TIMEOUT_SECONDS = 70


@dataclass(frozen=True, slots=True)
class Schedule:
    """A handler and its interval."""

    handler: str
    seconds: int


def create_event_sources(configs: Sequence[Any], sqs: Any, s3: Any) -> list[EventSource]:
    """Create the queues and route bucket notifications to them; idempotent."""
    dead_letter_arn = _arn(sqs, sqs.create_queue(QueueName=DEAD_LETTER_QUEUE)["QueueUrl"])
    attributes = {
        "VisibilityTimeout": str(VISIBILITY_TIMEOUT_SECONDS),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": MAX_ATTEMPTS}),
    }
    sources = []
    for config in configs:
        if isinstance(config, SQSEventConfig):
            url = sqs.get_queue_url(QueueName=config.queue or str(config.queue_arn).rsplit(":", 1)[-1])["QueueUrl"]
            batch_size = min(config.batch_size, 10)
            sources.append(EventSource(config.name, url, batch_size, sqs_event(_arn(sqs, url), REGION)))
        elif isinstance(config, S3EventConfig):
            url = sqs.create_queue(QueueName=f"tintype-local-{config.name}")["QueueUrl"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # it may be of an earlier version
            sources.append(EventSource(config.name, url, 1, s3_event))
    _configure_notifications(configs, sqs, s3, {source.handler: source.queue_url for source in sources})
    return sources


def find_schedules(configs: Iterable[Any], max_seconds: int) -> list[Schedule]:
    """The scheduled handlers with their intervals, limited to `max_seconds`."""
    return [
        Schedule(config.name, min(_seconds(config.schedule_expression), max_seconds))
        for config in configs
        if isinstance(config, ScheduledEventConfig)
    ]


def _seconds(expression: Any) -> int:
    if isinstance(expression, Rate):
        return int(expression.value) * UNIT_SECONDS[expression.unit]
    if isinstance(expression, Cron):
        return UNIT_SECONDS[Rate.DAYS]
    raise TypeError(f"a schedule is a Rate or a Cron, not {expression!r}")


def _configure_notifications(configs: Sequence[Any], sqs: Any, s3: Any, queue_urls: dict[str, str]) -> None:
    """Configure each bucket's notifications for all handlers in one request, as the request replaces all of them."""
    s3_configs = [config for config in configs if isinstance(config, S3EventConfig)]
    for bucket in dict.fromkeys(config.bucket for config in s3_configs):
        expected = [
            {
                "Id": config.name,
                "QueueArn": _arn(sqs, queue_urls[config.name]),
                "Events": config.events,
                **_filter(config),
            }
            for config in s3_configs
            if config.bucket == bucket
        ]
        current = s3.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])
        if current != expected:  # each request makes S3 send a test event
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration={"QueueConfigurations": expected}
            )


def _filter(config: Any) -> dict[str, Any]:
    rules = [{"Name": name, "Value": getattr(config, name)} for name in ("prefix", "suffix") if getattr(config, name)]
    return {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}


def _arn(sqs: Any, url: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
