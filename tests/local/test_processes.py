import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.errors import Problem
from local.processes import Children, plain_environment

SLEEPS = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
FOLLOWS = [
    sys.executable,
    "-c",
    "import time, local.lifeline; local.lifeline.ends_with_the_runner(); print('ready', flush=True); time.sleep(60)",
]
RUNNER = """
import sys, time
from pathlib import Path
from local.processes import Children, plain_environment
children = Children(Path(sys.argv[1]))
child = children.start("follows", sys.argv[2:], plain_environment())
while not child.said("ready"): time.sleep(0.02)
print(child.process.pid, flush=True)
time.sleep(60)
"""


def wait_for(condition: object, seconds: float = 5) -> bool:
    assert callable(condition)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_a_child_writes_to_its_log_and_the_log_before_is_kept(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start("sleeps", SLEEPS, plain_environment())
    assert wait_for(lambda: child.said("ready"))
    child.stop()
    child.start()
    assert (tmp_path / "sleeps.before.log").read_text() == "ready\n"
    children.stop()


def test_a_child_that_cannot_start_is_named_with_its_log(tmp_path: Path) -> None:
    children = Children(tmp_path)
    children.start("broken", [sys.executable, "-c", "raise SystemExit('no')"], plain_environment())
    with pytest.raises(Problem, match=r"The API cannot start: .* broken ended; why stands in .*broken\.log"):
        children.wait_for("The API", lambda: False, seconds=5)
    children.stop()


def test_stopping_ends_all_of_them(tmp_path: Path) -> None:
    children = Children(tmp_path)
    pids = [children.start(name, SLEEPS, plain_environment()).process for name in ("one", "two")]
    children.stop()
    assert [process.poll() for process in pids if process] == [-signal.SIGTERM, -signal.SIGTERM]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the state of a process from /proc")
def test_no_child_outlives_a_killed_runner(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUNNER, str(tmp_path), *FOLLOWS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdout is not None
        pid = int(runner.stdout.readline())
        assert is_alive(pid)
        runner.kill()
    assert wait_for(lambda: not is_alive(pid))


def test_ctrl_c_is_for_the_runner_alone(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start("sleeps", SLEEPS, plain_environment())
    assert wait_for(lambda: child.said("ready"))
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGINT)
    time.sleep(0.2)
    assert child.running
    children.stop()


def test_nobodys_cloud_leaks_into_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("TINTYPE_PHOTOS_TABLE", "real")
    environment = plain_environment()
    assert "AWS_PROFILE" not in environment
    assert "TINTYPE_PHOTOS_TABLE" not in environment
