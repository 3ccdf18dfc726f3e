"""`make run` and `make services`: a library in a terminal, until Ctrl-C.

It says once what there is to know, starts the app again when its code changes, and names the log when a process ends by
itself.
"""

import signal
from pathlib import Path

from watchfiles import watch

from local import banner, library
from local.data_dir import PROJECT
from local.errors import Problem
from local.library import Library
from local.ports import Ports
from local.processes import Child

CODE = (PROJECT / "app.py", PROJECT / "chalicelib", PROJECT / ".chalice" / "config.json")
LOOK_EVERY_MS = 500


def run(data: Path, ports: Ports, *, api: bool) -> None:
    """Run until Ctrl-C or SIGTERM; raises Problem where it cannot start or a process ends by itself."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    library.refuse_taken(ports)
    print("Starting the library…", flush=True)
    try:
        with library.running(data, ports, api=api) as running:
            print(banner.text(running, data, api=api), flush=True)
            try:
                _look_after(running)
            finally:
                for number in (signal.SIGINT, signal.SIGTERM):  # once is enough; now it ends in order
                    signal.signal(number, signal.SIG_IGN)
                print("\nEnding…", flush=True)
    except KeyboardInterrupt:
        print(f"The library has ended. Everything is kept in {data}.", flush=True)


def _look_after(running: Library) -> None:
    """Start the app's processes again at each change of code; returns never, raises Problem when one ends by itself."""
    changed = False
    told = False
    for changes in watch(*CODE, rust_timeout=LOOK_EVERY_MS, yield_on_timeout=True):
        if changes:
            names = sorted({Path(path).name for _, path in changes})
            print(f"{', '.join(names)} changed: the app starts again.", flush=True)
            _restart(running)
            changed, told = True, False
        for child in running.children.started:
            if child.running or (told and child in running.code()):
                continue
            if not changed or child not in running.code():
                raise Problem(f"The process {child.name} ended by itself; why stands in {child.log}")
            told = True  # somebody is in the middle of writing
            print(f"The app cannot run this code ({child.log}); it starts again at the next change.", flush=True)


def _restart(running: Library) -> None:
    children: list[Child] = list(running.code())
    for child in children:
        child.ask_to_end()
    for child in children:
        child.stop()
        child.start()
