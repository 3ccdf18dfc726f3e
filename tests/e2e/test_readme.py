"""The README's own curl lines, typed into a shell at a running library."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Client
from tests.support.images.tiny import picture

README = Path(__file__).parents[2] / "README.md"
ADDRESS = "http://127.0.0.1:8000"
TOKEN = "$(make -s token)"
SENDS = re.compile(r" (?:-F \w+=@|-T )(\S+)")
FILES = {"cat.jpg": (1500, 1000), "beach.jpg": (301, 200)}


def lines() -> list[str]:
    """Every curl command of the shell blocks, each on one line, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    commands = "".join(blocks).replace("\\\n", " ").splitlines()
    return [command for command in commands if command.startswith("curl ")]


def typed(command: str, client: Client, folder: Path, **variables: str) -> str:
    """What this command prints; it must be answered with success."""
    assert ADDRESS in command
    here = command.replace(ADDRESS, client.library.api_url).replace(TOKEN, client.token)
    environment = {"PATH": os.environ["PATH"], **variables}
    ended = subprocess.run(  # noqa: S602 - it is what a shell makes of the line that is tried
        f"{here} -sS -w '\\n%{{http_code}}'",
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    out, _, status = ended.stdout.decode().rpartition("\n")
    assert (ended.returncode, status[:1]) == (0, "2"), (command, ended.stdout, ended.stderr)
    return out


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on the PATH")
def test_every_curl_line_works_as_it_stands(client: Client, tmp_path: Path) -> None:
    making, *others = lines()
    assert making.endswith("/keys")
    key = json.loads(typed(making, client, tmp_path))["key"]
    sending = [command for command in others if SENDS.search(command)]
    sent = {name for command in sending for name in SENDS.findall(command)}
    for name in sent:
        (tmp_path / name).write_bytes(picture(size=FILES[name]))
    for command in sending:
        typed(command, client, tmp_path, KEY=key)
    assert {photo["state"] for photo in client.wait_until_processed(sent).values()} == {"ready"}
    asking = [command for command in others if command not in sending]
    answers = {command: typed(command, client, tmp_path, KEY=key) for command in asking}
    (listed,) = [json.loads(out) for command, out in answers.items() if command.endswith("/photos")]
    assert {photo["filename"] for photo in listed["items"]} == sent
    assert len(sending) >= 2
    assert len(asking) >= 4
