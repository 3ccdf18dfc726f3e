"""`make export`, `make import` and `make verify` for a library on this machine: a key for one run of `tintype`."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.demo.client import LibraryClient
from local.ports import HOST, Ports
from local.tokens import fetch_token

PERMISSIONS = ["read", "upload", "manage", "share"]

type Main = Callable[[Sequence[str]], object]


def run_library_command(data: Path, ports: Ports, user_name: str, arguments: Sequence[str]) -> None:
    """Run `tintype` with a key of this user, which is revoked afterwards; raises UserError and SystemExit."""
    from tintype_cli.commands import main

    client = LibraryClient(ports.api, lambda: fetch_token(data, ports, user_name))
    with _key(client, arguments[0]) as key:
        os.environ |= {"TINTYPE_URL": f"http://{HOST}:{ports.api}", "TINTYPE_KEY": key}
        main(list(arguments), prog_name="tintype")


@contextmanager
def _key(client: LibraryClient, command: str) -> Iterator[str]:
    """An API key, until the end of the block."""
    created: dict[str, Any] = client.request("POST", "/keys", {"name": f"make {command}", "can": PERMISSIONS})
    try:
        yield created["key"]
    finally:
        client.request("DELETE", f"/keys/{created['key_id']}")
