"""The command line behind the Makefile: `python -m local run|services|token|demo|chromium|openapi|screenshots`."""

import argparse
import sys
from pathlib import Path

from local.errors import Problem
from local.ports import Ports


def main() -> None:
    """Do what the argument says; what a person can mend is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("what", choices=["run", "services", "token", "demo", "chromium", "openapi", "screenshots"])
    parser.add_argument("--port", type=_port, default=8000, help="the API's; page and services follow")
    parser.add_argument("--data", type=Path, default=Path(".local"), help="where everything is kept")
    parser.add_argument("--as", dest="who", default="demo", help="whose token: demo or second")
    given = parser.parse_args()
    try:
        _do(given.what, Ports.beside(given.port), given.data, given.who)
    except Problem as problem:
        sys.exit(str(problem))


def _do(what: str, ports: Ports, data: Path, who: str) -> None:
    # Each imports what it needs, when it is asked for: a token is wanted quickly.
    match what:
        case "run" | "services":
            from local.run import run

            run(data, ports, api=what == "run")
        case "token":
            from local.tokens import token

            print(token(ports, who))
        case "demo":
            from datetime import UTC, datetime
            from random import Random

            from local.demo.upload import put_in

            put_in(ports, Random(), datetime.now(UTC))  # noqa: S311 (no secret)
        case "screenshots":
            from local.screenshots import take

            take()
        case "chromium":
            from local.chromium import find

            print(find())
        case "openapi":
            from chalicelib.openapi.document import printed

            print(printed(), end="")


def _port(given: str) -> int:
    number = int(given)
    if not 1024 <= number <= 65533:
        raise argparse.ArgumentTypeError("a port between 1024 and 65533: the two after it are used too")
    return number


if __name__ == "__main__":
    main()
