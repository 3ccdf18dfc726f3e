"""What the library tells of itself: structured logs, with ids and never with anything about a person.

A log line holds request and photo ids, steps and durations. Filenames, tags, addresses and tokens stay
out of it: they are the person's, and logs are read by others.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> "Logger":
    """The one logger of this process: a JSON object a line, to standard output."""
    from aws_lambda_powertools import Logger

    return Logger(service="tintype")
