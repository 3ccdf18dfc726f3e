"""Faults in AWS calls through botocore's events: killed processes, and errors before or after a call is made.

The hooks are outside botocore's retries, so the library sees every error injected here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.aws.clients import Clients

SERVICES = ("dynamodb", "s3")
READ_PREFIXES = ("Get", "Head", "BatchGet", "Query", "Scan", "List")


class ProcessKilled(BaseException):
    """The process was killed: no more of the app's code runs."""


@contextmanager
def call_hooks(clients: Clients, *, before: Callable[[str], None], after: Callable[[str], None]) -> Iterator[None]:
    """Call `before` and `after` around each AWS call, with the operation's name."""

    def before_call(model: Any, **_: Any) -> None:
        before(model.name)

    def after_call(model: Any, parsed: Any, **_: Any) -> None:
        try:
            after(model.name)
        except BaseException:
            if "Body" in parsed:
                parsed["Body"].close()  # it will not be read
            raise

    events = [clients.get(service).meta.events for service in SERVICES]
    for each in events:
        each.register("before-call", before_call)
        each.register("after-call", after_call)
    try:
        yield
    finally:
        for each in events:
            each.unregister("before-call", before_call)
            each.unregister("after-call", after_call)


@contextmanager
def kill_at_write(clients: Clients, at: int, when: str) -> Iterator[list[str]]:
    """Raise ProcessKilled `before` or `after` the write of this index; yields the writes made."""
    writes = list[str]()
    numbers = count()

    def die(name: str) -> None:
        if not name.startswith(READ_PREFIXES):
            writes.append(name)
            if next(numbers) == at:
                raise ProcessKilled

    def no_hook(_: str) -> None:
        """Do nothing."""

    with call_hooks(clients, before=die if when == "before" else no_hook, after=die if when == "after" else no_hook):
        yield writes


@contextmanager
def fail_calls(clients: Clients, share: float, seed: int) -> Iterator[list[str]]:
    """Make this share of calls fail, half of them after they took effect; yields the failed calls."""
    failed, rng, lock = list[str](), Random(seed), Lock()

    def maybe_fail(name: str, when: str) -> None:
        with lock:
            hit, kind = rng.random() < share / 2, rng.randrange(3)
        if hit:
            failed.append(f"{when} {name}")
            raise _fault(name, when, kind)

    with call_hooks(
        clients, before=lambda name: maybe_fail(name, "before"), after=lambda name: maybe_fail(name, "after")
    ):
        yield failed


def _fault(name: str, when: str, kind: int) -> Exception:
    if kind == 0:
        fault: Exception = (ReadTimeoutError if when == "after" else ConnectTimeoutError)(endpoint_url="https://aws")
    elif kind == 1 and name == "TransactWriteItems" and when == "before":
        # The local cloud never returns this; DynamoDB does when transactions conflict.
        error = {"Code": "TransactionCanceledException", "Message": "conflict"}
        fault = ClientError({"Error": error, "CancellationReasons": [{"Code": "TransactionConflict"}]}, name)
    else:
        error = {"Code": "InternalError", "Message": "We encountered an internal error."}
        fault = ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 500}}, name)
    return fault
