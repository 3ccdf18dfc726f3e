"""Options that several commands have, and how their errors end."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tintype_cli.api.errors import LibraryError, UnreachableError

URL_HELP = "Address of the library's API, such as https://example.org/api; or set TINTYPE_URL."
KEY_HELP = "API key. Better set TINTYPE_KEY: other programs can read arguments."


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


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """End the command with one sentence for errors of the library, of the disk of `folder`, and of its state."""
    again = "Run the same command again to continue."
    try:
        yield
    except UnreachableError as error:
        raise click.ClickException(f"{error}\n{again}") from error
    except LibraryError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise click.ClickException(f"The disk of {folder} is full. Free some space. {again}") from error
        raise click.ClickException(f"{error.strerror or error}: {error.filename or folder}\n{again}") from error
    except sqlite3.Error as error:
        if "full" in str(error):
            raise click.ClickException(f"The disk of {folder} is full. Free some space. {again}") from error
        raise click.ClickException(f"The state in {folder} can't be used: {error}") from error
    except KeyboardInterrupt as error:
        raise click.ClickException(f"Stopped. {again}") from error
