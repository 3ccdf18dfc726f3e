import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chalicelib.observability import logger
from local import processes
from local.errors import UserError
from local.processes import ChildProcess, Supervisor, clean_environment
from local.run import WarningFilter, notices

SLEEP = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
EXIT_WITH_PARENT = [
    sys.executable,
    "-c",
    """
import time
from local.parent_process import exit_with_parent
exit_with_parent()
print("ready", flush=True)
time.sleep(60)
""",
]
PARENT = """
import sys, time
from pathlib import Path
from local.processes import ChildProcess, Supervisor, clean_environment
supervisor = Supervisor(Path(sys.argv[1]))
child = supervisor.start("child", sys.argv[2:], clean_environment())
while not child.has_logged("ready"): time.sleep(0.02)
print(child.process.pid, flush=True)
time.sleep(60)
"""


def wait_for(condition: object, seconds: float = 5) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_new_lines_of_a_log_are_read_once(tmp_path: Path) -> None:
    child = ChildProcess("child", SLEEP, clean_environment(), tmp_path / "child.log")
    assert child.new_lines("damaged: ") == []
    child.log.write_text("ready\ndamaged: a\ndamaged: incompl")
    assert child.new_lines("damaged: ") == ["damaged: a"]
    assert child.new_lines("damaged: ") == []
    with child.log.open("a") as log:
        log.write("ete\nready\n")
    assert child.new_lines("damaged: ") == ["damaged: incomplete"]
    child.log.write_text("")
    assert child.new_lines("damaged: ") == []
    child.log.write_text("damaged: b\n")
    assert child.new_lines("damaged: ") == ["damaged: b"]


def test_restart_renames_previous_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    child = supervisor.start("sleep", SLEEP, clean_environment())
    assert wait_for(lambda: child.has_logged("ready"))
    child.stop()
    child.start()
    assert (tmp_path / "sleep.previous.log").read_text() == "ready\n"
    supervisor.stop()


def test_same_warnings_in_a_row_are_printed_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    logger().info("Reconciled", extra={"photo_id": "p1"})
    logger().warning("Metadata was not applied.", extra={"photo_id": "p1"})
    lines = [logger().registered_handler.format(record) for record in caplog.records]
    child = ChildProcess("poller-1", SLEEP, clean_environment(), tmp_path / "poller-1.log")
    clock = [100.0]
    warnings = WarningFilter(lambda: clock[0])
    child.log.write_text("\n".join([*lines, "damaged: a", *lines, '{"level":"WARNING",', ""]))
    warning = f"Metadata was not applied. (More in {tmp_path})"
    assert notices(child, warnings) == [warning, "damaged: a"]
    printed = []
    for seconds in (4, 4, 5, 1):
        clock[0] += seconds
        with child.log.open("a") as log:
            log.write("\n".join([*lines, "damaged: a", ""]))
        printed.append(notices(child, warnings))
    assert printed == [["damaged: a"], ["damaged: a"], [warning, "damaged: a"], ["damaged: a"]]


def test_lines_before_an_exit_and_a_restart_are_read(tmp_path: Path) -> None:
    child = ChildProcess(
        "child", [sys.executable, "-c", "print('damaged: a')"], clean_environment(), tmp_path / "c.log"
    )
    child.log.write_text("damaged: in another run\n")
    for _ in range(2):
        child.start()
        assert wait_for(lambda: not child.running)
        child.restart_after_exit(0)
        assert child.new_lines("damaged: ")[:1] == ["damaged: a"]
        child.stop()
        child.new_lines()


WRITER = """
import sys
for line in sys.stdin:
    print(line, end="", flush=True)
"""


def test_large_log_becomes_the_previous_log_while_the_child_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MAX_LOG_BYTES", 10)
    supervisor = Supervisor(tmp_path)
    child = supervisor.start("writer", [sys.executable, "-c", WRITER], clean_environment())
    previous = tmp_path / "writer.previous.log"
    for number in range(3):
        assert child.process is not None
        assert child.process.stdin is not None
        child.process.stdin.write(b"damaged: %d\n" % number)
        child.process.stdin.flush()
        assert wait_for(lambda: child.log.stat().st_size)
        child.limit_log()
        assert (child.log.read_bytes(), previous.read_text()) == (b"", f"damaged: {number}\n")
        child.limit_log()  # nothing to do
        assert child.new_lines("damaged: ") == [f"damaged: {number}"]
    assert stat.S_IMODE(previous.stat().st_mode) == 0o600
    supervisor.stop()


def test_child_that_exits_at_start_is_reported_with_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.start("broken", [sys.executable, "-c", "raise SystemExit('no')"], clean_environment())
    with pytest.raises(UserError, match=r"The API failed to start: process broken exited; see .*broken\.log"):
        supervisor.wait_until_ready("The API", lambda: False, timeout_seconds=5)
    supervisor.stop()


def test_stop_terminates_all_children(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    processes = [supervisor.start(name, SLEEP, clean_environment()).process for name in ("one", "two")]
    supervisor.stop()
    assert [process.poll() for process in processes if process] == [-signal.SIGTERM, -signal.SIGTERM]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the state of a process from /proc")
def test_child_exits_when_parent_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), *EXIT_WITH_PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    assert wait_for(lambda: not is_alive(pid))


def test_child_ignores_sigint(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    child = supervisor.start("sleep", SLEEP, clean_environment())
    assert wait_for(lambda: child.has_logged("ready"))
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGINT)
    time.sleep(0.2)
    assert child.running
    supervisor.stop()


@pytest.mark.parametrize(
    "name", ["AWS_PROFILE", "TINTYPE_PHOTOS_TABLE", "LOG_LEVEL", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_DEV"]
)
def test_clean_environment_drops_variables_that_change_the_app(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "ERROR")
    assert name not in clean_environment()


def test_exited_child_is_restarted_until_it_keeps_exiting(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    child = supervisor.start("sleep", SLEEP, clean_environment())
    for now in (0.0, 1.0, 2.0):
        assert child.process is not None
        child.process.kill()
        child.process.wait()
        assert supervisor.exited() == [child]
        child.restart_after_exit(now)
        assert supervisor.exited() == []
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    with pytest.raises(UserError, match=r"Process sleep keeps exiting \(killed by SIGKILL\); see .*sleep\.log"):
        child.restart_after_exit(59.0)
    child.restart_after_exit(60.5)  # the first restart was a minute ago
    supervisor.stop()
