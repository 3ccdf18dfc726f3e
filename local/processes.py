"""Child processes of a running library: each with its own log, ended in the reverse order of their start."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.data_dir import PROJECT
from local.errors import Problem

READY = "ready"  # the word that a child without a port writes to its log once it works
PATIENCE = 10.0  # seconds a child gets to end by itself


@dataclass(slots=True)
class Child:
    """One process that can be started again, and where it writes."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it with an empty log; the log of the last run is kept beside it."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".before.log"))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited: Ctrl-C is for the runner alone
        try:
            with self.log.open("wb") as output:
                self.process = subprocess.Popen(
                    self.command,
                    cwd=PROJECT,
                    env=dict(self.environment),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                )
        finally:
            signal.signal(signal.SIGINT, before)

    def ask_to_end(self) -> None:
        """Tell it to finish what it has in hand."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """End it, by force where it does not listen."""
        if self.process is None:
            return
        self.ask_to_end()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def said(self, word: str) -> bool:
        """Whether the word stands in its log."""
        return word in self.log.read_text(errors="replace")


@dataclass(slots=True)
class Children:
    """The processes of one library."""

    logs: Path
    started: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start one more; it writes to `{logs}/{name}.log`."""
        child = Child(name, command, environment, self.logs / f"{name}.log")
        self.started.append(child)
        child.start()
        return child

    def ended(self) -> Child | None:
        """One that ended though nobody asked it to."""
        return next((child for child in self.started if not child.running), None)

    def wait_for(self, what: str, ready: Callable[[], bool], *, seconds: float) -> None:
        """Ask until it is ready; raises Problem naming the log when that takes too long or a child ends instead."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if ready():
                return
            if child := self.ended():
                raise Problem(f"{what} cannot start: its process {child.name} ended; why stands in {child.log}")
            time.sleep(0.05)
        raise Problem(f"{what} does not answer after {seconds:.0f} seconds; the logs are in {self.logs}")

    def stop(self) -> None:
        """End them all: together, but for the first, on which the others stand."""
        for child in self.started[1:]:
            child.ask_to_end()
        while self.started:
            self.started.pop().stop()


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules with this interpreter."""
    return [sys.executable, "-m", name, *arguments]


def plain_environment() -> dict[str, str]:
    """This process's environment without anybody's cloud in it: no credentials, profile, region or setting leaks in."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TINTYPE_"))}
    return environment | {
        "PYTHONUNBUFFERED": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
