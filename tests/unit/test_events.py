import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import events
from chalicelib.errors import Unavailable
from chalicelib.ingest import Reconciled, Step
from chalicelib.observability import logger
from chalicelib.photos import State
from chalicelib.recount import Recounted
from chalicelib.sweeps import Failure, Swept

CONTEXT = SimpleNamespace(aws_request_id="r1", get_remaining_time_in_millis=lambda: 60_000)


@dataclass
class Ingest:
    """Notes what it is asked to reconcile; keys that begin with `bad` fail."""

    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def reconcile(self, key: str, event: Mapping[str, str]) -> Reconciled:
        self.asked.append((key, event))
        if key.startswith("bad"):
            raise Unavailable(f"{key} failed")
        return Reconciled("p1", Step.BEGIN, State.READY)


def deliver(*keys: str) -> list[tuple[str, Mapping[str, str]]]:
    ingest = Ingest()
    records = [{"s3": {"bucket": {"name": "b"}, "object": {"key": key}}} for key in keys]
    library: Any = SimpleNamespace(ingest=ingest)
    try:
        events.originals_changed({"Records": records}, CONTEXT, library=library)
    except Unavailable as error:
        ingest.asked.append(("raised", {"error": str(error)}))
    return ingest.asked


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The log as it is written."""
    return [json.loads(logger().registered_handler.format(record)) for record in caplog.records]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("plain.jpg", "plain.jpg"),
        ("with+space.jpg", "with space.jpg"),
        ("plus%2Band%25percent.jpg", "plus+and%percent.jpg"),
        ("a%252Fb.jpg", "a%2Fb.jpg"),
        ("%F0%9F%8F%96/%C3%BC.jpg", "🏖/ü.jpg"),
    ],
)
def test_a_key_is_decoded_once(sent: str, key: str) -> None:
    assert [asked for asked, _ in deliver(sent)] == [key]


def test_every_key_of_an_event_is_reconciled_and_the_first_failure_told_in_the_end() -> None:
    assert [key for key, _ in deliver("a.jpg", "bad1.jpg", "b.jpg", "bad2.jpg", "c.jpg")] == [
        "a.jpg", "bad1.jpg", "b.jpg", "bad2.jpg", "c.jpg", "raised",
    ]  # fmt: skip
    assert deliver("bad1.jpg", "bad2.jpg")[-1] == ("raised", {"error": "bad1.jpg failed"})


def test_what_is_kept_of_an_event_is_where_when_and_what() -> None:
    record = {
        "awsRegion": "eu-west-1",
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-20T12:00:00.000Z",
        "userIdentity": {"principalId": "AWS:somebody"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "s3": {"bucket": {"name": "b"}, "object": {"key": "a+b.jpg", "sequencer": "0061", "size": 3}},
    }
    assert events.facts_of(record, "a b.jpg") == {
        "bucket": "b",
        "key": "a b.jpg",
        "event_name": "ObjectCreated:Put",
        "event_time": "2026-11-20T12:00:00.000Z",
        "region": "eu-west-1",
        "sequencer": "0061",
    }


def test_the_bare_test_event_of_the_console_has_a_bucket_and_a_key() -> None:
    assert deliver("a.jpg") == [("a.jpg", {"bucket": "b", "key": "a.jpg"})]


def test_a_line_for_each_key_holds_ids_and_no_name(caplog: pytest.LogCaptureFixture) -> None:
    deliver("aunt-mary.jpg", "bad-aunt.jpg")
    told = lines(caplog)
    assert [line["message"] for line in told] == ["Reconciled", "An original could not be reconciled"]
    assert told[0]["photo_id"] == "p1"
    assert (told[0]["step"], told[0]["state"]) == ("begin", "ready")
    assert {line["request_id"] for line in told} == {"r1"}
    assert "mary" not in json.dumps(told)


def test_the_schedule_tells_what_it_did_and_who_failed(caplog: pytest.LogCaptureFixture) -> None:
    swept = Swept(2, (Failure("p7", Unavailable("S3 does not answer.")),), Recounted(counted=5, drifted=1))
    library: Any = SimpleNamespace(sweeps=SimpleNamespace(run=lambda _: swept))
    events.time_came(CONTEXT, library=library)
    failed, done = lines(caplog)
    assert (failed["photo_id"], failed["level"]) == ("p7", "ERROR")
    assert "S3 does not answer." in failed["exception"]
    assert (done["done"], done["failed"], done["counted"], done["drifted"], done["postponed"]) == (2, 1, 5, 1, 0)


def test_there_is_time_left_until_little_is() -> None:
    spare = round(events.SPARE.total_seconds() * 1000)
    for milliseconds, left in [(spare + 1, True), (spare, False), (0, False)]:
        context = SimpleNamespace(get_remaining_time_in_millis=lambda ms=milliseconds: ms)
        assert events.time_left(context)() is left
