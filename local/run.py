"""`make run` and `make services`: a library in the foreground, until Ctrl-C.

Prints the startup message, restarts the app when its code changes, and restarts processes that exit. If one keeps
exiting, everything stops with one line that names its log.
"""

import json
import resource
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from watchfiles import watch

from local import library as libraries
from local import startup_message
from local.data_dir import PROJECT
from local.database import DAMAGED
from local.library import Library
from local.ports import Ports
from local.processes import ChildProcess

WATCHED_PATHS = (PROJECT / "app.py", PROJECT / "chalicelib", PROJECT / ".chalice" / "config.json")
WARNING = '{"level":"WARNING",'  # starts each warning in the app's log
WATCH_INTERVAL_MS = 500
OPEN_FILES = 8192  # each connection is one; macOS allows 256 by default
WARNING_PAUSE_SECONDS = 5.0  # without a warning, after which it is printed again
EDIT_SECONDS = 20.0  # a process that exits within this time of a code change probably has an unfinished edit


def run(data: Path, ports: Ports, *, api: bool, pam: str = "", choices: Mapping[str, str] | None = None) -> None:
    """Run until Ctrl-C or SIGTERM; raises UserError if the library cannot start or a process keeps exiting."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    allow_open_files(OPEN_FILES)
    libraries.check_ports_free(ports)
    print("Starting Tintype…", flush=True)
    try:
        with libraries.run_library(data, ports, api=api, pam=pam, choices=choices) as library:
            print(startup_message.text(library, data, api=api), flush=True)
            try:
                _supervise(library)
            finally:
                for number in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C must not interrupt the shutdown
                    signal.signal(number, signal.SIG_IGN)
                print("\nStopping…", flush=True)
    except KeyboardInterrupt:
        print(f"Tintype has stopped. Your data is in {data}.", flush=True)


def allow_open_files(number: int) -> None:
    """Let this process and its children have so many files and connections open, if the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _supervise(library: Library) -> None:
    """Restart the app at each code change and each process that exits; raises UserError if one keeps exiting."""
    warnings = WarningFilter()
    broken: set[str] = set()  # processes that a code change has broken; they restart at the next change
    changed_at = float("-inf")
    for changes in watch(*WATCHED_PATHS, rust_timeout=WATCH_INTERVAL_MS, yield_on_timeout=True):
        if changes:
            names = sorted({Path(path).name for _, path in changes})
            print(f"{', '.join(names)} changed; restarting the app.", flush=True)
            _restart_app(library)
            broken, changed_at = set(), time.monotonic()
        for child in library.supervisor.children:
            for notice in notices(child, warnings):
                print(notice, flush=True)
            child.limit_log()
        for child in library.supervisor.exited():
            if child.name in broken:
                continue
            if child in library.app_processes() and time.monotonic() - changed_at < EDIT_SECONDS:
                if not broken:
                    print(f"The app failed to start (see {child.log}); it restarts at the next change.", flush=True)
                broken.add(child.name)
            else:
                reason = child.exit_reason()
                child.restart_after_exit(time.monotonic())
                print(f"Process {child.name} exited ({reason}) and was restarted.", flush=True)


class WarningFilter:
    """Selects the warnings to print: of the same ones in a row, as of many copied files, the first."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._logged_at: dict[str, float] = {}

    def is_new(self, message: str) -> bool:
        """Whether this warning has not been logged for WARNING_PAUSE_SECONDS; call it once for each logged one."""
        now, before = self._monotonic(), self._logged_at.get(message, float("-inf"))
        self._logged_at[message] = now
        return now - before >= WARNING_PAUSE_SECONDS


def notices(child: ChildProcess, warnings: WarningFilter) -> list[str]:
    """What the user has to know of the new lines in a process's log: damage, and warnings."""
    found = []
    for line in child.new_lines(DAMAGED, WARNING):
        if line.startswith(DAMAGED):
            found.append(line)
        elif (message := _warning_message(line)) and warnings.is_new(message):
            found.append(f"{message} (More in {child.log.parent})")
    return found


def _warning_message(line: str) -> str:
    """The message of a line in the app's log; an empty string if the line is not complete."""
    try:
        return str(json.loads(line)["message"])
    except (ValueError, KeyError):
        return ""


def _restart_app(library: Library) -> None:
    children: list[ChildProcess] = list(library.app_processes())
    for child in children:
        child.terminate()
    for child in children:
        child.stop()
        child.start()
