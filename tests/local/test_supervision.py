"""`make run` under faults and load: each process killed alone, and a hundred connections at once."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local.library import check_ports_free
from local.ports import HOST, Ports
from local.tokens import fetch_token
from tests.local.test_run import photos, ports, request, run  # noqa: F401 (a fixture)
from tests.support.images.tiny import encode_image

pytestmark = pytest.mark.cloud
CONNECTIONS = 100
TIMEOUT_SECONDS = 60
CHILDREN = {
    "services": "local.ministack",
    "api": "local.api",
    "page": "local.site.server",
    "poller-1": "poller",  # the second test kills the scheduler
}


def child_with(parent: int, text: str) -> int:
    """The process id of the first child whose command contains the text."""
    command = ["pgrep", "-P", str(parent), "-f", text]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; an unreachable process counts as not yet."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            if condition():
                return
        except (OSError, AssertionError):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_for_line(output: Path, line: str) -> None:
    """Wait until the output of `make run` contains the line."""
    wait_for(lambda: line in output.read_text())


def wait_for_restart(library: subprocess.Popen[bytes], output: Path, number: int) -> None:
    """Wait until that many processes were restarted, or the library has ended."""
    wait_for(lambda: library.poll() is not None or output.read_text().count("was restarted") >= number)


def upload(ports: Ports, data: Path, name: str) -> str:  # noqa: F811
    """Upload a photo, different for each name, with the label `Beach`; returns its id."""
    form = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n\r\n%s\r\n--x--\r\n'
    body = form % (b"label", b"Beach") + form % (b"status", b"public") + file % (encode_image() + name.encode())
    headers = {
        "Authorization": f"Bearer {fetch_token(data, ports, 'demo')}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    return str(request(ports, "/upload", method="POST", body=body, headers=headers)["photo_id"])


def statuses(port: int, path: str) -> list[bytes]:
    """The statuses of a request on each of many connections that were opened and written at once."""
    connections = [socket.create_connection((HOST, port), timeout=TIMEOUT_SECONDS) for _ in range(CONNECTIONS)]
    try:
        for connection in connections:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: */*\r\n\r\n".encode())
        return [connection.recv(64).split(b" ", 2)[1] for connection in connections]
    finally:
        for connection in connections:
            with closing(connection):
                pass


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the library."""
    return tmp_path_factory.mktemp("supervised")


@pytest.fixture(scope="module")
def library(ports: Ports, data: Path) -> Iterator[subprocess.Popen[bytes]]:  # noqa: F811
    """A running library; the second test ends it."""
    (data / "output.txt").touch()
    with run(ports, data) as process:
        yield process


def test_killed_processes_are_restarted_and_many_connections_answered(
    library: subprocess.Popen[bytes],
    ports: Ports,  # noqa: F811
    data: Path,
) -> None:
    first = upload(ports, data, "first")
    wait_for(lambda: photos(ports, state="ready") == [first])
    for name, command in CHILDREN.items():
        os.kill(child_with(library.pid, command), signal.SIGKILL)
        wait_for_line(data / "output.txt", f"Process {name} exited (killed by SIGKILL) and was restarted.")
    wait_for(lambda: bool(request(ports, "/health")))
    wait_for(lambda: statuses(ports.page, "/config.json") == [b"200"] * CONNECTIONS)
    second = upload(ports, data, "second")
    wait_for(lambda: photos(ports, state="ready") == [second, first])
    assert statuses(ports.api, "/gallery/trending?scope=public") == [b"200"] * CONNECTIONS
    assert statuses(ports.services, "/") == [b"403"] * CONNECTIONS, "answered, as unsigned"
    assert fetch_token(data, ports, "demo")


def test_process_that_keeps_exiting_ends_the_library_with_one_line(
    library: subprocess.Popen[bytes],
    ports: Ports,  # noqa: F811
    data: Path,
) -> None:
    output = data / "output.txt"
    before = output.read_text().count("was restarted")
    restarts = 0
    while library.poll() is None and restarts < 10:
        os.kill(child_with(library.pid, "scheduler"), signal.SIGKILL)
        restarts += 1
        wait_for_restart(library, output, before + restarts)
    assert (library.wait(30), restarts) == (1, 4)
    text = output.read_text()
    assert text.count("Process scheduler exited (killed by SIGKILL) and was restarted.") == restarts - 1
    assert text.splitlines()[-1].startswith("Process scheduler keeps exiting (killed by SIGKILL); see ")
    assert "Traceback" not in text
    check_ports_free(ports)
