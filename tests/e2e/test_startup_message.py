"""The commands of the startup message work as they are printed."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from local import startup_message
from local.data_dir import PROJECT
from local.ports import HOST, Ports, free_ports
from local.services import responds_ok
from tests.e2e.conftest import Client

START_TIMEOUT_SECONDS = 60


@contextmanager
def running(command: str, port: int, cwd: Path) -> Iterator[None]:
    """A shell command that serves an API on the port, stopped at the end of the block."""
    process = subprocess.Popen(["/bin/sh", "-c", command], cwd=cwd, start_new_session=True)
    try:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not responds_ok(port, "/health"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_printed_chalice_command_serves_this_library(client: Client) -> None:
    port = free_ports()[0]
    data = client.library.data_dir.root
    command = startup_message.chalice_command(client.library, data, port)
    with running(command, port, PROJECT):
        headers = {"Authorization": f"Bearer {client.token}"}
        request = urllib.request.Request(f"http://{HOST}:{port}/stats?scope=mine", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            assert json.load(response)["photos"] == client.request("GET", "/stats?scope=mine")["photos"]


def test_services_message_contains_the_command_of_its_port_and_data(client: Client) -> None:
    library, data = client.library, client.library.data_dir.root
    message = startup_message.text(library, data, api=False)
    assert startup_message.chalice_command(library, data, library.ports.api) in message
    assert "chalice local" not in startup_message.text(library, data, api=True)


def test_default_port_and_data_need_no_environment(client: Client) -> None:
    library = replace(client.library, ports=Ports.from_api_port(startup_message.DEFAULT_PORT))
    command = startup_message.chalice_command(library, startup_message.DEFAULT_DATA, startup_message.DEFAULT_PORT)
    assert command == ".venv/bin/chalice local"
