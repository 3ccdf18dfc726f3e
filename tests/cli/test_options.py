"""How errors end a command."""

import errno
import sqlite3
from pathlib import Path

import click
import pytest

from tintype_cli.api.errors import ApiError, UnreachableError
from tintype_cli.options import explained


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            UnreachableError("No complete answer: reset."),
            "No complete answer: reset.",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk of backup is full. Free some space."),
        (sqlite3.OperationalError("database or disk is full"), "The disk of backup is full. Free some space."),
        (PermissionError(errno.EACCES, "Permission denied", "backup/a"), "Permission denied: backup/a"),
        (KeyboardInterrupt(), "Stopped."),
    ],
    ids=["unreachable", "full", "full state", "permission", "stopped"],
)
def test_error_is_one_sentence_and_how_to_continue(error: BaseException, message: str) -> None:
    with pytest.raises(click.ClickException) as raised, explained(Path("backup")):
        raise error
    assert raised.value.message.startswith(message)
    assert raised.value.message.endswith("Run the same command again to continue.")


def test_other_errors_of_the_state_are_explained() -> None:
    with (
        pytest.raises(click.ClickException, match=r"The state in backup can't be used: disk I/O error"),
        explained(Path("backup")),
    ):
        raise sqlite3.OperationalError("disk I/O error")


def test_refused_key_is_not_tried_again() -> None:
    with pytest.raises(click.ClickException) as raised, explained(Path("backup")):
        raise ApiError(401, "This API key is invalid or was revoked.")
    assert raised.value.message == "This API key is invalid or was revoked."
