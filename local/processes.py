"""Child processes of a running library, each with its own log file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.data_dir import PROJECT
from local.errors import UserError

READY_MARKER = "ready"  # logged by a child without a port when it is ready
STOP_TIMEOUT_SECONDS = 10.0  # after SIGTERM, before SIGKILL


@dataclass(slots=True)
class ChildProcess:
    """A restartable process and its log file."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it with an empty log; the previous run's log is renamed."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous.log"))
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited: Ctrl-C is handled by the parent only
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
            signal.signal(signal.SIGINT, handler)

    def terminate(self) -> None:
        """Send SIGTERM, without waiting."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Terminate it and wait; kill it if it does not exit in time."""
        if self.process is None:
            return
        self.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not exited."""
        return self.process is not None and self.process.poll() is None

    def has_logged(self, text: str) -> bool:
        """Whether its log contains the text."""
        return text in self.log.read_text(errors="replace")


@dataclass(slots=True)
class Supervisor:
    """Starts and stops the child processes of one library."""

    logs: Path
    children: list[ChildProcess] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> ChildProcess:
        """Start a child that logs to `{logs}/{name}.log`."""
        child = ChildProcess(name, command, environment, self.logs / f"{name}.log")
        self.children.append(child)
        child.start()
        return child

    def first_exited(self) -> ChildProcess | None:
        """The first child that exited unexpectedly, or None."""
        return next((child for child in self.children if not child.running), None)

    def wait_until_ready(self, label: str, is_ready: Callable[[], bool], *, timeout_seconds: float) -> None:
        """Poll until ready; raises UserError with the log's path on timeout or if a child exits."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if is_ready():
                return
            if child := self.first_exited():
                raise UserError(f"{label} failed to start: process {child.name} exited; see {child.log}")
            time.sleep(0.05)
        raise UserError(f"{label} is not ready after {timeout_seconds:.0f} seconds; see the logs in {self.logs}")

    def stop(self) -> None:
        """Stop all children; the first, which the others depend on, comes last."""
        for child in self.children[1:]:
            child.terminate()
        while self.children:
            self.children.pop().stop()


def module_command(name: str, *arguments: str) -> list[str]:
    """The command that runs a module with this interpreter."""
    return [sys.executable, "-m", name, *arguments]


def clean_environment() -> dict[str, str]:
    """This process's environment without AWS credentials, profile, region or settings of Tintype."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TINTYPE_"))}
    return environment | {
        "PYTHONUNBUFFERED": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
