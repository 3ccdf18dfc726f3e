"""Runs a command in a process and measures its time, CPU and memory."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile

from benchmarks.library.resources import memory_of

SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds, CPU seconds and peak bytes of a command and its descendants."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run_command(arguments: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run a command to its end; raises RuntimeError with its output if it fails.

    Descendants count toward the CPU seconds if the command has waited for them.
    """
    with TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            arguments, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        peak = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, memory_of([process.pid]).peak)
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{arguments[0]} ended with {process.returncode}: {output.read()[-2000:].decode()}")
    return Usage(seconds, usage.ru_utime + usage.ru_stime, peak)
