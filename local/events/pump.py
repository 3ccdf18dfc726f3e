"""The event pump: calls the handlers that Lambda would call, when Lambda would call them.

`python -m local.events.pump worker` polls the queues; several may run side by side, each in a process of its own, like
concurrent Lambda instances. `python -m local.events.pump clock` runs the schedules. Both need the app's environment and
exit on SIGTERM after the current event.
"""

import argparse
import logging
import signal
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
from chalice.cli.factory import CLIFactory
from chalice.local import LambdaContext

from local import lifeline
from local.data_dir import PROJECT
from local.events.queues import Event, carry
from local.events.sources import Schedule, connect, schedules
from local.processes import READY
from local.services import ACCOUNT, REGION

LOOK_OUT_SECONDS = 1
EVERY_SECONDS = 60  # a laptop is looked after more often than the cloud
FIRST_SECONDS = 5

log = logging.getLogger("pump")


def main() -> None:
    """Carry events or keep time, as the argument says."""
    parser = argparse.ArgumentParser(prog="python -m local.events.pump", description=__doc__)
    parser.add_argument("part", choices=["worker", "clock"])
    part = parser.parse_args().part
    logging.basicConfig(format="%(asctime)s %(message)s")
    log.setLevel(logging.INFO)
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    lifeline.ends_with_the_runner()
    app = _app()
    if part == "worker":
        work(app.event_sources, invoker(app), ending)
    else:
        keep_time(schedules(app.event_sources, at_most=EVERY_SECONDS), invoker(app), ending)


def work(configs: list[Any], handle: Callable[[str, Event], Any], ending: threading.Event) -> None:
    """Carry from each source in turn until told to end."""
    sqs = boto3.client("sqs")
    sources = connect(configs, sqs, boto3.client("s3"))
    log.info("%s: %s", READY, ", ".join(source.handler for source in sources) or "no handler takes events")
    while not ending.is_set():
        for source in sources:
            carry(sqs, source, handle, wait=LOOK_OUT_SECONDS)
        if not sources:
            ending.wait()


def keep_time(kept: list[Schedule], handle: Callable[[str, Event], Any], ending: threading.Event) -> None:
    """Call each schedule's handler when it is due; one that fails is called again at its next time."""
    due = {schedule: time.monotonic() + FIRST_SECONDS for schedule in kept}
    log.info("%s: %s", READY, ", ".join(f"{s.handler} every {s.seconds} s" for s in kept) or "nothing is scheduled")
    while not ending.is_set():
        for schedule, at in due.items():
            if time.monotonic() >= at:
                due[schedule] = time.monotonic() + schedule.seconds
                try:
                    handle(schedule.handler, scheduled_event(schedule.handler))
                except Exception:
                    log.exception("%s failed", schedule.handler)
        ending.wait(max(min(due.values(), default=float("inf")) - time.monotonic(), 0) if due else None)


def scheduled_event(handler: str) -> Event:
    """What EventBridge says at the time of a schedule."""
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


def invoker(app: Any) -> Callable[[str, Event], Any]:
    """Call a handler by its name, with the time limit and memory that the deployment gives it."""
    config = CLIFactory(str(PROJECT)).create_config_obj(chalice_stage_name="local")

    def invoke(name: str, event: Event) -> Any:
        limits = config.scope("local", name)
        context = LambdaContext(name, limits.lambda_memory_size, max_runtime_ms=1000 * limits.lambda_timeout)
        return app.handler_map[name](event, context)

    return invoke


def _app() -> Any:
    from app import app

    return app


if __name__ == "__main__":
    main()
