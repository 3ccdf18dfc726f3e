"""`make run` as a process group that tests can kill, and clients of it that survive its restarts."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.data_dir import DataDir
from local.demo.client import read_pages
from local.errors import UserError
from local.library import check_ports_free
from local.ports import Ports
from local.services import Services, responds_ok
from local.tokens import fetch_token

START_TIMEOUT_SECONDS = 60.0
READY = "Press Ctrl-C to stop"


class Unanswered(Exception):
    """The request got no response, or an error of a library that is going down: it may have been applied or not."""


def free_ports() -> Ports:
    """Three consecutive free ports, as the command line takes them."""
    while True:
        ports = Ports.from_api_port(random.randrange(20000, 50000))
        with suppress(UserError):
            check_ports_free(ports)
            return ports


@dataclass
class LibraryProcess:
    """A library in its own process group; its terminal output goes to `output.txt`."""

    data: Path
    ports: Ports
    process: subprocess.Popen[bytes] | None = None
    start_seconds: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", "local", "run", "--port", str(self.ports.api), "--data", str(self.data)]
        self.data.mkdir(exist_ok=True)
        started_at = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        while READY not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < started_at + START_TIMEOUT_SECONDS, self.output.read_text()
            time.sleep(0.05)
        self.start_seconds.append(time.monotonic() - started_at)

    @property
    def output(self) -> Path:
        """What it has printed since its last start."""
        return self.data.with_name(f"{self.data.name}-output.txt")

    def kill(self) -> None:
        """Kill the whole process group."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kill_child(self, module: str) -> None:
        """Kill one of its processes."""
        assert self.process is not None
        listed = subprocess.run(
            ["/bin/ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        for line in listed.splitlines():
            pid, parent, arguments = line.split(maxsplit=2)
            if int(parent) == self.process.pid and f"-m {module}" in arguments:
                os.kill(int(pid), signal.SIGKILL)

    def recover(self) -> None:
        """Wait until it has repaired itself, or start it if it has stopped."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while self.process is not None and self.process.poll() is None:
            if self.services().is_ready() and responds_ok(self.ports.api, "/stats"):
                return
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.1)
        self.process = None
        self.start()

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def services(self) -> Services:
        """Its services, for S3 tools and checks."""
        return Services.with_credentials(self.ports.services, DataDir(self.data).credentials)

    def client(self, user: str) -> "Client":
        """A client signed in as one of its users."""
        return Client(f"http://127.0.0.1:{self.ports.api}", fetch_token(self.data, self.ports, user))


@dataclass(frozen=True)
class Client:
    """A signed-in client of the API; every failed request raises Unanswered."""

    api: str
    token: str

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON body of the response to a JSON request."""
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self.send(method, self.api + path, data, "application/json") or b"{}")

    def send(self, method: str, url: str, body: bytes | None, content_type: str) -> bytes:
        """The body of a response with a 2xx status."""
        request = urllib.request.Request(url, data=body, method=method)
        request.add_header("Content-Type", content_type)
        if url.startswith(self.api):
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return bytes(response.read())
        except (OSError, http.client.HTTPException) as error:
            detail = error.read()[:300] if isinstance(error, urllib.error.HTTPError) else ""
            raise Unanswered(f"{method} {url.split('?')[0]}: {error} {detail!r}") from error

    def photos(self) -> Iterator[dict[str, Any]]:
        """All photos of the user, in whatever state."""
        for state in ("", "&state=processing", "&state=rejected", "&state=duplicate", "&state=trashed"):
            yield from read_pages(lambda path: self.json("GET", path), f"/photos?scope=mine{state}")
