import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import handlers
from chalicelib.errors import Unavailable
from chalicelib.ingest.ingest import Action, ReconcileResult
from chalicelib.library.photo import State
from chalicelib.maintenance.pacing import Failure
from chalicelib.maintenance.reconciliation import ReconciliationReport
from chalicelib.maintenance.recount import RecountReport
from chalicelib.maintenance.sweep import DueReport, SweepReport
from chalicelib.observability import logger

CONTEXT = SimpleNamespace(aws_request_id="r1", get_remaining_time_in_millis=lambda: 60_000)


@dataclass
class Ingest:
    """Notes what it is asked to reconcile; keys that begin with `bad` fail."""

    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def reconcile(self, key: str, event: Mapping[str, str]) -> ReconcileResult:
        self.asked.append((key, event))
        if key.startswith("bad"):
            raise Unavailable(f"{key} failed")
        if key.startswith("text"):
            return ReconcileResult("p2", Action.NOOP if key.endswith("again") else Action.PROCESS, State.REJECTED)
        return ReconcileResult("p1", Action.PROCESS, State.READY)


def deliver(*keys: str) -> list[tuple[str, Mapping[str, str]]]:
    ingest = Ingest()
    records = [{"s3": {"bucket": {"name": "b"}, "object": {"key": key}}} for key in keys]
    library: Any = SimpleNamespace(ingest=ingest, settings=SimpleNamespace(stage="prod"))
    try:
        handlers.originals_changed({"Records": records}, CONTEXT, library=library)
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
    assert handlers.facts_of(record, "a b.jpg") == {
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
    assert (told[0]["action"], told[0]["state"]) == ("process", "ready")
    assert {line["request_id"] for line in told} == {"r1"}
    assert "mary" not in json.dumps(told)


def test_photos_that_are_rejected_are_a_metric_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    deliver("a.jpg", "text again", "bad.jpg")
    assert '"_aws"' not in capsys.readouterr().out
    deliver("text one", "a.jpg", "text two", "bad.jpg", "text again")
    (told,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (told["photos_rejected"], told["stage"]) == ([2], "prod")


def swept(*failures: Failure) -> SweepReport:
    """What a run came to, every figure another."""
    return SweepReport(
        DueReport(processed=2, labels_pending=3, postponed=4, failures=failures),
        RecountReport(recounted=5, drifted=6, postponed=7),
        ReconciliationReport(
            checked=8, repaired=9, orphans=12, failures=(Failure("p8", Unavailable("S3 does not answer.")),)
        ),
        ReconciliationReport(checked=10, repaired=11),
    )


def come(swept: SweepReport) -> None:
    sweeps = SimpleNamespace(run=lambda _: swept)
    library: Any = SimpleNamespace(sweeps=sweeps, settings=SimpleNamespace(stage="prod"))
    handlers.time_came(CONTEXT, library=library)


FIGURES = {
    "photos_processed": 2,
    "photos_failed": 2,
    "photos_postponed": 4,
    "labels_pending": 3,
    "totals_recounted": 5,
    "totals_drifted": 6,
    "totals_postponed": 7,
    "originals_checked": 8,
    "originals_without_photo": 9,
    "photos_checked": 10,
    "photos_without_original": 11,
}


def test_the_schedule_tells_what_it_did_and_who_failed(caplog: pytest.LogCaptureFixture) -> None:
    come(swept(Failure("p7", Unavailable("DynamoDB does not answer."))))
    first, second, done = lines(caplog)
    assert [(line["photo_id"], line["level"]) for line in (first, second)] == [("p7", "ERROR"), ("p8", "ERROR")]
    assert "DynamoDB does not answer." in first["exception"]
    assert {name: done[name] for name in FIGURES} == FIGURES
    assert done["uploads_orphaned"] == 12


def test_the_schedule_publishes_what_it_did_as_metrics_of_its_stage(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):  # a second run adds nothing to the first
        capsys.readouterr()
        come(swept(Failure("p7", Unavailable("DynamoDB does not answer."))))
        (told,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
        (directive,) = told["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"], told["stage"]) == ("Tintype", [["stage"]], "prod")
        assert {metric["Name"]: told[metric["Name"]] for metric in directive["Metrics"]} == {
            name: [value] for name, value in FIGURES.items()
        }
        assert {metric["Unit"] for metric in directive["Metrics"]} == {"Count"}


def test_a_walk_that_broke_off_fails_the_run_after_everything_was_told(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unavailable, match="first"):
        come(swept(Failure(None, Unavailable("first")), Failure(None, Unavailable("second"))))
    *_, done = lines(caplog)
    assert done["photos_failed"] == 1
    assert '"_aws"' in capsys.readouterr().out


def test_there_is_time_left_until_little_is() -> None:
    for milliseconds in (60_000, 20_000, 0):
        context = SimpleNamespace(get_remaining_time_in_millis=lambda ms=milliseconds: ms)
        assert handlers.time_left(context)() == timedelta(milliseconds=milliseconds) - handlers.SPARE
