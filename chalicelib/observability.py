"""What the library tells of itself: structured logs, with ids and never with anything about a person, and metrics.

A log line holds request and photo ids, steps and durations. Filenames, tags, addresses and tokens stay
out of it: they are the person's, and logs are read by others.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> "Logger":
    """The one logger of this process: a JSON object a line, to standard output."""
    from aws_lambda_powertools import Logger

    return Logger(service="tintype")


def publish(stage: str, figures: Mapping[str, int]) -> None:
    """Give these counts to CloudWatch as metrics of this moment: one line of its embedded format on standard output."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    metrics = EphemeralMetrics(namespace="Tintype")
    metrics.add_dimension("stage", stage)
    for name, value in figures.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()
