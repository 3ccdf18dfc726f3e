"""S3: an event is in its queue when the function that sends it returns.

MiniStack sends events from threads of their own, at any time, and only logs errors: a kill loses events of requests
that were answered. Here the event of a request is stored before its answer, and an error fails the request.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import s3

Send = Callable[..., None]

_errors: ContextVar[list[Exception] | None] = ContextVar("s3_event_errors", default=None)


def patch_events() -> None:
    """Replace MiniStack's functions."""
    s3._deliver_event_to_sqs = _record_error(s3._deliver_event_to_sqs)
    s3._fire_s3_event = _raise_error(s3._fire_s3_event)
    s3._fire_s3_event_async = _send_at_once


def _send_at_once(bucket: str, key: str, event_name: str, *arguments: Any, **options: Any) -> None:
    """Send an event; MiniStack's function does it in the background."""
    if bucket in s3._bucket_notifications:
        sequencer = s3._next_event_sequencer(event_name)
        s3._fire_s3_event(bucket, key, event_name, *arguments, sequencer=sequencer, **options)


def _raise_error(fire: Send) -> Send:
    """MiniStack's function that sends an event, raising the error of a delivery."""

    def send_event(*arguments: Any, **options: Any) -> None:
        errors: list[Exception] = []
        token = _errors.set(errors)
        try:
            fire(*arguments, **options)
        finally:
            _errors.reset(token)
        if errors:
            raise errors[0]

    return send_event


def _record_error(deliver: Send) -> Send:
    """The delivery of an event to a queue; its error is recorded, because MiniStack only logs it."""

    def deliver_event(*arguments: Any, **options: Any) -> None:
        try:
            deliver(*arguments, **options)
        except Exception as error:
            errors = _errors.get()
            if errors is not None:
                errors.append(error)
            raise

    return deliver_event
