"""Structured logs and metrics.

A log line holds request ids, photo ids, states and durations, and no personal data: no filenames, tags, addresses or
tokens.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


# Exceptions of the AWS clients contain URLs with object keys, which end with filenames. JSON escapes some characters.
URL_PATH = re.compile(r"""(https?://[^/?\s"'\\]+)[/?](?:[^\s"'\\]|\\u[0-9a-f]{4})*""")


@cache
def logger() -> "Logger":
    """The logger of this process; it writes one JSON object per line to standard output."""
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    class Formatter(LambdaPowertoolsFormatter):
        """Leaves out the paths of URLs."""

        def serialize(self, log: Any) -> str:
            return URL_PATH.sub(r"\1/…", super().serialize(log))

    return Logger(service="tintype", logger_formatter=Formatter())


def publish_metrics(stage: str, counts: Mapping[str, int]) -> None:
    """Publish counts to CloudWatch, as one line of its embedded metric format on standard output."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    metrics = EphemeralMetrics(namespace="Tintype")
    metrics.add_dimension("stage", stage)
    for name, value in counts.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()
