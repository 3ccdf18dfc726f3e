"""`make export`, `make import` and `make verify` for a library on this machine: a key for one run of `tintype`."""

import os
from collections.abc import Sequence
from pathlib import Path

from local.command_keys import temporary_key
from local.data_dir import DataDir
from local.ports import HOST, Ports
from local.tokens import fetch_token
from tintype_cli.api.client import LibraryClient
from tintype_cli.commands import main

PERMISSIONS = ["read", "upload", "manage", "share"]


def run_library_command(data: Path, ports: Ports, user_name: str, arguments: Sequence[str]) -> None:
    """Run `tintype` with a key of this user, which is revoked afterwards; raises UserError and SystemExit."""
    url = f"http://{HOST}:{ports.api}"

    def sign_in() -> LibraryClient:
        return LibraryClient(url, fetch_token(data, ports, user_name))

    folder = DataDir(data.expanduser()).command_keys
    with temporary_key(folder, user_name, sign_in, f"make {arguments[0]}", PERMISSIONS) as key:
        os.environ |= {"TINTYPE_URL": url, "TINTYPE_KEY": key}
        main(list(arguments), prog_name="tintype")
