"""Pollers: each source has its own, and neither errors of the queue nor of messages end one."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.events import poller
from local.events.poller import SourcePoller
from local.events.queues import EventSource, s3_event, sqs_event

TIMEOUT_SECONDS = 30


class Queues:
    """Queues with a few messages each, by URL; an exception among them is raised instead. Empty queues make wait."""

    def __init__(self, **messages: list[Any]) -> None:
        self.messages = messages
        self.deleted: list[str] = []

    def receive_message(self, **request: Any) -> dict[str, Any]:
        messages = self.messages[request["QueueUrl"]]
        if not messages:
            threading.Event().wait()  # like a long poll, until the test ends
        message = messages.pop(0)
        if isinstance(message, Exception):
            raise message
        attributes = {"ApproximateReceiveCount": "1"}
        received = {
            "MessageId": "1",
            "ReceiptHandle": message,
            "Body": message,
            "MD5OfBody": "",
            "Attributes": attributes,
        }
        return {"Messages": [received]}

    def delete_message(self, **request: Any) -> None:
        self.deleted.append(request["ReceiptHandle"])


class Handler:
    """A handler that records its events; it blocks on the one named so until it is released."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.done = threading.Event()
        self.blocked = threading.Event()
        self.release = threading.Event()

    def __call__(self, _: str, event: dict[str, Any]) -> None:
        (record,) = event["Records"]
        if record["body"] == "blocked":
            self.blocked.set()
            self.release.wait()
        self.handled.append(record["body"])
        if record["body"] == "last":
            self.done.set()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "RETRY_SECONDS", 0)


def start(queues: Queues, handler: Callable[..., Any], stopping: threading.Event, url: str = "one") -> SourcePoller:
    one = SourcePoller(queues, EventSource("build_volume", url, 1, sqs_event("arn", "us-east-1")), handler, stopping)
    one.start()
    return one


def test_errors_of_the_queue_and_of_messages_do_not_end_the_poller() -> None:
    refused = EndpointConnectionError(endpoint_url="http://127.0.0.1")
    failed = ClientError({"Error": {"Code": "InternalError"}}, "ReceiveMessage")
    queues, handler = Queues(one=[refused, failed, "unreadable", "last"]), Handler()

    def handle(name: str, event: dict[str, Any]) -> None:
        if event["Records"][0]["body"] == "unreadable":
            raise KeyError("Records")
        handler(name, event)

    start(queues, handle, threading.Event())
    assert handler.done.wait(TIMEOUT_SECONDS)
    assert handler.handled == ["last"]


def test_malformed_event_does_not_end_the_poller() -> None:
    handled = threading.Event()
    queues = Queues(originals=["not JSON", "[]", '{"Records": []}'])
    source = EventSource("ingest_photo", "originals", 1, s3_event)
    SourcePoller(queues, source, lambda *_: handled.set(), threading.Event()).start()
    assert handled.wait(TIMEOUT_SECONDS)


def test_source_does_not_wait_for_another() -> None:
    handler, stopping = Handler(), threading.Event()
    queues = Queues(one=["blocked"], two=["last"])
    start(queues, handler, stopping, "one")
    start(queues, handler, stopping, "two")
    assert handler.done.wait(TIMEOUT_SECONDS)
    assert handler.handled == ["last"]
    handler.release.set()


def test_poller_finishes_its_event_before_it_stops() -> None:
    handler, stopping = Handler(), threading.Event()
    queues = Queues(one=["blocked", "last"])
    one = start(queues, handler, stopping)
    assert handler.blocked.wait(TIMEOUT_SECONDS)
    stopping.set()
    handler.release.set()
    one.wait_until_idle()
    assert handler.handled == queues.deleted == ["blocked"]
    assert queues.messages["one"] == ["last"]
