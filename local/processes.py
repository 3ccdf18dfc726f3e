"""Child processes of a running library: each with its own log, ended in the reverse order of their start."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.home import PROJECT

PATIENCE = 10.0  # seconds a child gets to end by itself


@dataclass(frozen=True, slots=True)
class Child:
    """One process, and where it writes."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None


@dataclass(slots=True)
class Children:
    """The processes of one library."""

    logs: Path
    started: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start one more; its output goes to `{logs}/{name}.log`, of which the last run is kept beside it."""
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".before.log"))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited: Ctrl-C is for the runner alone
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(
                    command, cwd=PROJECT, env=dict(environment), stdin=subprocess.PIPE, stdout=output, stderr=output
                )
        finally:
            signal.signal(signal.SIGINT, before)
        child = Child(name, log, process)
        self.started.append(child)
        return child

    def ended(self) -> Child | None:
        """One that ended though nobody asked it to."""
        return next((child for child in self.started if not child.running), None)

    def stop(self) -> None:
        """End them all, the last one first; one that does not listen is killed."""
        while self.started:
            child = self.started.pop()
            if child.running:
                child.process.terminate()
            try:
                child.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            if child.process.stdin:
                child.process.stdin.close()


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


def wait_until(answers: Callable[[], bool], children: Children, seconds: float) -> bool:
    """Ask again and again until it answers true; false when the time is over or a child ended first."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and children.ended() is None:
        if answers():
            return True
        time.sleep(0.05)
    return False
