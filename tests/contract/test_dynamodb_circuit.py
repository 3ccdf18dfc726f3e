"""The circuit breaker before DynamoDB: what opens it, what closes it, and what it leaves alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ReadTimeoutError

from chalicelib.aws.clients import DATABASE_PAUSE, MAX_DATABASE_FAILURES, TIMEOUTS, Clients
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.errors import StorageFull, Unavailable
from tests.fakes.library import Clock

type Answer = Exception | tuple[int, str]

KEY = {"photo_id": {"S": "p1"}}
OK = (200, "")
_, ATTEMPTS = TIMEOUTS["dynamodb"]
OUTAGES: dict[str, Answer] = {
    "unavailable": (503, "ServiceUnavailable"),
    "internal error": (500, "InternalServerError"),
    "throttled": (400, "ThrottlingException"),
    "over capacity": (400, "ProvisionedThroughputExceededException"),
    "no connection": ConnectTimeoutError(endpoint_url="https://dynamodb"),
    "no answer": ReadTimeoutError(endpoint_url="https://dynamodb"),
}
HEALTHY: dict[str, Answer] = {
    "condition failed": (400, "ConditionalCheckFailedException"),
    "conflict": (400, "TransactionCanceledException"),
    "conflicting item": (400, "TransactionConflictException"),
    "invalid request": (400, "ValidationException"),
    "no permission": (400, "AccessDeniedException"),
    "no table": (400, "ResourceNotFoundException"),
}


class Database:
    """A DynamoDB that answers every attempt in the same way, and counts them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pauses = 0
        clients = Clients(
            boto3.Session("test", "test", region_name="us-east-1"), now=self.clock, on_database_pause=self.count_pause
        )
        self.client = clients.get("dynamodb")
        self.client.meta.events.register_first("before-send", self.receive)
        self.answer: Answer = OK
        self.attempts = 0
        self.during: Callable[[], None] | None = None

    def count_pause(self) -> None:
        self.pauses += 1

    def receive(self, request: Any, **_: object) -> AWSResponse:
        self.attempts += 1
        if self.during:
            self.during()
        if isinstance(self.answer, Exception):
            raise self.answer
        status, code = self.answer
        body = json.dumps({"__type": f"com.amazonaws#{code}", "message": ""} if code else {}).encode()
        raw = SimpleNamespace(stream=lambda **_: iter([body]))
        return AWSResponse(request.url, status, {"x-amzn-requestid": "r"}, raw)

    def get(self) -> None:
        """Read a photo, as the stores do."""
        with translate_transient_errors():
            self.client.get_item(TableName="photos", Key=KEY)

    def fail(self, answer: Answer, calls: int = MAX_DATABASE_FAILURES) -> None:
        self.answer = answer
        for _ in range(calls):
            with pytest.raises(Unavailable):
                self.get()

    def is_paused(self) -> bool:
        before = self.attempts
        try:
            self.get()
        except Unavailable:
            return self.attempts == before
        return False


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database whose client does not wait between attempts."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    return Database()


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
def test_calls_that_keep_failing_open_the_circuit(database: Database, outage: Answer) -> None:
    database.fail(outage)
    assert database.attempts == MAX_DATABASE_FAILURES * ATTEMPTS
    assert database.pauses == 1
    database.fail(outage, calls=20)
    assert database.attempts == MAX_DATABASE_FAILURES * ATTEMPTS


@pytest.mark.parametrize("answer", HEALTHY.values(), ids=HEALTHY)
def test_refused_requests_leave_the_circuit_closed(database: Database, answer: Answer) -> None:
    database.answer = answer
    for _ in range(5):
        with pytest.raises(ClientError):
            database.get()
    assert (database.attempts, database.pauses) == (5, 0)


@pytest.mark.parametrize("error", [(507, "InsufficientStorage"), NoCredentialsError()], ids=["full disk", "no key"])
def test_full_disk_and_missing_credentials_leave_the_circuit_closed(database: Database, error: Answer) -> None:
    database.answer = error
    for _ in range(5):
        with pytest.raises((StorageFull, NoCredentialsError)):
            database.get()
    assert database.pauses == 0


@pytest.mark.parametrize("answer", [OK, *HEALTHY.values()], ids=["success", *HEALTHY])
def test_answer_between_failures_leaves_the_circuit_closed(database: Database, answer: Answer) -> None:
    for _ in range(3):
        database.fail((503, "ServiceUnavailable"), calls=MAX_DATABASE_FAILURES - 1)
        database.answer = answer
        try:
            database.get()
        except ClientError:
            assert answer != OK
    assert database.pauses == 0


def test_half_open_circuit_lets_one_call_through(database: Database) -> None:
    database.fail((503, "ServiceUnavailable"))
    database.clock.advance(DATABASE_PAUSE - timedelta(milliseconds=1))
    assert database.is_paused()
    database.clock.advance(timedelta(milliseconds=1))
    database.answer, attempts = OK, database.attempts
    others = list[bool]()

    def call_again() -> None:
        database.during = None
        others.append(database.is_paused())

    database.during = call_again
    database.get()
    assert others == [True]
    assert database.attempts == attempts + 1
    assert not database.is_paused()


def test_failed_trial_pauses_calls_again(database: Database) -> None:
    database.fail((503, "ServiceUnavailable"))
    database.clock.advance(DATABASE_PAUSE)
    database.fail((503, "ServiceUnavailable"), calls=2)
    assert database.attempts == (MAX_DATABASE_FAILURES + 1) * ATTEMPTS
    assert database.pauses == 2


@pytest.mark.parametrize("event", ["before-call", "after-call"])
def test_other_handlers_that_fail_do_not_hold_the_trial(database: Database, event: str) -> None:
    database.fail((503, "ServiceUnavailable"))
    database.clock.advance(DATABASE_PAUSE)
    database.answer = OK

    def fail(**_: object) -> None:
        raise ZeroDivisionError

    database.client.meta.events.register(event, fail)
    with pytest.raises(ZeroDivisionError):
        database.get()
    database.client.meta.events.unregister(event, fail)
    assert not database.is_paused()


def test_paginators_are_paused_too(database: Database) -> None:
    database.fail((503, "ServiceUnavailable"))
    pages = database.client.get_paginator("query").paginate(TableName="photos", KeyConditionExpression="photo_id = :p")
    attempts = database.attempts
    with pytest.raises(Unavailable):
        next(iter(pages))
    assert database.attempts == attempts


def test_attempts_and_pauses_fit_into_a_request() -> None:
    read_timeout, attempts = TIMEOUTS["dynamodb"]
    pauses = sum(2**n for n in range(attempts - 1))  # botocore's longest pauses
    assert read_timeout * attempts + pauses < 29
