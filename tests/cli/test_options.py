"""How errors end a command."""

import errno
import sqlite3
from pathlib import Path

import click
import pytest

from tintype_cli.api.errors import ApiError, InvalidAddressError, NeverReachedError, UnreachableError
from tintype_cli.options import CONTINUE, explained


def message(error: BaseException, again: str = CONTINUE) -> str:
    with pytest.raises(click.ClickException) as raised, explained(Path("backup"), again=again):
        raise error
    return raised.value.message


def sqlite_error(text: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


FULL = "The disk of backup is full. Free some space."


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnreachableError("No complete answer: reset."), "No complete answer: reset."),
        (ApiError(500, "The library has an error."), "The library has an error."),
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (sqlite_error("database or disk is full", sqlite3.SQLITE_FULL), FULL),
        (KeyboardInterrupt(), "Stopped."),
    ],
    ids=["unreachable", "server error", "full", "full state", "stopped"],
)
def test_error_that_may_pass_is_one_sentence_and_how_to_continue(error: BaseException, expected: str) -> None:
    assert message(error) == f"{expected}\nRun the same command again to continue."
    assert message(error, again="") == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ApiError(401, "This API key was revoked."), "This API key was revoked."),
        (InvalidAddressError("That is not an address."), "That is not an address."),
        (NeverReachedError("It can't be reached."), "It can't be reached."),
        (PermissionError(errno.EACCES, "Permission denied", "backup/a"), "Permission denied: backup/a"),
        (sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR), "The state in backup can't be used: disk I/O error."),
    ],
    ids=["key", "address", "never reached", "permission", "damaged"],
)
def test_error_that_stays_says_nothing_of_running_again(error: BaseException, expected: str) -> None:
    assert message(error) == expected


def test_folder_that_is_read_only_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    sqlite3.connect(file).execute("CREATE TABLE a (b)").connection.close()
    read_only = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    with (
        pytest.raises(click.ClickException, match=r"^backup can't be written: attempt to write a readonly database\.$"),
        explained(Path("backup")),
    ):
        read_only.execute("DROP TABLE a")
    read_only.close()
