"""`make export`, `make import` and `make verify` for a library on this machine: a key for one run of `tintype`."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.errors import UserError
from local.ports import HOST, Ports
from local.tokens import fetch_token
from tintype_cli.api.client import LibraryClient
from tintype_cli.api.errors import LibraryError
from tintype_cli.commands import main

PERMISSIONS = ["read", "upload", "manage", "share"]


def run_library_command(data: Path, ports: Ports, user_name: str, arguments: Sequence[str]) -> None:
    """Run `tintype` with a key of this user, which is revoked afterwards; raises UserError and SystemExit."""
    url = f"http://{HOST}:{ports.api}"

    def sign_in() -> LibraryClient:
        return LibraryClient(url, fetch_token(data, ports, user_name))

    with temporary_key(sign_in, f"make {arguments[0]}") as key:
        os.environ |= {"TINTYPE_URL": url, "TINTYPE_KEY": key}
        main(list(arguments), prog_name="tintype")


@contextmanager
def temporary_key(sign_in: Callable[[], LibraryClient], name: str) -> Iterator[str]:
    """An API key until the end of the block, which may come after the sign-in has expired; raises UserError."""
    try:
        with sign_in() as client:
            created: dict[str, Any] = client.request("POST", "/keys", body={"name": name, "can": PERMISSIONS})
    except LibraryError as error:
        raise UserError(str(error)) from error
    try:
        yield created["key"]
    finally:
        with sign_in() as client:
            client.request("DELETE", f"/keys/{created['key_id']}")
