"""`make remove-user`: ends a user's access, and keeps, hands over or deletes their photos and albums.

Cognito comes first, so that it issues no new token after those that are refused; but no error of one step keeps the
others from ending the access. The schedule's function handles photos and albums, one slice per call, and ends what the
user shares and what others share with them. Every step can be repeated, so an interrupted removal continues when it is
run again.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts.access import end_access
from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore
from chalicelib.aws.dynamodb.shares import DynamoShareStore
from chalicelib.errors import TintypeError
from chalicelib.sharing.service import remove_owner_links
from infrastructure.deploy import aws_errors, settings, sweep_calls, users
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

KEEP, HAND_OVER, DELETE = "keep", "hand-over", "delete"
EVENT_SOURCE = "tintype.user-removal"  # `handlers.USER_REMOVAL_SOURCE`


@dataclass(frozen=True, slots=True)
class Removal:
    """Whom to remove: owner id and email address, which is empty if Cognito does not have the user any more."""

    owner: str
    email: str
    photos: str
    new_owner: str  # owner id of the library's owner
    email_hash: str = ""


def find(target: Target, pool: str, email: str, owner: str, photos: str) -> Removal:
    """The removal of the user with this address or owner id; raises UserError."""
    if photos not in (KEEP, HAND_OVER, DELETE):
        raise UserError(f"Invalid PHOTOS {photos!r}: use PHOTOS=keep, PHOTOS=hand-over or PHOTOS=delete.")
    if bool(email) == bool(owner):
        raise UserError("Name the user by EMAIL=you@example.org, or by OWNER= and the owner id from `make owners`.")
    known = users.list_owners(target, pool)
    found = [each for each in known if each[0] == owner or (email and each[1].lower() == email.lower())]
    if not found and not users.OWNER_ID.fullmatch(owner):
        raise UserError(
            f"No user {email or owner} in library {target.stage}; `make owners STAGE={target.stage}` lists them. "
            "A user who was deleted in Cognito is named by OWNER=, the second part of their keys in the bucket."
        )
    removal = Removal(
        *(found[0] if found else (owner, "")),
        photos,
        settings.read(target.client("ssm"), target.parameter_name("library-owner")),
        users.email_hash(target, found[0][1] if found else ""),
    )
    if removal.owner == removal.new_owner:
        raise UserError(
            f"{email or owner} owns library {target.stage}, and with it what is dropped into the bucket. Set "
            f"{target.parameter_name('library-owner')} to another owner id first."
        )
    return removal


def plan(removal: Removal) -> list[str]:
    """What happens, one line each."""
    photos = {
        KEEP: "keep: all photos and albums, under this owner id; public ones stay public",
        HAND_OVER: f"hand over: all photos and albums, to the library's owner {removal.new_owner}",
        DELETE: "DELETE PERMANENTLY: all photos with their originals, the trash included, and all albums",
    }
    who = removal.email or "a user whom Cognito does not have any more"
    return [
        f"remove: {who}, owner id {removal.owner}; sign-in, tokens, API keys and shared links end",
        photos[removal.photos],
    ]


def run(target: Target, pool: str, removal: Removal, report: Callable[[str], None]) -> None:
    """Remove the user; raises UserError if anything is left, for a later run."""
    failures = [*_end_access(target, pool, removal)]
    if failures:
        raise UserError(" ".join(failures))
    _handle_photos(target, removal, report)


def _end_access(target: Target, pool: str, removal: Removal) -> Iterator[str]:
    """Take every step, whatever happens to the others; yields what failed, a sentence each."""
    steps: tuple[Callable[[], None], ...] = (
        lambda: _end_sign_in(target.client("cognito-idp"), pool, removal.email),
        lambda: _revoke(target, removal.owner),
        lambda: _end_shared_links(target, removal.owner),
        lambda: _delete_topic(target, removal.owner),
    )
    for step in steps:
        try:
            step()
        except (BotoCoreError, ClientError) as error:
            yield aws_errors.explain(error)
        except TintypeError as error:
            yield f"{str(error).rstrip('.')}: {aws_errors.AGAIN}"


def _end_sign_in(cognito: Any, pool: str, email: str) -> None:
    """Sign the user out, then disable them: AWS does not document that a disabled user can be signed out."""
    user = {"UserPoolId": pool, "Username": email}
    if not email:
        return
    with suppress(cognito.exceptions.UserNotFoundException):  # deleted meanwhile
        if not cognito.admin_get_user(**user)["Enabled"]:
            return
        try:
            cognito.admin_user_global_sign_out(**user)
        finally:
            cognito.admin_disable_user(**user)


def _revoke(target: Target, owner: str) -> None:
    """Refuse the tokens issued until now, by AWS's clock as in the tokens, and delete the API keys."""
    headers = target.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
    table = settings.read(target.client("ssm"), target.parameter_name("api-keys-table"))
    store = DynamoApiKeyStore(target.client("dynamodb"), table)
    end_access(store, owner, int(parsedate_to_datetime(headers["date"]).timestamp()))


def _end_shared_links(target: Target, owner: str) -> None:
    """Remove the user's shared links, whatever becomes of the photos."""
    table = settings.read(target.client("ssm"), target.parameter_name("albums-table"))
    remove_owner_links(DynamoShareStore(AlbumTable(target.client("dynamodb"), table, time.sleep, random.random)), owner)


def _delete_topic(target: Target, owner: str) -> None:
    topic = f"arn:{target.partition}:sns:{target.region}:{target.account}:{target.stack_name}-{owner}"
    target.client("sns").delete_topic(TopicArn=topic)


def _handle_photos(target: Target, removal: Removal, report: Callable[[str], None]) -> None:
    """Call the function until no photo is left; raises UserError if some are busy."""
    photos = 0
    while True:
        result = _run_slice(target, removal)
        photos += result["photos"]
        if removal.photos != KEEP:
            report(f"   {photos} photos")
        if result["is_complete"]:
            return
        if not result["photos"]:
            raise UserError(
                f"{result['postponed']} photos or albums are busy or failed: run this command again in some minutes. "
                "The user's access has ended."
            )


def _run_slice(target: Target, removal: Removal) -> dict[str, Any]:
    """Call the function once and return its report; raises UserError."""
    detail = {
        "owner": removal.owner,
        "photos": removal.photos,
        "new_owner": removal.new_owner,
        "email_hash": removal.email_hash,
    }
    return sweep_calls.call(target, EVENT_SOURCE, "User Removal", detail, task="handle the user's photos")
