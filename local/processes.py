"""Child processes of a running library, each with its own log file."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local.data_dir import PROJECT
from local.errors import UserError

READY_MARKER = "ready"  # logged by a child without a port when it is ready
STOP_TIMEOUT_SECONDS = 10.0  # after SIGTERM, before SIGKILL
MAX_LOG_BYTES = 10_000_000  # of one log; the previous one may be as large
MAX_RESTARTS, RESTART_PERIOD_SECONDS = 3, 60.0


@dataclass(slots=True)
class ChildProcess:
    """A restartable process and its log file; it inherits the file descriptors `pass_fds`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    restarted_at: list[float] = field(default_factory=list)
    _read_bytes: int = 0
    _unread_lines: list[str] = field(default_factory=list)  # of a log that was emptied or renamed

    @property
    def previous_log(self) -> Path:
        """The log of the run before, or the part of this run's log before `limit_log` has emptied it."""
        return self.log.with_suffix(".previous.log")

    def start(self) -> None:
        """Start it with an empty log; the previous run's log is renamed."""
        self._read_bytes = 0
        if self.log.exists():
            self.log.replace(self.previous_log)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited: Ctrl-C is handled by the parent only
        try:
            # It appends, so that it goes on at the start of a log that `limit_log` has emptied.
            with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
                self.process = subprocess.Popen(
                    self.command,
                    cwd=PROJECT,
                    env=dict(self.environment),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    pass_fds=self.pass_fds,
                    umask=0o077,  # what it writes to the data directory is private
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
        self._unread_lines += self._read_lines()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not exited."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """Its exit status, or the negative number of the signal that killed it; None while it runs."""
        return self.process.poll() if self.process else None

    def exit_reason(self) -> str:
        """How it exited: `killed by SIGKILL` or `exit status 1`; empty while it runs."""
        code = self.exit_status
        if code is None:
            return ""
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"

    def restart_after_exit(self, now: float) -> None:
        """Start it again after an unexpected exit; raises UserError after MAX_RESTARTS in RESTART_PERIOD_SECONDS."""
        self.restarted_at = [moment for moment in self.restarted_at if moment > now - RESTART_PERIOD_SECONDS]
        if len(self.restarted_at) >= MAX_RESTARTS:
            raise UserError(f"Process {self.name} keeps exiting ({self.exit_reason()}); see {self.log}")
        self.restarted_at.append(now)
        self.stop()
        self.start()

    def new_lines(self, *starts: str) -> list[str]:
        """The complete lines of its logs that start with one of these and were written since the last call."""
        lines, self._unread_lines = self._unread_lines + self._read_lines(), []
        return [line for line in lines if line.startswith(starts)]

    def _read_lines(self) -> list[str]:
        size = self.log.stat().st_size if self.log.exists() else 0
        if size <= self._read_bytes:
            self._read_bytes = size  # it was emptied
            return []
        with self.log.open("rb") as file:
            file.seek(self._read_bytes)
            complete = file.read().rpartition(b"\n")[0]
        if complete:
            self._read_bytes += len(complete) + 1
        return complete.decode(errors="replace").splitlines()

    def limit_log(self) -> None:
        """Move the content of a log that is too large to the previous log, which is replaced.

        The process goes on writing to the same file; what it writes meanwhile may be lost.
        """
        if not self.log.exists() or self.log.stat().st_size <= MAX_LOG_BYTES:
            return
        self.previous_log.unlink(missing_ok=True)
        with suppress(OSError):  # the disk is full: room is more important than an old log
            self.previous_log.touch(mode=0o600)
            shutil.copyfile(self.log, self.previous_log)
        self._unread_lines += self._read_lines()
        os.truncate(self.log, 0)
        self._read_bytes = 0

    def has_logged(self, text: str) -> bool:
        """Whether its log contains the text."""
        return text in self.log.read_text(errors="replace")


@dataclass(slots=True)
class Supervisor:
    """Starts and stops the child processes of one library."""

    logs: Path
    children: list[ChildProcess] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, pass_fds: Sequence[int] = ()
    ) -> ChildProcess:
        """Start a child that logs to `{logs}/{name}.log` and inherits `pass_fds`."""
        child = ChildProcess(name, command, environment, self.logs / f"{name}.log", pass_fds)
        self.children.append(child)
        child.start()
        return child

    def exited(self) -> list[ChildProcess]:
        """The children that exited unexpectedly."""
        return [child for child in self.children if not child.running]

    def wait_until_ready(self, label: str, is_ready: Callable[[], bool], *, timeout_seconds: float) -> None:
        """Poll until ready; raises UserError with the log's path on timeout or if a child exits."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if is_ready():
                return
            if exited := self.exited():
                raise UserError(f"{label} failed to start: process {exited[0].name} exited; see {exited[0].log}")
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
    """This process's environment without AWS credentials, profile, region, or settings of Tintype and of its log."""
    settings = ("AWS_", "TINTYPE_", "POWERTOOLS_", "LOG_LEVEL")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(settings)}
    return environment | {
        "PYTHONUNBUFFERED": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
