"""Calls that AWS refuses while a resource is still being created or changed, repeated until they succeed."""

import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

DELAY_SECONDS, MAX_ATTEMPTS = 5, 60  # five minutes; event source mappings take about 20 seconds
CODES = ("ResourceInUseException", "ResourceConflictException", "ConflictException", "OperationAbortedException")
# IAM takes seconds to make a new role or policy known everywhere, and API Gateway to know its account's role.
ROLE_MESSAGES = r"role.*(cannot be assumed|does not have (required )?permission|must be set in account settings)"

type Sleep = Callable[[float], None]


def retry[**P](sleep: Sleep, call: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> Any:
    """The call's response, as soon as what it changes has settled; raises ClientError if that takes too long."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return call(*args, **kwargs)
        except ClientError as error:
            if not is_settling(error):
                raise
        sleep(DELAY_SECONDS)
    return call(*args, **kwargs)


def is_settling(error: ClientError) -> bool:
    """Whether the same call will succeed later."""
    details = error.response["Error"]
    return details["Code"] in CODES or bool(re.search(ROLE_MESSAGES, details.get("Message", "")))
