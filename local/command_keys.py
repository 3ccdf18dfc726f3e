"""API keys for one run of a command. Those that a killed run has left are revoked by the next one.

Each run holds a lock on a file of its own, whose name is the end of its key's name. The system releases the lock when
the process ends, however it ends: then the key named like the file is left over. Keys that people made are never
revoked, whatever their names, nor is that of a run that goes on.
"""

import fcntl
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from local.errors import UserError
from tintype_cli.api.client import LibraryClient
from tintype_cli.api.errors import LibraryError

type SignIn = Callable[[], LibraryClient]


@contextmanager
def temporary_key(
    folder: Path, user_name: str, sign_in: SignIn, name: str, permissions: Sequence[str]
) -> Iterator[str]:
    """An API key until the end of the block, which may come after the sign-in has expired; raises UserError.

    `folder` holds a file for each key. One that can't be revoked at the end is revoked by the next run.
    """
    try:
        with sign_in() as client:  # first: without a library there is no folder to put this one in
            folder.mkdir(mode=0o700, exist_ok=True)
            _revoke_left_over(folder, user_name, client)
    except LibraryError as error:
        raise UserError(str(error)) from error
    with _locked_file(folder, user_name) as file:
        try:
            with sign_in() as client:
                body = {"name": f"{name} {file.stem}", "can": [*permissions]}
                key = client.request("POST", "/keys", body=body)
        except LibraryError as error:
            file.unlink()
            raise UserError(str(error)) from error
        try:
            yield str(key["key"])
        finally:
            with suppress(LibraryError, UserError), sign_in() as client:
                _revoke(client, file)


@contextmanager
def _locked_file(folder: Path, user_name: str) -> Iterator[Path]:
    """A new file, which is locked before others see it under its name."""
    path = folder / f"{secrets.token_hex(4)}.{user_name}"
    hidden = path.with_name(f".{path.name}")
    with hidden.open("x") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        hidden.rename(path)
        yield path


def _revoke_left_over(folder: Path, user_name: str, client: LibraryClient) -> None:
    """Revoke this user's keys of runs that have ended."""
    for path in sorted(folder.glob(f"[!.]*.{user_name}")):
        with suppress(FileNotFoundError), path.open("a") as file:
            if _try_lock(file):
                _revoke(client, path)


def _revoke(client: LibraryClient, file: Path) -> None:
    """Revoke the key that is named like this file, if it is there, then remove the file."""
    for key in client.request("GET", "/keys")["items"]:
        if str(key["name"]).endswith(f" {file.stem}"):
            client.request("DELETE", f"/keys/{key['key_id']}")
    file.unlink(missing_ok=True)


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
