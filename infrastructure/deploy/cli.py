"""Command line behind the Makefile: `python -m infrastructure.deploy` and one of `COMMANDS`."""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infrastructure.deploy import (
    aws_errors,
    cdn,
    deployment,
    destruction,
    labels,
    location,
    preflight,
    rebuild,
    undelete,
    user_removal,
    users,
)
from infrastructure.deploy.deployment import Deployment
from infrastructure.deploy.domain import UNCHANGED, Domain
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import PROJECT, Target, resolve_target

COMMANDS = ("deploy", "destroy", "user", "remove-user", "owners", "rotate", "undelete", "rebuild")
PHOTOS_QUESTION = "Photos: keep, hand-over (to the library's owner) or delete? [keep] "


def main(
    arguments: Sequence[str] | None = None,
    ask: Callable[[str], str] | None = None,
    version: tuple[int, int] = sys.version_info[:2],
) -> None:
    """Run the command; an error that the user can fix ends the process with a one-line message."""
    parser = argparse.ArgumentParser(prog="python -m infrastructure.deploy", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--stage", default="", help="name of the library, for example prod")
    parser.add_argument("--email", default="", help="email address of the user to invite")
    parser.add_argument("--yes", default="", help="1: do not ask for confirmation")
    parser.add_argument("--cdn", default="yes", choices=["yes", "no"], help="no: without CloudFront and the page")
    parser.add_argument("--domain", default="", help="your own domain name for the page; no: remove it")
    parser.add_argument("--certificate", default="", help="ARN of the domain's certificate in us-east-1")
    parser.add_argument("--pam", default="", help="URL of the Photo Asset Manager's client; no: remove it")
    parser.add_argument("--mfa", default="", help="second factor at sign-in: required or optional")
    parser.add_argument(
        "--labels", default="", choices=["", *labels.CHOICES], help="what finds labels; vision: a model"
    )
    parser.add_argument("--places", default="", choices=["", "yes", "no"], help="no: GPS positions are not read")
    parser.add_argument(
        "--inbox-albums", default="", choices=["", "yes", "no"], help="yes: folders in inboxes are albums"
    )
    parser.add_argument("--backup", default="", choices=["", "yes", "no"], help="yes: back up the tables to the bucket")
    parser.add_argument("--metrics", default="", choices=["", "basic", "full"], help="full: those with a price, too")
    parser.add_argument("--phone", default="", help="user: phone number for text messages, for example +12025550123")
    parser.add_argument("--owner", default="", help="remove-user: owner id of the user, instead of an email address")
    parser.add_argument("--photos", default="", help="remove-user: keep, hand-over (to the library's owner) or delete")
    parser.add_argument("--originals", default="", help="destroy: `delete` deletes photos, tables and users, too")
    parser.add_argument("--confirm", default="", help="destroy: repeat the stage to confirm deleting originals")
    parser.add_argument("--since", default="", help="undelete: time of the deletion in UTC, as 2026-11-27T03:00")
    parser.add_argument("--prefix", default="", help="undelete: only originals whose keys begin with this")
    parser.add_argument("--builds", type=Path, default=PROJECT / ".build", help="directory for release builds")
    parsed = parser.parse_args(arguments)
    try:
        preflight.check_python(version)
        _run(parsed, ask or _ask)
    except UserError as error:
        sys.exit(str(error))
    except (BotoCoreError, ClientError) as error:
        sys.exit(aws_errors.explain(error))
    except OSError as error:  # the disk is full, a folder may not be written, a program is missing
        sys.exit(f"{_first_reason(error)}: correct this, and {aws_errors.AGAIN}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("Interrupted: run this command again; it continues where it stopped.")


def _first_reason(error: OSError) -> str:
    """The error in one line; for a folder that was not copied, which is a list of errors, the first of them."""
    details = error.args[0] if isinstance(error, shutil.Error) and error.args else None
    reason = details[0][-1] if isinstance(details, list) and details else error
    return " ".join(str(reason).split()).rstrip(".")


def _run(arguments: argparse.Namespace, ask: Callable[[str], str]) -> None:
    target = resolve_target(arguments.stage, arguments.builds)
    location.check_region(target, with_cdn=arguments.command == "deploy" and arguments.cdn == "yes")
    match arguments.command:
        case "deploy":
            _deploy(arguments, target, ask)
        case "destroy":
            options = destruction.Options(
                delete_originals=arguments.originals == "delete", confirmed=arguments.confirm == target.stage
            )
            _confirm(destruction.plan(target, options), yes=bool(arguments.yes), ask=ask)
            destruction.run(target, options, _print)
        case "user":
            users.invite(target, _stack_outputs(target)["UserPoolId"], arguments.email, arguments.phone)
            _print(f"{arguments.email} can sign in to {target.stack_name}; a new user gets an invitation by email.")
        case "remove-user":
            _remove_user(arguments, target, ask)
        case "owners":
            for owner, email in users.list_owners(target, _stack_outputs(target)["UserPoolId"]):
                _print(f"{owner}  {email}")
        case "undelete":
            _undelete(arguments, target, ask)
        case "rebuild":
            _stack_outputs(target)
            _confirm([*rebuild.PLAN], yes=bool(arguments.yes), ask=ask)
            rebuild.run(target, _print)
            _print("Photos are back; derivatives that are missing follow within a day.")
        case "rotate":
            cdn.rotate(target, Stacks(target.client("cloudformation")))
            _print("Image URLs are signed with a new key. All functions use it within five minutes.")


def _deploy(arguments: argparse.Namespace, target: Target, ask: Callable[[str], str]) -> None:
    domain = Domain(arguments.domain, arguments.certificate)
    if arguments.cdn == "no" and domain != UNCHANGED:
        raise UserError("DOMAIN needs the page, and CDN=no deploys none: omit DOMAIN and CERTIFICATE, or omit CDN=no.")
    requested = Deployment(
        target,
        arguments.email,
        with_cdn=arguments.cdn == "yes",
        report=_print,
        domain=domain,
        pam=arguments.pam,
        mfa=arguments.mfa,
        metrics=arguments.metrics,
        labels=arguments.labels,
        choices={
            "places": arguments.places,
            "inbox-albums": arguments.inbox_albums,
            "backup": arguments.backup,
        },
    )
    deployment.check(requested)
    _print(f"Tintype {target.stage}: account {target.account}, {target.region}")
    try:
        _confirm(deployment.plan(requested), yes=bool(arguments.yes), ask=ask)
    except UserError:
        requested.stacks.discard_change_set(target.stack_name)
        raise
    deployment.run(requested)
    for line in deployment.summary(requested):
        _print(line)


def _undelete(arguments: argparse.Namespace, target: Target, ask: Callable[[str], str]) -> None:
    since, bucket = undelete.parse_time(arguments.since), _stack_outputs(target)["OriginalsBucket"]
    deletions = undelete.Deletions(target.client("s3"), bucket, since, arguments.prefix)
    _confirm([f"{deletions.count()} originals to undelete"], yes=bool(arguments.yes), ask=ask)
    _print(f"{deletions.undo()} originals are back; their photos follow within a pass of the schedule.")


def _remove_user(arguments: argparse.Namespace, target: Target, ask: Callable[[str], str]) -> None:
    pool = _stack_outputs(target)["UserPoolId"]
    photos = arguments.photos or (user_removal.KEEP if arguments.yes else ask(PHOTOS_QUESTION).strip())
    removal = user_removal.find(target, pool, arguments.email, arguments.owner, photos or user_removal.KEEP)
    _confirm(user_removal.plan(removal), yes=bool(arguments.yes), ask=ask)
    user_removal.run(target, pool, removal, _print)
    _print("Removed. Tokens are refused within a minute; upload tickets expire within an hour, links to zips in a day.")
    if removal.photos != user_removal.KEEP:
        _print("Run this command again after an hour, for photos that were uploaded with such tickets.")


def _stack_outputs(target: Target) -> dict[str, str]:
    outputs = Stacks(target.client("cloudformation")).outputs(target.stack_name)
    if not outputs:
        raise UserError(
            f"Library {target.stage} does not exist in account {target.account}, {target.region}: "
            f"run `make deploy STAGE={target.stage}` first."
        )
    return outputs


def _confirm(lines: list[str], *, yes: bool, ask: Callable[[str], str]) -> None:
    for line in lines:
        _print(line)
    if not yes and ask("Continue? [y/N] ").strip().lower() not in ("y", "yes"):
        raise UserError("Canceled. Nothing was changed.")


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise UserError("Cannot ask for confirmation without a terminal: add YES=1 to confirm.")
    return input(question)


def _print(line: str) -> None:
    print(line, flush=True)
