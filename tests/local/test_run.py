"""`make run` end to end: startup message, upload, kill, restart with the photo still there, Ctrl-C."""

import http.client
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.errors import UserError
from local.library import check_ports_free
from local.ports import HOST, Ports
from local.tokens import fetch_token
from tests.support.images.tiny import encode_image

pytestmark = pytest.mark.cloud
START_TIMEOUT_SECONDS = 60


@pytest.fixture(scope="module")
def ports() -> Ports:
    """Three consecutive free ports."""
    while True:
        ports = Ports.from_api_port(random.randrange(20000, 50000))
        try:
            check_ports_free(ports)
        except UserError:
            continue
        return ports


@contextmanager
def run(ports: Ports, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m local run`, ready, in its own process group; its output goes to `output.txt`."""
    command = [sys.executable, "-m", "local", "run", "--port", str(ports.api), "--data", str(data)]
    with (data / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while "Press Ctrl-C to stop" not in (data / "output.txt").read_text():
            assert process.poll() is None, (data / "output.txt").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def request(ports: Ports, path: str, method: str = "GET", **more: Any) -> Any:
    with closing(http.client.HTTPConnection(HOST, ports.api, timeout=30)) as connection:
        connection.request(method, path, **more)
        response = connection.getresponse()
        assert response.status == http.client.OK, response.read()
        return json.loads(response.read())


def photos(ports: Ports, *, state: str) -> list[str]:
    items = request(ports, "/gallery/articles?tag=beach&scope=public")["items"]
    return [photo["photo_id"] for photo in items if photo["state"] == state]


def readable_by_others(data: Path) -> list[str]:
    """What the library has created in its directory and others may read; `output.txt` is the test's own."""
    return [
        f"{path.relative_to(data)} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in data.rglob("*")
        if path.stat().st_mode & 0o077 and path.name != "output.txt"
    ]


def test_photo_survives_kill_and_ctrl_c_stops_cleanly(ports: Ports, tmp_path: Path) -> None:
    tmp_path.joinpath("output.txt").touch()
    form = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    file = (
        b'--x\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n\r\n%s\r\n--x--\r\n' % encode_image()
    )
    with run(ports, tmp_path) as first:
        headers = {
            "Authorization": f"Bearer {fetch_token(tmp_path, ports, 'demo')}",
            "Content-Type": "multipart/form-data; boundary=x",
        }
        body = form % (b"label", b"Beach") + form % (b"status", b"public") + file
        photo_id = request(ports, "/upload", method="POST", body=body, headers=headers)["photo_id"]
        deadline = time.monotonic() + 30
        while photos(ports, state="ready") != [photo_id]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()

    with run(ports, tmp_path) as second:
        assert photos(ports, state="ready") == [photo_id]
        me = request(ports, "/me", headers={"Authorization": f"Bearer {fetch_token(tmp_path, ports, 'demo')}"})
        assert me["library_owner"] is True
        os.killpg(second.pid, signal.SIGINT)
        assert second.wait(30) == 0
    output = (tmp_path / "output.txt").read_text()
    assert output.endswith(f"Tintype has stopped. Your data is in {tmp_path}.\n")
    assert "Traceback" not in output
    assert readable_by_others(tmp_path) == []
    check_ports_free(ports)
