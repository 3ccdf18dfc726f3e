"""The README's curl commands, run in a shell against a running library."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image

README = Path(__file__).parents[2] / "README.md"
API_URL = "http://127.0.0.1:8000"
TOKEN = "$(make -s token)"
UPLOAD = re.compile(r"(?: -F \w+=@| -T |^cat )([^-\s]\S*)")
FILES = {"cat.jpg": (1500, 1000), "beach.jpg": (301, 200), "dog.jpg": (302, 200)}


def commands() -> list[str]:
    """Every curl command in the shell blocks, each on one line, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith(("curl ", "cat "))]


def run(command: str, client: Client, folder: Path, **variables: str) -> str:
    """The command's output; the response must be successful."""
    assert API_URL in command
    adapted = command.replace(API_URL, client.library.api_url).replace(TOKEN, client.token)
    environment = {"PATH": os.environ["PATH"], **variables}
    result = subprocess.run(  # noqa: S602 - the README's commands are for a shell
        f"{adapted} -sS -w '\\n%{{http_code}}'",
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    out, _, status = result.stdout.decode().rpartition("\n")
    assert (result.returncode, status[:1]) == (0, "2"), (command, result.stdout, result.stderr)
    return out


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on the PATH")
def test_every_curl_command_works(client: Client, tmp_path: Path) -> None:
    client = replace(client, token=client.library.token("second"))  # who has none of these photos
    create_key, *others = commands()
    assert create_key.endswith("/keys")
    key = json.loads(run(create_key, client, tmp_path))["key"]
    uploads = [command for command in others if UPLOAD.search(command)]
    names = {name for command in uploads for name in UPLOAD.findall(command)}
    for name in names:
        (tmp_path / name).write_bytes(encode_image(size=FILES[name]))
    for command in uploads:
        run(command, client, tmp_path, KEY=key)
    assert {photo["state"] for photo in client.wait_until_processed(names).values()} == {"ready"}
    reads = [command for command in others if command not in uploads]
    outputs = {command: run(command, client, tmp_path, KEY=key) for command in reads}
    (photos,) = [json.loads(out) for command, out in outputs.items() if command.endswith("/photos")]
    assert names <= {photo["filename"] for photo in photos["items"]}
    assert len(uploads) >= 2
    assert len(reads) >= 4
