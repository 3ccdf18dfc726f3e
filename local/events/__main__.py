"""Event processing: calls the app's event handlers as Lambda does.

`python -m local.events poller` polls the queues, one event of each at a time; several may run at once, like concurrent
Lambda instances. `python -m local.events scheduler` runs the schedules. Both need the app's environment and exit on
SIGTERM after the current event, but at once if their library has died: the next one assumes that they are gone.
"""

import argparse
import logging
import os
import signal
import threading
from typing import Any

from local import parent_process
from local.events import poller, scheduler
from local.events.lambda_runtime import invoker


def main() -> None:
    """Run the poller or the scheduler until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m local.events", description=__doc__)
    parser.add_argument("role", choices=["poller", "scheduler"])
    arguments = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("local.events").setLevel(logging.INFO)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    parent_process.call_on_parent_exit(lambda: os._exit(1))
    app = _app()
    if arguments.role == "poller":
        poller.poll(app.event_sources, invoker(app), stopping)
    else:
        scheduler.run_schedules(app.event_sources, invoker(app), stopping)


def _app() -> Any:
    from app import app

    return app


if __name__ == "__main__":
    main()
