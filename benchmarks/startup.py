"""Measures the import of the app, which an API function does before its first response."""

import subprocess
import sys
from collections.abc import Iterator

TIMES = 7
HEAVY = ("PIL", "boto3", "botocore", "jwt", "cryptography", "aws_lambda_powertools")
PROGRAM = """
import os, sys, time
os.environ |= {"TINTYPE_STAGE": "bench", "TINTYPE_ORIGINALS_BUCKET": "bench", "TINTYPE_BUNDLES_QUEUE": "bench"}
started = time.process_time()
import PROGRAM
print((time.process_time() - started) * 1000, len(sys.modules), *(m for m in HEAVY if m in sys.modules))
"""


def run() -> Iterator[str]:
    """The table: CPU milliseconds (median), number of modules, and heavy modules."""
    yield "| import | CPU | modules | heavy modules |"
    yield "| --- | ---: | ---: | --- |"
    for name in ("app", "chalice", "boto3"):
        program = PROGRAM.replace("PROGRAM", name).replace("HEAVY", repr(HEAVY))
        runs = sorted(
            (subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)).stdout.split()
            for _ in range(TIMES)
        )
        cpu = sorted(float(run[0]) for run in runs)[TIMES // 2]
        yield f"| `{name}` | {cpu:.0f} ms | {runs[0][1]} | {', '.join(runs[0][2:]) or 'none'} |"
    yield "\nTarget: `import app` below 300 ms CPU, without Pillow."
