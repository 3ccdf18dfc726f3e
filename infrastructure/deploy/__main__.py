"""The command line behind the Makefile: `python -m infrastructure.deploy deploy|destroy|user|owners|rotate`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from infrastructure.deploy import cdn, deployment, destruction, preflight, users
from infrastructure.deploy.deployment import Deployment
from infrastructure.deploy.domain import UNSAID, Domain
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import PROJECT, Place, find


def main(
    arguments: Sequence[str] | None = None,
    ask: Callable[[str], str] | None = None,
    version: tuple[int, int] = sys.version_info[:2],
) -> None:
    """Do what the arguments say; what a person can mend is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m infrastructure.deploy", description=__doc__)
    parser.add_argument("what", choices=["deploy", "destroy", "user", "owners", "rotate"])
    parser.add_argument("--stage", default="", help="the library's name: prod")
    parser.add_argument("--email", default="", help="who is let in")
    parser.add_argument("--yes", default="", help="1: no question before it begins")
    parser.add_argument(
        "--cdn", default="yes", choices=["yes", "no"], help="no: without CloudFront, and so without a page"
    )
    parser.add_argument("--domain", default="", help="a name of your own for the page; no: without one again")
    parser.add_argument("--certificate", default="", help="the ARN of its certificate in us-east-1")
    parser.add_argument("--originals", default="", help="destroy: `delete` takes photos, tables and people too")
    parser.add_argument("--confirm", default="", help="destroy: the stage's name once more, to delete originals")
    parser.add_argument("--builds", type=Path, default=PROJECT / ".build", help="where releases are put together")
    given = parser.parse_args(arguments)
    try:
        preflight.python(version)
        _do(given, ask or _ask)
    except Problem as problem:
        sys.exit(str(problem))


def _do(given: argparse.Namespace, ask: Callable[[str], str]) -> None:
    place = find(given.stage, given.builds)
    match given.what:
        case "deploy":
            _deploy(given, place, ask)
        case "destroy":
            wanted = destruction.Wanted(originals=given.originals == "delete", confirmed=given.confirm == place.stage)
            lines = destruction.plan(place, wanted)
            _agree(lines, yes=bool(given.yes), ask=ask)
            destruction.run(place, wanted, _say)
        case "user":
            users.let_in(place, _stack_of(place)["UserPoolId"], given.email)
            _say(f"{given.email} may sign in to {place.stack}; somebody new is sent an invitation.")
        case "owners":
            for owner, email in users.owners(place, _stack_of(place)["UserPoolId"]):
                _say(f"{owner}  {email}")
        case "rotate":
            cdn.rotate(place, Stacks(place.client("cloudformation")))
            _say("Image URLs are signed with a new key; within five minutes every function uses it.")


def _deploy(given: argparse.Namespace, place: Place, ask: Callable[[str], str]) -> None:
    domain = Domain(given.domain, given.certificate)
    if given.cdn == "no" and domain != UNSAID:
        raise Problem(
            "CDN=no leaves the library without a page, and so without a name for it: leave one of the two out."
        )
    wanted = Deployment(place, given.email, address=given.cdn == "yes", say=_say, domain=domain)
    deployment.check(wanted)
    _say(f"Tintype {place.stage}: account {place.account}, {place.region}")
    try:
        _agree(deployment.plan(wanted), yes=bool(given.yes), ask=ask)
    except Problem:
        wanted.stacks.forget(place.stack)
        raise
    deployment.run(wanted)
    for line in deployment.summary(wanted):
        _say(line)


def _stack_of(place: Place) -> dict[str, str]:
    outputs = Stacks(place.client("cloudformation")).outputs(place.stack)
    if not outputs:
        here = f"account {place.account}, {place.region}"
        raise Problem(f"There is no library {place.stage} here ({here}): deploy it first.")
    return outputs


def _agree(lines: list[str], *, yes: bool, ask: Callable[[str], str]) -> None:
    for line in lines:
        _say(line)
    if not yes and ask("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Problem("Nothing was changed.")


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise Problem("There is nobody to ask: say YES=1 to go on without a question.")
    return input(question)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
