"""Measures work in a separate process: CPU seconds of the work, and peak memory of the process."""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass

# Runs `setup` once, then `work` several times. Imports of the setup count toward memory, not toward time.
PROGRAM = """
import json, resource, sys, time
setup, work, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
scope = {}
exec(setup, scope)
code = compile(work, "work", "exec")
times_spent = []
for _ in range(times):
    started = time.process_time()
    exec(code, scope)
    times_spent.append(time.process_time() - started)
if sys.platform == "linux":  # ru_maxrss starts with the parent's peak at the fork
    peak = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"times_spent": times_spent, "peak": peak}))
"""


@dataclass(frozen=True)
class Measurement:
    """CPU milliseconds (median) and peak megabytes."""

    cpu_ms: float
    peak_mb: float


def measure(setup: str, work: str, times: int = 5) -> Measurement:
    """Run `work` in a new interpreter; the first run is a warm-up and does not count."""
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, setup, work, str(times + 1)], capture_output=True, text=True, check=False
    )
    if process.returncode:
        raise RuntimeError(process.stderr)
    result = json.loads(process.stdout)
    return Measurement(statistics.median(result["times_spent"][1:]) * 1000, result["peak"] / 1e6)
