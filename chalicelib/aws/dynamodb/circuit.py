"""Puts a circuit breaker before every call of a DynamoDB client, whichever store makes it.

The breaker sees the outcome of a call after botocore's own retries. Every answer of DynamoDB but a transient error
counts as success: a failed condition, a conflict or an invalid request shows that it works.
"""

from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.errors import transient_error
from chalicelib.errors import StorageFull
from chalicelib.util.circuit_breaker import CircuitBreaker

IS_TRIAL = "circuit_breaker_trial"  # in botocore's context of a call


def guard_calls(client: Any, breaker: CircuitBreaker) -> None:
    """Make calls of this client raise Unavailable at once while the circuit is open."""

    def before_call(context: dict[str, Any], **_: object) -> None:
        context[IS_TRIAL] = breaker.admit()

    def after_call(http_response: Any, parsed: Any, model: Any, context: dict[str, Any], **_: object) -> None:
        failed = http_response.status_code >= HTTPStatus.MULTIPLE_CHOICES
        error = transient_error(ClientError(parsed, model.name)) if failed else None
        record(None if isinstance(error, StorageFull) else error is None, context)

    def after_call_error(exception: Exception, context: dict[str, Any], **_: object) -> None:
        record(None if transient_error(exception) is None else False, context)  # else it was never sent

    def record(succeeded: bool | None, context: dict[str, Any]) -> None:
        if IS_TRIAL in context:
            breaker.record(succeeded, is_trial=context.pop(IS_TRIAL))

    # Last, because an exception of another handler before the call would leave it without an outcome.
    client.meta.events.register_last("before-call", before_call)
    client.meta.events.register_first("after-call", after_call)
    client.meta.events.register_first("after-call-error", after_call_error)
