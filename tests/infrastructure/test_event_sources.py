"""Changes that Lambda refuses while a resource settles, as it documents: a simulated clock instead of waiting."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import event_sources, settling
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import PROJECT

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:tintype-prod-build_volume"
IN_USE = "Cannot update the event source mapping because it is in use."


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Lambda:
    """Event source mappings that take 20 seconds to be created or changed, and refuse changes meanwhile."""

    def __init__(self, clock: Clock, *queues: str, settles_after: float = 20.0, lag: float = 0.0) -> None:
        self.clock, self.settles_after, self.lag = clock, settles_after, lag
        self.changed_at = {str(number): 0.0 for number in range(len(queues))}
        self.mappings: dict[str, dict[str, Any]] = {
            str(number): {"UUID": str(number), "EventSourceArn": queue} for number, queue in enumerate(queues)
        }
        self.refused = 0

    def get_paginator(self, operation: str) -> "Lambda":
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self, FunctionName: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert FunctionName == FUNCTION
        for uuid, mapping in list(self.mappings.items()):  # a page each
            settled = self.clock.now - self.changed_at[uuid] >= self.settles_after - self.lag
            yield {"EventSourceMappings": [mapping | {"State": "Enabled" if settled else "Creating"}]}

    def update_event_source_mapping(self, UUID: str, **changes: Any) -> None:  # noqa: N803
        self._check(UUID)
        self.mappings[UUID] |= changes

    def delete_event_source_mapping(self, UUID: str) -> None:  # noqa: N803
        self._check(UUID)
        del self.mappings[UUID]

    def _check(self, uuid: str) -> None:
        if self.clock.now - self.changed_at[uuid] < self.settles_after:
            self.refused += 1
            raise ClientError({"Error": {"Code": "ResourceInUseException", "Message": IN_USE}}, "UpdateEventSource")
        self.changed_at[uuid] = self.clock.now


def test_new_mapping_is_changed_once_it_is_enabled() -> None:
    clock = Clock()
    client = Lambda(clock, "bundles")
    event_sources.report_partial_failures(client, FUNCTION, clock.sleep)
    assert client.mappings["0"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (clock.now, client.refused) == (20, 0)


def test_mapping_that_is_listed_as_enabled_too_early_is_changed_by_trying_again() -> None:
    clock = Clock()
    client = Lambda(clock, "bundles", lag=10)
    event_sources.report_partial_failures(client, FUNCTION, clock.sleep)
    assert client.mappings["0"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (clock.now, client.refused) == (20, 2)


def test_duplicate_mapping_is_deleted_once_it_has_settled() -> None:
    clock = Clock()
    client = Lambda(clock, "bundles", "bundles", "other", lag=5)
    event_sources.report_partial_failures(client, FUNCTION, clock.sleep)
    assert {uuid: each["EventSourceArn"] for uuid, each in client.mappings.items()} == {"0": "bundles", "2": "other"}


def test_mapping_that_never_settles_is_reported() -> None:
    clock = Clock()
    with pytest.raises(UserError, match="mapping 0 is still Creating after 5 minutes"):
        event_sources.report_partial_failures(Lambda(clock, "bundles", settles_after=1e9), FUNCTION, clock.sleep)
    assert clock.now < 5 * 60


def refuse_until(clock: Clock, seconds: float, code: str, message: str = "") -> Any:
    def call(value: int) -> int:
        if clock.now < seconds:
            raise ClientError({"Error": {"Code": code, "Message": message}}, "PutThing")
        return value

    return call


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ResourceInUseException", IN_USE),
        ("ResourceConflictException", "An update is in progress for the function"),
        ("ConflictException", "Unable to complete operation due to concurrent modification"),
        ("OperationAbortedException", "A conflicting operation is currently in progress against this resource"),
        ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."),
        (
            "InvalidParameterValueException",
            "The function's execution role does not have permissions to call SendMessage on arn:aws:sqs:x:1:failures",
        ),
    ],
)
def test_call_is_repeated_until_it_has_settled(code: str, message: str) -> None:
    clock = Clock()
    assert settling.retry(clock.sleep, refuse_until(clock, 18, code, message), value=1) == 1
    assert clock.now == 20


@pytest.mark.parametrize("code", ["InvalidParameterValueException", "AccessDeniedException", "ExpiredTokenException"])
def test_other_error_is_raised_at_once(code: str) -> None:
    clock = Clock()
    with pytest.raises(ClientError, match=code):
        settling.retry(clock.sleep, refuse_until(clock, 18, code, "Invalid."), value=1)
    assert clock.now == 0


def test_call_that_never_settles_raises_its_error() -> None:
    clock = Clock()
    with pytest.raises(ClientError, match="ConflictException"):
        settling.retry(clock.sleep, refuse_until(clock, 1e9, "ConflictException"), value=1)
    assert clock.now < 5 * 60


QUEUE = "arn:aws:sqs:eu-central-1:123456789012:tintype-prod-failures"


class NotFoundError(Exception):
    """Lambda's ResourceNotFoundException."""


class EventInvokeConfig:
    """The configuration of a function's events: put as a whole."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotFoundError)

    def __init__(self, current: dict[str, Any] | None) -> None:
        self.current, self.puts = current, 0

    def get_function_event_invoke_config(self, **_: str) -> dict[str, Any]:
        if self.current is None:
            raise NotFoundError
        return self.current

    def put_function_event_invoke_config(self, FunctionName: str, **config: Any) -> None:  # noqa: N803
        self.current, self.puts = config, self.puts + 1


BEFORE = {  # of both functions, once
    "MaximumRetryAttempts": 2,
    "MaximumEventAgeInSeconds": 6 * 3600,
    "DestinationConfig": {"OnFailure": {"Destination": QUEUE}, "OnSuccess": {}},
}


@pytest.mark.parametrize("current", [None, {}, BEFORE], ids=["none", "empty", "before"])
def test_run_that_is_throttled_for_long_or_fails_is_dropped_as_the_next_one_repeats_it(current: Any) -> None:
    client = EventInvokeConfig(current)
    for _ in range(2):
        event_sources.configure_events(client, FUNCTION, event_sources.ASYNCHRONOUS["sweep"], QUEUE)
        assert client.current == {
            "MaximumRetryAttempts": 0,
            "MaximumEventAgeInSeconds": 300,
            "DestinationConfig": {},
        }
        assert client.puts == 1


@pytest.mark.parametrize("current", [None, BEFORE], ids=["none", "before"])
def test_event_of_an_original_is_tried_for_hours_and_ends_in_the_failures_queue(current: Any) -> None:
    client = EventInvokeConfig(current)
    event_sources.configure_events(client, FUNCTION, event_sources.ASYNCHRONOUS["ingest_photo"], QUEUE)
    expected = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 6 * 3600}
    assert client.current is not None
    assert {name: client.current[name] for name in expected} == expected
    assert client.current["DestinationConfig"]["OnFailure"] == {"Destination": QUEUE}
    assert client.puts == (current is None)


def test_only_functions_with_a_destination_may_send_to_it() -> None:
    chalice = PROJECT / ".chalice"
    functions = json.loads((chalice / "config.json").read_text())["lambda_functions"]
    policies = {name: (chalice / each["iam_policy_file"]).read_text() for name, each in functions.items()}
    with_destination = {name for name, each in event_sources.ASYNCHRONOUS.items() if each.has_destination}
    assert {name for name, policy in policies.items() if "-failures" in policy} == with_destination
