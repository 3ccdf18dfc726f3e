"""Calls the handlers of the app's schedules, as EventBridge does.

They read whole libraries. So that uploads and pages do not wait for them, they run at a low priority, and each one for
at most a fifth of the time, as on AWS, where it may run for a minute every five.
"""

import logging
import os
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
PAUSE_FACTOR = 4  # the least pause after a call, in terms of its duration
NICENESS = 10

log = logging.getLogger(__name__)


def run_schedules(
    configs: list[Any],
    handle: Callable[[str, Event], Any],
    stopping: threading.Event,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Call each handler when it is due until `stopping` is set; a failed call is logged and not retried."""
    schedules = find_schedules(configs, max_seconds=MAX_INTERVAL_SECONDS)
    due = {schedule: monotonic() + START_DELAY_SECONDS for schedule in schedules}
    os.nice(NICENESS)
    log.info("%s: %s", READY_MARKER, ", ".join(f"{s.handler} every {s.seconds} s" for s in schedules) or "no schedules")
    while not stopping.is_set():
        for schedule, due_at in due.items():
            if monotonic() >= due_at:
                started_at = monotonic()
                try:
                    handle(schedule.handler, scheduled_event(schedule.handler))
                except Exception:
                    log.exception("%s failed", schedule.handler)
                duration = monotonic() - started_at
                due[schedule] = started_at + max(schedule.seconds, (1 + PAUSE_FACTOR) * duration)
        stopping.wait(max(min(due.values(), default=float("inf")) - monotonic(), 0) if due else None)


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
