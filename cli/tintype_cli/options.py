"""Options that several commands have, and how their errors end."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click

from tintype_cli.api.client import LibraryClient
from tintype_cli.api.errors import ApiError, LibraryError, NeverReachedError, UnreachableError

URL_HELP = "Address of the library's API, such as https://example.org/api; or set TINTYPE_URL."
KEY_HELP = "API key. Better set TINTYPE_KEY: other programs can read arguments."

CONTINUE = "Run the same command again to continue."
_NOT_WRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


class FolderToWrite(click.Path):
    """A folder that is created if it is missing. An empty one, as of a variable that is not set, is refused."""

    name = "folder"

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder, with `~` expanded."""
        if not str(value).strip():
            self.fail("the name of the folder is empty.", param, ctx)
        return super().convert(Path(value).expanduser(), param, ctx)


def library_options(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options `--url` and `--key`."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        url = click.option("--url", envvar="TINTYPE_URL", required=required, help=URL_HELP)
        key = click.option("--key", envvar="TINTYPE_KEY", required=required, help=KEY_HELP)
        return url(key(command))

    return add


def open_library(url: str, key: str) -> LibraryClient:
    """A client that says on standard error when the library can't be reached. Raises InvalidAddressError."""
    return LibraryClient(url, key, notify=lambda sentence: click.echo(sentence, err=True))


@contextmanager
def explained(folder: Path, *, again: str = "") -> Iterator[None]:
    """End the command with one sentence for errors of the library, of the disk of `folder`, and of its state.

    `again` is a sentence on what running the command again does; it follows errors that may be gone then.
    """
    try:
        yield
    except LibraryError as error:
        raise click.ClickException(_lines(str(error), again if may_pass(error) else "")) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise click.ClickException(_lines(_full(folder), again)) from error
        raise click.ClickException(f"{error.strerror or error}: {error.filename or folder}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise click.ClickException(_lines(_full(folder), again)) from error
        if code in _NOT_WRITABLE:
            raise click.ClickException(f"{folder} can't be written: {error}.") from error
        raise click.ClickException(f"The state in {folder} can't be used: {error}.") from error
    except KeyboardInterrupt as error:
        raise click.ClickException(_lines("Stopped.", again)) from error


def may_pass(error: BaseException) -> bool:
    """Whether the same command may go on where this error ended it."""
    if isinstance(error, ApiError):
        return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, UnreachableError | KeyboardInterrupt) and not isinstance(error, NeverReachedError)


def _full(folder: Path) -> str:
    return f"The disk of {folder} is full. Free some space."


def _lines(*sentences: str) -> str:
    return "\n".join(filter(None, sentences))
