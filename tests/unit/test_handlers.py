import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import handlers
from chalicelib.bundles.models import MAX_ATTEMPTS
from chalicelib.bundles.service import VOLUME_LEASE, InProgress
from chalicelib.errors import Conflict, NotFound, Unavailable, Unreadable
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.ingest.originals import IgnoredMetadata
from chalicelib.library.photo import State
from chalicelib.maintenance.album_deletion import AlbumDeletionReport
from chalicelib.maintenance.backup import BackupReport
from chalicelib.maintenance.pacing import Failure
from chalicelib.maintenance.rebuild import RebuildReport
from chalicelib.maintenance.reconciliation import ReconciliationReport
from chalicelib.maintenance.recount import RecountReport
from chalicelib.maintenance.relabeling_pass import RelabelingReport
from chalicelib.maintenance.sweep import DueReport, SweepReport
from chalicelib.observability import logger

CONTEXT = SimpleNamespace(aws_request_id="r1", get_remaining_time_in_millis=lambda: 60_000)


@dataclass
class FakeIngest:
    """Records calls of reconcile; keys that start with `bad` fail."""

    calls: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def reconcile(self, key: str, event: Mapping[str, str]) -> ReconcileResult:
        self.calls.append((key, event))
        if key.startswith("bad"):
            raise Unavailable(f"{key} failed")
        if key.startswith("text"):
            return ReconcileResult("p2", Action.NOOP if key.endswith("again") else Action.PROCESS, State.REJECTED)
        if key.startswith("uploads/"):
            return ReconcileResult(None, Action.SKIP_ORPHAN, None)
        ignored = IgnoredMetadata(("weight",), ("tags", "label")) if key.startswith("typo") else IgnoredMetadata()
        return ReconcileResult("p1", Action.PROCESS, State.READY, ignored)


def deliver(*keys: str) -> list[tuple[str, Mapping[str, str]]]:
    ingest = FakeIngest()
    records = [{"s3": {"bucket": {"name": "b"}, "object": {"key": key}}} for key in keys]
    container: Any = SimpleNamespace(ingest=ingest, settings=SimpleNamespace(stage="prod"))
    try:
        handlers.handle_s3_event({"Records": records}, CONTEXT, container=container)
    except Unavailable as error:
        ingest.calls.append(("raised", {"error": str(error)}))
    return ingest.calls


def log_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The log lines as JSON."""
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
def test_key_is_decoded_once(sent: str, key: str) -> None:
    assert [call for call, _ in deliver(sent)] == [key]


def test_every_key_is_reconciled_before_the_first_error_is_raised() -> None:
    assert [key for key, _ in deliver("a.jpg", "bad1.jpg", "b.jpg", "bad2.jpg", "c.jpg")] == [
        "a.jpg", "bad1.jpg", "b.jpg", "bad2.jpg", "c.jpg", "raised",
    ]  # fmt: skip
    assert deliver("bad1.jpg", "bad2.jpg")[-1] == ("raised", {"error": "bad1.jpg failed"})


def test_event_fields() -> None:
    record = {
        "awsRegion": "eu-west-1",
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-20T12:00:00.000Z",
        "userIdentity": {"principalId": "AWS:somebody"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "s3": {"bucket": {"name": "b"}, "object": {"key": "a+b.jpg", "sequencer": "0061", "size": 3}},
    }
    assert handlers.event_fields(record, "a b.jpg") == {
        "bucket": "b",
        "key": "a b.jpg",
        "event_name": "ObjectCreated:Put",
        "event_time": "2026-11-20T12:00:00.000Z",
        "region": "eu-west-1",
        "sequencer": "0061",
    }


def test_console_test_event_has_bucket_and_key_only() -> None:
    assert deliver("a.jpg") == [("a.jpg", {"bucket": "b", "key": "a.jpg"})]


def test_log_lines_contain_ids_and_no_filenames(caplog: pytest.LogCaptureFixture) -> None:
    deliver("aunt-mary.jpg", "bad-aunt.jpg")
    logged = log_lines(caplog)
    assert [line["message"] for line in logged] == ["Reconciled", "Could not reconcile an original"]
    assert logged[0]["photo_id"] == "p1"
    assert (logged[0]["action"], logged[0]["state"]) == ("process", "ready")
    assert {line["request_id"] for line in logged} == {"r1"}
    assert "mary" not in json.dumps(logged)


def test_object_that_becomes_no_photo_is_a_warning_without_its_key(caplog: pytest.LogCaptureFixture) -> None:
    deliver("uploads/aunt-mary.jpg")
    warning = log_lines(caplog)[-1]
    assert (warning["level"], warning["message"]) == ("WARNING", handlers.WARNINGS[Action.SKIP_ORPHAN])
    assert "mary" not in json.dumps(warning)


def test_ignored_metadata_is_a_warning_with_photo_id_and_names(caplog: pytest.LogCaptureFixture) -> None:
    deliver("a.jpg", "typo.jpg")
    warnings = [line for line in log_lines(caplog) if line["level"] == "WARNING"]
    assert [(line["message"], line["photo_id"], line["metadata"]) for line in warnings] == [
        (handlers.METADATA_INVALID, "p1", ["weight"]),
        (handlers.METADATA_SUPERSEDED, "p1", ["tags", "label"]),
    ]


def test_each_rejected_photo_is_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    deliver("a.jpg", "text again", "bad.jpg")
    assert '"_aws"' not in capsys.readouterr().out
    deliver("text one", "a.jpg", "text two", "bad.jpg", "text again")
    (metrics,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (metrics["photos_rejected"], metrics["stage"]) == ([2], "prod")


def make_result(*failures: Failure) -> SweepReport:
    """The result of a sweep in which every count is different."""
    return SweepReport(
        DueReport(processed=2, labels_pending=3, postponed=4, failures=failures),
        RelabelingReport(requested=14),
        RecountReport(recounted=5, drifted=6, postponed=7),
        ReconciliationReport(
            checked=8, repaired=9, orphans=12, failures=(Failure("p8", Unavailable("S3 is unavailable.")),)
        ),
        ReconciliationReport(checked=10, repaired=11, held=13),
        albums=AlbumDeletionReport(photos=15, albums=16),
        backup=BackupReport(photos=17, written=18),
    )


def handle_schedule(result: SweepReport, metrics: str = "basic") -> None:
    sweep = SimpleNamespace(run=lambda _: result)
    container: Any = SimpleNamespace(sweep=sweep, settings=SimpleNamespace(stage="prod", metrics=metrics))
    handlers.handle_schedule({"source": "aws.events"}, CONTEXT, container=container)


COUNTS = {
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
    "removals_held": 13,
    "photos_taken_out_of_albums": 15,
}


def test_schedule_logs_its_counts_and_failures(caplog: pytest.LogCaptureFixture) -> None:
    handle_schedule(make_result(Failure("p7", Unavailable("DynamoDB is unavailable."))))
    first, second, done = log_lines(caplog)
    assert [(line["photo_id"], line["level"]) for line in (first, second)] == [("p7", "ERROR"), ("p8", "ERROR")]
    assert "DynamoDB is unavailable." in first["exception"]
    assert {name: done[name] for name in COUNTS} == COUNTS
    assert (done["uploads_orphaned"], done["labels_requested"], done["albums_deleted"]) == (12, 14, 16)
    assert (done["photos_backed_up"], done["backup_files_written"]) == (17, 18)


def test_backup_that_must_not_be_replaced_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    handle_schedule(replace(make_result(), backup=BackupReport(held=True)))
    (warning,) = [line for line in log_lines(caplog) if line["level"] == "WARNING"]
    assert warning["message"] == handlers.BACKUP_HELD


def request_rebuild(rebuild: Any) -> Any:
    container: Any = SimpleNamespace(rebuild=rebuild)
    event = {"source": handlers.REBUILD_SOURCE, "detail": {"position": 3, "written_at": "then", "skipped": True}}
    return handlers.handle_schedule(event, CONTEXT, container=container)


def test_rebuild_returns_its_report() -> None:
    report = RebuildReport("now", 5, 9, restored=2)
    calls: list[tuple[int, str, bool]] = []

    def run(position: int, written_at: str, _: Any, *, skipped: bool) -> RebuildReport:
        calls.append((position, written_at, skipped))
        return report

    assert request_rebuild(SimpleNamespace(run=run)) == asdict(report)
    assert calls == [(3, "then", True)]


@pytest.mark.parametrize("error", [NotFound("There is no backup."), Unreadable("The backup is damaged.")])
def test_backup_that_cannot_be_read_is_reported_to_the_command(error: Exception) -> None:
    def run(*_: Any, **__: Any) -> RebuildReport:
        raise error

    assert request_rebuild(SimpleNamespace(run=run)) == {"error": str(error)}


@pytest.mark.parametrize(("metrics", "published"), [("basic", handlers.BASIC_METRICS), ("full", tuple(COUNTS))])
def test_schedule_publishes_metrics_with_the_stage(
    capsys: pytest.CaptureFixture[str], metrics: str, published: tuple[str, ...]
) -> None:
    for _ in range(2):  # a second run adds nothing to the first
        capsys.readouterr()
        handle_schedule(make_result(Failure("p7", Unavailable("DynamoDB is unavailable."))), metrics)
        (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"], line["stage"]) == ("Tintype", [["stage"]], "prod")
        assert {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]} == {
            name: [COUNTS[name]] for name in published
        }
        assert {metric["Unit"] for metric in directive["Metrics"]} == {"Count"}


@pytest.mark.parametrize("metrics", ["basic", "full"])
def test_interrupted_scan_raises_after_metrics_are_published_but_the_one_of_completed_sweeps(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], metrics: str
) -> None:
    with pytest.raises(Unavailable, match="first"):
        handle_schedule(make_result(Failure(None, Unavailable("first")), Failure(None, Unavailable("second"))), metrics)
    *_, done = log_lines(caplog)
    assert done["photos_failed"] == 1
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert line["photos_failed"] == [1]
    assert handlers.COMPLETED_METRIC not in line


def test_remaining_time_excludes_the_reserve() -> None:
    for milliseconds in (60_000, 20_000, 0):
        context = SimpleNamespace(get_remaining_time_in_millis=lambda ms=milliseconds: ms)
        assert handlers.remaining_time(context)() == timedelta(milliseconds=milliseconds) - handlers.RESERVED_TIME


@dataclass
class FakeQueue:
    """Records postponed messages."""

    postponed: list[tuple[str, timedelta]] = field(default_factory=list)
    broken: bool = False

    def postpone(self, receipt_handle: str, delay: timedelta) -> None:
        if self.broken:
            raise Unavailable("The queue is unavailable.")
        self.postponed.append((receipt_handle, delay))


def deliver_volume(error: Exception, attempt: int = 1, *, broken: bool = False) -> list[tuple[str, timedelta]]:
    """The messages that are postponed after the attempt to build a volume raised this error."""

    def build_volume(*_: object) -> None:
        raise error

    queue = FakeQueue(broken=broken)
    container: Any = SimpleNamespace(bundles=SimpleNamespace(build_volume=build_volume), volume_queue=queue)
    body = {"bundle_id": "b1", "volume": 1, "sent_at": "2026-11-27T00:00:00+00:00"}
    attributes = {"ApproximateReceiveCount": str(attempt)}
    record = {"body": json.dumps(body), "receiptHandle": f"receipt {attempt}", "attributes": attributes}
    with pytest.raises(type(error)) as raised:
        handlers.handle_sqs_event({"Records": [record]}, CONTEXT, container=container)
    assert raised.value is error
    return queue.postponed


@pytest.mark.parametrize("error", [Unavailable("SlowDown."), Conflict("Not recorded yet."), MemoryError()], ids=repr)
def test_message_of_a_failed_volume_returns_before_the_visibility_timeout(error: Exception) -> None:
    postponed = [deliver_volume(error, attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert [[receipt for receipt, _ in each] for each in postponed] == [[f"receipt {n}"] for n in range(1, 5)]
    delays = [delay for ((_, delay),) in postponed]
    assert delays == sorted(delays)
    # A failed attempt may not have been able to end its lease.
    assert VOLUME_LEASE < delays[0] <= timedelta(minutes=2)
    assert sum(delays, timedelta(0)) > timedelta(minutes=15)  # longer than most outages
    assert deliver_volume(error, MAX_ATTEMPTS) == []


def test_message_delivered_twice_waits_for_the_other_worker() -> None:
    assert deliver_volume(InProgress("Another worker is building this volume.")) == []


def test_message_returns_after_the_visibility_timeout_if_it_cannot_be_postponed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert deliver_volume(Unavailable("SlowDown."), broken=True) == []
    assert "Could not postpone a message" in caplog.text
