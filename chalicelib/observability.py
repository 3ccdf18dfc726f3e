"""Structured logs and metrics.

A log line holds request ids, photo ids, states and durations, and no personal data: no filenames, tags, addresses or
tokens.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> "Logger":
    """The logger of this process; it writes one JSON object per line to standard output."""
    from aws_lambda_powertools import Logger

    return Logger(service="tintype")


def publish_metrics(stage: str, counts: Mapping[str, int]) -> None:
    """Publish counts to CloudWatch, as one line of its embedded metric format on standard output."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    metrics = EphemeralMetrics(namespace="Tintype")
    metrics.add_dimension("stage", stage)
    for name, value in counts.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()
