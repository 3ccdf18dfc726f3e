import os
import sys

import pytest

from benchmarks.imports.commands import run_command

# Two processes, one with 50 MB, for longer than a sample; then half a second of CPU in the child.
PROGRAM = """
import subprocess, sys
subprocess.run([sys.executable, "-c", '''
import time
data = b"x" * 50_000_000
while time.process_time() < 0.5:
    pass
'''], check=True)
"""


def test_usage_includes_child_processes() -> None:
    usage = run_command([sys.executable, "-c", PROGRAM], os.environ)
    assert usage.peak_bytes > 50_000_000
    assert usage.cpu_seconds >= 0.5
    assert usage.seconds >= 0.5


def test_failed_command_raises_with_its_output() -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3: not this time"):
        run_command([sys.executable, "-c", "import sys; print('not this time'); sys.exit(3)"], os.environ)
