"""Command line behind the Makefile: `python -m local` and one of COMMANDS."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from local.errors import Interrupted, UserError
from local.ports import Ports

MAX_DEMO_PHOTOS = 999_999
COMMANDS = ("run", "services", "token", "demo", "relabel", "rebuild", "tintype", "chromium", "openapi", "screenshots")


def main() -> None:
    """Run the command; a UserError or Ctrl-C ends the process with one line, after Ctrl-C with exit status 0."""
    own, rest = _split(sys.argv[1:])
    parser = _Parser(
        prog="python -m local", description=__doc__, epilog="What follows -- are the arguments of tintype."
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument(
        "--port", type=_port, default=8000, help="port of the API; the page and the services use the next two"
    )
    parser.add_argument("--data", type=_folder, default=Path(".local"), help="data directory")
    parser.add_argument("--pam", default="", help="URL of the Photo Asset Manager's client; no: remove it")
    parser.add_argument("--places", default="", choices=["", "yes", "no"], help="no: GPS positions are not read")
    parser.add_argument(
        "--inbox-albums", default="", choices=["", "yes", "no"], help="yes: folders in inboxes are albums"
    )
    parser.add_argument("--backup", default="", choices=["", "yes", "no"], help="yes: back up the tables to the bucket")
    parser.add_argument("--yes", default="", help="1: do not ask for confirmation")
    parser.add_argument("--user", default="demo", help="the user: demo or second")
    parser.add_argument("--photos", type=_count, help="size of a demo library; a few dozen photos if omitted")
    try:
        arguments = parser.parse_args(own)
        _run(arguments.command, Ports.from_api_port(arguments.port), arguments, rest)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
    except Interrupted as error:
        print(f"\n{error}", file=sys.stderr)
    except UserError as error:
        sys.exit(str(error))


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The arguments before `--`, and those after it: argparse leaves them over when options come first."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _run(command: str, ports: Ports, arguments: argparse.Namespace, rest: list[str]) -> None:
    # Each command imports only what it needs: `make token` must be fast.
    match command:
        case "run" | "services":
            from local.run import run

            choices = {
                "places": arguments.places,
                "inbox-albums": arguments.inbox_albums,
                "backup": arguments.backup,
            }
            run(arguments.data, ports, api=command == "run", pam=arguments.pam, choices=choices)
        case "token":
            from local.tokens import fetch_token

            print(fetch_token(arguments.data, ports, arguments.user))
        case "demo":
            from datetime import UTC, datetime
            from random import Random

            if arguments.photos:
                from local.demo.bulk_upload import fill_library

                fill_library(arguments.data, ports, arguments.photos, datetime.now(UTC))
            else:
                from local.demo.upload import upload_demo_photos

                upload_demo_photos(arguments.data, ports, Random(), datetime.now(UTC))  # noqa: S311 (no secret)
        case "relabel":
            from local.relabel import relabel

            relabel(arguments.data, ports, arguments.user)
        case "tintype":
            from local.library_command import run_library_command

            run_library_command(arguments.data, ports, arguments.user, rest)
        case "rebuild":
            from local.rebuild import rebuild

            rebuild(arguments.data, ports, yes=bool(arguments.yes))
        case "screenshots":
            from local.screenshots import take_screenshots

            take_screenshots()
        case "chromium":
            from local import chromium

            print(chromium.find())
        case "openapi":
            from chalicelib.openapi.document import indented_json

            print(indented_json(), end="")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage of a command that `make` has called."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message[:1].upper()}{message[1:]}. Run `make` for the commands and their options.")


def _port(value: str) -> int:
    port = int(value) if value.isdecimal() else 0
    if not 1024 <= port <= 65533:
        raise UserError(
            f"PORT={value} is not possible: choose a port from 1024 to 65533, such as PORT=9000; "
            "the next two ports are used too."
        )
    return port


def _folder(value: str) -> Path:
    if not value.strip():
        raise UserError("DATA is empty: choose a folder, such as DATA=.local.")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # `~name` of an unknown user
        raise UserError(f"DATA={value} is not possible: {error}") from error


def _count(value: str) -> int:
    count = int(value) if value.isdecimal() else 0
    if not 1 <= count <= MAX_DEMO_PHOTOS:
        raise UserError(f"N={value} is not possible: choose a number of photos from 1 to {MAX_DEMO_PHOTOS:,}.")
    return count
