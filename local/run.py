"""`make run` and `make services`: a library in the foreground, until Ctrl-C.

Prints the startup message, restarts the app when its code changes and stops with the log's path if a process exits.
"""

import signal
from pathlib import Path

from watchfiles import watch

from local import library as libraries
from local import startup_message
from local.data_dir import PROJECT
from local.errors import UserError
from local.library import Library
from local.ports import Ports
from local.processes import ChildProcess

WATCHED_PATHS = (PROJECT / "app.py", PROJECT / "chalicelib", PROJECT / ".chalice" / "config.json")
WATCH_INTERVAL_MS = 500


def run(data: Path, ports: Ports, *, api: bool) -> None:
    """Run until Ctrl-C or SIGTERM; raises UserError if the library cannot start or a process exits."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    libraries.check_ports_free(ports)
    print("Starting Tintype…", flush=True)
    try:
        with libraries.run_library(data, ports, api=api) as library:
            print(startup_message.text(library, data, api=api), flush=True)
            try:
                _supervise(library)
            finally:
                for number in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C must not interrupt the shutdown
                    signal.signal(number, signal.SIG_IGN)
                print("\nStopping…", flush=True)
    except KeyboardInterrupt:
        print(f"Tintype has stopped. Your data is in {data}.", flush=True)


def _supervise(library: Library) -> None:
    """Restart the app's processes at each code change; never returns, raises UserError if a process exits."""
    code_changed = False
    failure_reported = False
    for changes in watch(*WATCHED_PATHS, rust_timeout=WATCH_INTERVAL_MS, yield_on_timeout=True):
        if changes:
            names = sorted({Path(path).name for _, path in changes})
            print(f"{', '.join(names)} changed; restarting the app.", flush=True)
            _restart_app(library)
            code_changed, failure_reported = True, False
        for child in library.supervisor.children:
            if child.running or (failure_reported and child in library.app_processes()):
                continue
            if not code_changed or child not in library.app_processes():
                raise UserError(f"Process {child.name} exited unexpectedly; see {child.log}")
            failure_reported = True  # probably an unfinished edit
            print(f"The app failed to start (see {child.log}); it restarts at the next change.", flush=True)


def _restart_app(library: Library) -> None:
    children: list[ChildProcess] = list(library.app_processes())
    for child in children:
        child.terminate()
    for child in children:
        child.stop()
        child.start()
