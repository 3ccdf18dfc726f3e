import os
import subprocess
import sys
from pathlib import Path

from benchmarks.library.resources import disk_bytes, memory_of


def test_memory_includes_child_processes() -> None:
    program = "import sys; data = b'x' * 50_000_000; print('ready', flush=True); sys.stdin.read()"
    before = memory_of([os.getpid()])
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        child.stdout.readline()
        after = memory_of([os.getpid()])
        child.communicate()
    assert after.resident - before.resident > 50_000_000
    assert after.peak >= after.resident


def test_memory_of_an_exited_process_is_zero() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert memory_of([child.pid]).resident == 0


def test_disk_bytes_are_those_in_use(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(os.urandom(100_000))
    assert 100_000 <= disk_bytes(tmp_path) < 130_000
