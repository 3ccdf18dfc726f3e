"""Events at the edge: what S3 and the schedule say, taken apart and handed on, one log line each."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from chalicelib.container import Library
from chalicelib.ingest.ingest import Action
from chalicelib.library.photo import State
from chalicelib.observability import logger, publish

if TYPE_CHECKING:
    from chalicelib.maintenance.sweep import SweepReport

# Enough to finish what is in hand before the function's time is up.
SPARE = timedelta(seconds=20)


def originals_changed(event: Mapping[str, Any], context: Any, *, library: Library) -> None:
    """Reconcile every key that the event names; raises the first error after all were tried."""
    failures: list[Exception] = []
    rejected = 0
    traced = {"request_id": getattr(context, "aws_request_id", None)}
    for record in event["Records"]:
        # Keys arrive form-encoded, and are decoded here, once.
        key = unquote_plus(record["s3"]["object"]["key"])
        try:
            came = library.ingest.reconcile(key, facts_of(record, key))
        except Exception as error:  # noqa: BLE001 - one key that fails keeps no other waiting; it is raised below
            logger().exception(
                "An original could not be reconciled", extra={"event_name": record.get("eventName"), **traced}
            )
            failures.append(error)
        else:
            told = {"photo_id": came.photo_id, "action": came.action.name.lower(), "state": came.state}
            logger().info("Reconciled", extra=told | traced)
            rejected += came.action is Action.PROCESS and came.state is State.REJECTED
    if rejected:
        publish(library.settings.stage, {"photos_rejected": rejected})
    if failures:
        raise failures[0]


def facts_of(record: Mapping[str, Any], key: str) -> dict[str, str]:
    """What is kept of an S3 event; the bare test event of the console holds bucket and key only."""
    told = {
        "bucket": record["s3"]["bucket"]["name"],
        "key": key,
        "event_name": record.get("eventName"),
        "event_time": record.get("eventTime"),
        "region": record.get("awsRegion"),
        "sequencer": record["s3"]["object"].get("sequencer"),
    }
    return {name: str(value) for name, value in told.items() if value}


def time_came(context: Any, *, library: Library) -> None:
    """Sweep for as long as this run may last; raises the first error by which a walk broke off, after all was tried."""
    swept = library.sweeps.run(time_left(context))
    for failure in swept.failures:
        what = "A photo could not be looked after" if failure.photo_id else "A walk broke off"
        logger().error(what, extra={"photo_id": failure.photo_id}, exc_info=failure.error)
    figures = figures_of(swept)
    publish(library.settings.stage, figures)
    logger().info(
        "Swept",
        extra=figures | {"heat_updated": swept.photos.heat_updated, "uploads_orphaned": swept.originals.orphans},
    )
    for failure in swept.failures:
        if failure.photo_id is None:
            raise failure.error


def volume_wanted(event: Mapping[str, Any], context: Any, *, library: Library) -> None:
    """Build the volume that each message names; raises where it is to be delivered again."""
    for record in event["Records"]:
        wanted = json.loads(record["body"])
        sent_at = datetime.fromisoformat(wanted["sent_at"])
        built = library.packing.build_volume(wanted["bundle_id"], wanted["volume"], sent_at)
        told = {"bundle_id": wanted["bundle_id"], "volume": wanted["volume"], "wanted": built is not None}
        logger().info("Packed", extra=told | {"request_id": getattr(context, "aws_request_id", None)})


def figures_of(swept: "SweepReport") -> dict[str, int]:
    """What one run of the schedule came to, by the names of its metrics."""
    return {
        "photos_processed": swept.due.processed,
        "photos_failed": sum(failure.photo_id is not None for failure in swept.failures),
        "photos_postponed": swept.due.postponed,
        "labels_pending": swept.due.labels_pending,
        "totals_recounted": swept.totals.recounted,
        "totals_drifted": swept.totals.drifted,
        "totals_postponed": swept.totals.postponed,
        "originals_checked": swept.originals.checked,
        "originals_without_photo": swept.originals.repaired,
        "photos_checked": swept.photos.checked,
        "photos_without_original": swept.photos.repaired,
    }


def time_left(context: Any) -> Callable[[], timedelta]:
    """How much time is left to begin another piece of work; none or less is none."""
    return lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()) - SPARE
