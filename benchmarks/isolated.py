"""One measurement in a process of its own: CPU seconds of the work alone, and peak memory of the whole process."""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass

# Runs `setup` once, then `work` some times; what is imported by the setup is in the memory, not in the time.
PROGRAM = """
import json, resource, sys, time
setup, work, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
scope = {}
exec(setup, scope)
code = compile(work, "work", "exec")
spent = []
for _ in range(times):
    began = time.process_time()
    exec(code, scope)
    spent.append(time.process_time() - began)
if sys.platform == "linux":  # ru_maxrss begins with what the parent held when it forked
    peak = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"spent": spent, "peak": peak}))
"""


@dataclass(frozen=True)
class Figures:
    """CPU milliseconds (median) and peak megabytes."""

    cpu_ms: float
    peak_mb: float


def measured(setup: str, work: str, times: int = 5) -> Figures:
    """Run the work in a fresh interpreter; the first run, which warms up, does not count."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, setup, work, str(times + 1)], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    found = json.loads(ran.stdout)
    return Figures(statistics.median(found["spent"][1:]) * 1000, found["peak"] / 1e6)
