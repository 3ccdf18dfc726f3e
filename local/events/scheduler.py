"""Calls the handlers of the app's schedules, as EventBridge does."""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.events.queues import Event
from local.events.sources import find_schedules
from local.processes import READY_MARKER
from local.services import ACCOUNT, REGION

MAX_INTERVAL_SECONDS = 60  # more often than on AWS, so that a developer sees the effect
START_DELAY_SECONDS = 5

log = logging.getLogger(__name__)


def run_schedules(configs: list[Any], handle: Callable[[str, Event], Any], stopping: threading.Event) -> None:
    """Call each handler when it is due until `stopping` is set; a failed call is logged and not retried."""
    schedules = find_schedules(configs, max_seconds=MAX_INTERVAL_SECONDS)
    due = {schedule: time.monotonic() + START_DELAY_SECONDS for schedule in schedules}
    log.info("%s: %s", READY_MARKER, ", ".join(f"{s.handler} every {s.seconds} s" for s in schedules) or "no schedules")
    while not stopping.is_set():
        for schedule, due_at in due.items():
            if time.monotonic() >= due_at:
                due[schedule] = time.monotonic() + schedule.seconds
                try:
                    handle(schedule.handler, scheduled_event(schedule.handler))
                except Exception:
                    log.exception("%s failed", schedule.handler)
        stopping.wait(max(min(due.values(), default=float("inf")) - time.monotonic(), 0) if due else None)


def scheduled_event(handler: str) -> Event:
    """The event that EventBridge sends for a schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{handler}"],
        "detail": {},
    }
