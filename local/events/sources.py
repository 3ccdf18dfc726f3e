"""Where an app's events come from on a laptop, read off its own decorators: buckets, queues, the clock."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Cron, Rate, S3EventConfig, ScheduledEventConfig, SQSEventConfig

from local.events.queues import ATTEMPTS, HIDDEN_SECONDS, Source, s3_event, sqs_event
from local.services import REGION

UNIT_SECONDS = {Rate.MINUTES: 60, Rate.HOURS: 3600, Rate.DAYS: 86400}
DEAD_LETTERS = "tintype-local-dead-letters"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A handler that is called every so many seconds."""

    handler: str
    seconds: int


def connect(configs: Sequence[Any], sqs: Any, s3: Any) -> list[Source]:
    """Make the queues that carry these events and lead the buckets' notifications into them; again is no harm."""
    dead = _arn(sqs, sqs.create_queue(QueueName=DEAD_LETTERS)["QueueUrl"])
    attributes = {
        "VisibilityTimeout": str(HIDDEN_SECONDS),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": ATTEMPTS}),
    }
    sources = []
    for config in configs:
        if isinstance(config, SQSEventConfig):
            url = sqs.get_queue_url(QueueName=config.queue or str(config.queue_arn).rsplit(":", 1)[-1])["QueueUrl"]
            batch = min(config.batch_size, 10)
            sources.append(Source(config.name, url, batch, sqs_event(_arn(sqs, url), REGION)))
        elif isinstance(config, S3EventConfig):
            url = sqs.create_queue(QueueName=f"tintype-local-{config.name}", Attributes=attributes)["QueueUrl"]
            sources.append(Source(config.name, url, 1, s3_event))
    _notify(configs, sqs, s3, {source.handler: source.queue_url for source in sources})
    return sources


def schedules(configs: Iterable[Any], at_most: int) -> list[Schedule]:
    """The handlers of the clock; each is called at its own rate, or every `at_most` seconds if that is sooner."""
    return [
        Schedule(config.name, min(_seconds(config.schedule_expression), at_most))
        for config in configs
        if isinstance(config, ScheduledEventConfig)
    ]


def _seconds(expression: Any) -> int:
    if isinstance(expression, Rate):
        return int(expression.value) * UNIT_SECONDS[expression.unit]
    if isinstance(expression, Cron):
        return UNIT_SECONDS[Rate.DAYS]
    raise TypeError(f"a schedule is a Rate or a Cron, not {expression!r}")


def _notify(configs: Sequence[Any], sqs: Any, s3: Any, queues: dict[str, str]) -> None:
    """Set each bucket's notifications, all of its handlers in one call: the call replaces what was there."""
    of_s3 = [config for config in configs if isinstance(config, S3EventConfig)]
    for bucket in dict.fromkeys(config.bucket for config in of_s3):
        wanted = [
            {"Id": config.name, "QueueArn": _arn(sqs, queues[config.name]), "Events": config.events, **_filter(config)}
            for config in of_s3
            if config.bucket == bucket
        ]
        there = s3.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])
        if there != wanted:  # setting it sends a test event each time
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration={"QueueConfigurations": wanted}
            )


def _filter(config: Any) -> dict[str, Any]:
    rules = [{"Name": name, "Value": getattr(config, name)} for name in ("prefix", "suffix") if getattr(config, name)]
    return {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}


def _arn(sqs: Any, url: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
