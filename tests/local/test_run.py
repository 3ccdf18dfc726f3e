"""The whole library as a person runs it: banner, a photo, a kill of everything, the photo again, Ctrl-C."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.errors import Problem
from local.library import refuse_taken
from local.ports import HOST, Ports
from local.tokens import token
from tests.support.images.tiny import picture

pytestmark = pytest.mark.cloud
UP_SECONDS = 60


@pytest.fixture
def ports() -> Ports:
    """Three free ports beside each other."""
    while True:
        ports = Ports.beside(random.randrange(20000, 50000))
        try:
            refuse_taken(ports)
        except Problem:
            continue
        return ports


@contextmanager
def run(ports: Ports, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` without make, up, in a process group of its own; its words go to `said`."""
    command = [sys.executable, "-m", "local", "run", "--port", str(ports.api), "--data", str(data)]
    with (data / "said").open("wb") as said:
        process = subprocess.Popen(
            command,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
    try:
        until = time.monotonic() + UP_SECONDS
        while "Ctrl-C ends" not in (data / "said").read_text():
            assert process.poll() is None, (data / "said").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def ask(ports: Ports, path: str, method: str = "GET", **more: Any) -> Any:
    with closing(http.client.HTTPConnection(HOST, ports.api, timeout=30)) as connection:
        connection.request(method, path, **more)
        answer = connection.getresponse()
        assert answer.status == http.client.OK, answer.read()
        return json.loads(answer.read())


def photos(ports: Ports, *, state: str) -> list[str]:
    listed = ask(ports, "/gallery/articles?tag=beach&scope=public")["items"]
    return [photo["photo_id"] for photo in listed if photo["state"] == state]


def test_a_photo_outlives_a_kill_of_everything_and_ctrl_c_ends_clean(ports: Ports, tmp_path: Path) -> None:
    tmp_path.joinpath("said").touch()
    form = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n\r\n%s\r\n--x--\r\n' % picture()
    with run(ports, tmp_path) as first:
        headers = {
            "Authorization": f"Bearer {token(ports, 'demo')}",
            "Content-Type": "multipart/form-data; boundary=x",
        }
        body = form % (b"label", b"Beach") + form % (b"status", b"public") + file
        photo_id = ask(ports, "/upload", method="POST", body=body, headers=headers)["photo_id"]
        until = time.monotonic() + 30
        while photos(ports, state="ready") != [photo_id]:
            assert time.monotonic() < until
            time.sleep(0.2)
        time.sleep(5)  # by then it is saved
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()

    with run(ports, tmp_path) as second:
        assert photos(ports, state="ready") == [photo_id]
        me = ask(ports, "/me", headers={"Authorization": f"Bearer {token(ports, 'demo')}"})
        assert me["library_owner"] is True
        os.killpg(second.pid, signal.SIGINT)
        assert second.wait(30) == 0
    said = (tmp_path / "said").read_text()
    assert said.endswith(f"The library has ended. Everything is kept in {tmp_path}.\n")
    assert "Traceback" not in said
    refuse_taken(ports)
