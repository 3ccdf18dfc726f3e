"""Event handlers of the Lambda functions: S3 events, the schedule and the bundles queue."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from chalicelib.container import Container
from chalicelib.errors import NotFound, Unreadable
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.library.photo import State
from chalicelib.observability import logger, publish_metrics

if TYPE_CHECKING:
    from chalicelib.maintenance.sweep import SweepReport

WARNINGS = {
    Action.SKIP_ORPHAN: "An object below uploads/ or inbox/ does not become a photo: "
    "its key names no user of this library.",
    Action.DISCARD: "An object was deleted: it was stored with the upload URL of a photo that its owner has deleted.",
    Action.HOLD_REMOVAL: "Photos whose originals are gone are not removed, because too many are gone at once. "
    "Undelete the originals, or set removals-allowed-until to today.",
}
BACKUP_HELD = (
    "The backup was not updated: it is of other tables, or of many more photos. `make rebuild` restores it; "
    "docs/operations.md says how to replace it."
)
METADATA_INVALID = "Metadata of an original is invalid and was not applied."
METADATA_SUPERSEDED = "Metadata of an original was not applied: its photo existed before and keeps its own."
# The source of the event that requests the removal of a user.
USER_REMOVAL_SOURCE = "tintype.user-removal"
# And of the one that requests a slice of a rebuild from the backup.
REBUILD_SOURCE = "tintype.rebuild"
# CloudWatch charges for each metric beyond ten. The log has all counts.
BASIC_METRICS = (
    "photos_processed",
    "photos_failed",
    "labels_pending",
    "totals_drifted",
    "originals_without_photo",
    "photos_without_original",
    "removals_held",
)
# Not published by a sweep that was interrupted, so it has data only if sweeps are completed: an alarm watches that.
COMPLETED_METRIC = "labels_pending"
# Reserved at the end of an invocation, to finish the work in progress.
RESERVED_TIME = timedelta(seconds=20)
# A message whose attempt failed returns after these times. The first is longer than a lease, which the attempt leaves
# if the tables fail as well. After the last attempt the message becomes a dead letter.
RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (65, 130, 260, 520))


def handle_s3_event(event: Mapping[str, Any], context: Any, *, container: Container) -> None:
    """Reconcile every object key in an S3 event; raises the first error after all keys were tried."""
    failures: list[Exception] = []
    rejected = held = 0
    request_id = {"request_id": _request_id(context)}
    for record in event["Records"]:
        # S3 form-encodes keys in events. This is the only place that decodes them.
        key = unquote_plus(record["s3"]["object"]["key"])
        try:
            result = container.ingest.reconcile(key, event_fields(record, key))
        except Exception as error:  # noqa: BLE001 - a failure of one key does not stop the others; it is raised below
            logger().exception(
                "Could not reconcile an original", extra={"event_name": record.get("eventName"), **request_id}
            )
            failures.append(error)
        else:
            fields = {"photo_id": result.photo_id, "action": result.action.name.lower(), "state": result.state}
            logger().info("Reconciled", extra=fields | request_id)
            _warn(result, request_id)
            rejected += result.action is Action.PROCESS and result.state is State.REJECTED
            held += result.action is Action.HOLD_REMOVAL
    counts = {"photos_rejected": rejected, "removals_held": held}
    if any(counts.values()):
        publish_metrics(container.settings.stage, {name: count for name, count in counts.items() if count})
    if failures:
        raise failures[0]


def _warn(result: ReconcileResult, request_id: Mapping[str, Any]) -> None:
    """Log warnings for the user of an S3 tool, who gets no response, without file names and values."""
    if result.action in WARNINGS:
        logger().warning(WARNINGS[result.action], extra=request_id)
    ignored = result.ignored_metadata
    for message, names in ((METADATA_INVALID, ignored.invalid), (METADATA_SUPERSEDED, ignored.superseded)):
        if names:
            logger().warning(message, extra={"photo_id": result.photo_id, "metadata": names, **request_id})


def event_fields(record: Mapping[str, Any], key: str) -> dict[str, str]:
    """The stored fields of an S3 event record; the console's test event has a bucket and a key only."""
    fields = {
        "bucket": record["s3"]["bucket"]["name"],
        "key": key,
        "event_name": record.get("eventName"),
        "event_time": record.get("eventTime"),
        "region": record.get("awsRegion"),
        "sequencer": record["s3"]["object"].get("sequencer"),
    }
    return {name: str(value) for name, value in fields.items() if value}


def handle_schedule(event: Mapping[str, Any], context: Any, *, container: Container) -> dict[str, Any] | None:
    """Run the sweep, or what a command requests by a scheduled event: `make remove-user` or `make rebuild`."""
    if event["source"] == USER_REMOVAL_SOURCE:
        return remove_user(event["detail"], context, container=container)
    if event["source"] == REBUILD_SOURCE:
        return rebuild(event["detail"], context, container=container)
    run_sweep(context, container=container)
    return None


def remove_user(detail: Mapping[str, str], context: Any, *, container: Container) -> dict[str, Any]:
    """Handle what a user leaves within the time limit; returns what was done and whether any is left."""
    from chalicelib.maintenance.user_removal import Disposition

    owner, disposition = detail["owner"], Disposition(detail["photos"])
    removal, time_left = container.user_removal, remaining_time(context)
    report = asdict(removal.run(owner, disposition, detail["new_owner"], time_left, email_hash=detail["email_hash"]))
    logger().info("Handled what a removed user leaves", extra={"owner": owner, "disposition": disposition, **report})
    return report


def rebuild(detail: Mapping[str, Any], context: Any, *, container: Container) -> dict[str, Any]:
    """Rebuild from the backup within the time limit; returns what was done, and where the next slice begins.

    A backup that is missing or can't be read is no error of the function: the message is for who called it.
    """
    try:
        report = container.rebuild.run(
            int(detail["position"]), detail["written_at"], remaining_time(context), skipped=detail["skipped"]
        )
    except (NotFound, Unreadable) as error:
        return {"error": str(error)}
    logger().info("Rebuilt from the backup", extra=asdict(report))
    return asdict(report)


def run_sweep(context: Any, *, container: Container) -> None:
    """Run the sweep within the function's time limit; raises the first error that interrupted a scan."""
    result = container.sweep.run(remaining_time(context))
    for failure in result.failures:
        message = "Maintenance of a photo failed" if failure.photo_id else "A scan was interrupted"
        logger().error(message, extra={"photo_id": failure.photo_id}, exc_info=failure.error)
    interruptions = [failure.error for failure in result.failures if failure.photo_id is None]
    counts = sweep_counts(result)
    names = counts if container.settings.metrics == "full" else BASIC_METRICS
    published = {name: counts[name] for name in names if name != COMPLETED_METRIC or not interruptions}
    publish_metrics(container.settings.stage, published)
    other_counts = {
        "photos_refreshed": result.photos.refreshed,
        "labels_requested": result.relabeling.requested,
        "uploads_orphaned": result.originals.orphans,
        "derivatives_missing": result.originals.rendered,
        "similarity_indexes_built": result.similarity.built,
        "albums_deleted": result.albums.albums,
        "photos_backed_up": result.backup.photos,
        "backup_files_written": result.backup.written,
    }
    if result.backup.held:
        logger().warning(BACKUP_HELD)
    logger().info("Sweep finished", extra=counts | other_counts)
    if interruptions:
        raise interruptions[0]


def handle_sqs_event(event: Mapping[str, Any], context: Any, *, container: Container) -> None:
    """Build the volume that each message names; raises if SQS must deliver the message again."""
    from chalicelib.bundles.service import NOTIFICATION, InProgress  # loads zipfile, which other functions do not need

    for record in event["Records"]:
        message = json.loads(record["body"])
        sent_at = datetime.fromisoformat(message["sent_at"])
        try:
            volume = container.bundles.build_volume(message["bundle_id"], message["volume"], sent_at)
        except InProgress:  # delivered twice: the visibility timeout outlasts the other worker
            raise
        except Exception:
            _retry_soon(record, context, container)
            raise
        canceled = volume is None and message["volume"] != NOTIFICATION
        fields = {"bundle_id": message["bundle_id"], "volume": message["volume"], "canceled": canceled}
        logger().info("Volume handled", extra=fields | {"request_id": _request_id(context)})


def _retry_soon(record: Mapping[str, Any], context: Any, container: Container) -> None:
    """Let SQS deliver a message whose attempt failed again soon; otherwise it does so after the visibility timeout."""
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    if attempt <= len(RETRY_DELAYS):
        try:
            container.volume_queue.postpone(record["receiptHandle"], RETRY_DELAYS[attempt - 1])
        except Exception:  # noqa: BLE001 - the attempt's own error counts, and SQS delivers the message anyway
            logger().exception("Could not postpone a message", extra={"request_id": _request_id(context)})


def sweep_counts(result: "SweepReport") -> dict[str, int]:
    """The counts of one sweep by metric name; all are metrics with METRICS=full."""
    return {
        "photos_processed": result.due.processed,
        "photos_failed": sum(failure.photo_id is not None for failure in result.failures),
        "photos_postponed": result.due.postponed,
        "labels_pending": result.due.labels_pending,
        "totals_recounted": result.totals.recounted,
        "totals_drifted": result.totals.drifted,
        "totals_postponed": result.totals.postponed,
        "originals_checked": result.originals.checked,
        "originals_without_photo": result.originals.repaired,
        "photos_checked": result.photos.checked,
        "photos_without_original": result.photos.repaired,
        "removals_held": result.photos.held,
        "photos_taken_out_of_albums": result.albums.photos,
    }


def remaining_time(context: Any) -> Callable[[], timedelta]:
    """A function that returns the time left to start more work; zero or negative means none."""
    return lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()) - RESERVED_TIME


def _request_id(context: Any) -> str | None:
    return getattr(context, "aws_request_id", None)
