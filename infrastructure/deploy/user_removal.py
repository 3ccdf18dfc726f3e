"""`make remove-user`: ends a user's access, and keeps, hands over or deletes their photos.

Cognito comes first, so that it issues no new token while the old ones are refused. The schedule's function does the
rest, one slice per call. Every step can be repeated, so an interrupted removal continues when it is run again.
"""

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infrastructure.deploy import release, settings, users
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

KEEP, HAND_OVER, DELETE = "keep", "hand-over", "delete"
EVENT_SOURCE = "tintype.user-removal"  # `handlers.USER_REMOVAL_SOURCE`
SWEEP_HANDLER = "sweep"


@dataclass(frozen=True, slots=True)
class Removal:
    """Whom to remove: owner id and email address, which is empty if Cognito does not have the user any more."""

    owner: str
    email: str
    photos: str
    heir: str  # owner id of the library's owner


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
    )
    if removal.owner == removal.heir:
        raise UserError(
            f"{email or owner} owns library {target.stage}, and with it what is dropped into the bucket. Set "
            f"{target.parameter_name('library-owner')} to another owner id first."
        )
    return removal


def plan(removal: Removal) -> list[str]:
    """What happens, one line each."""
    photos = {
        KEEP: "keep: all photos, under this owner id; public ones stay public",
        HAND_OVER: f"hand over: all photos, to the library's owner {removal.heir}",
        DELETE: "DELETE PERMANENTLY: all photos with their originals, the trash included",
    }
    who = removal.email or "a user whom Cognito does not have any more"
    return [f"remove: {who}, owner id {removal.owner}; sign-in, tokens and API keys end", photos[removal.photos]]


def run(target: Target, pool: str, removal: Removal, report: Callable[[str], None]) -> None:
    """Remove the user; raises UserError if photos are left, for a later run."""
    if removal.email:
        cognito = target.client("cognito-idp")
        with suppress(cognito.exceptions.UserNotFoundException):  # deleted meanwhile
            cognito.admin_disable_user(UserPoolId=pool, Username=removal.email)
            cognito.admin_user_global_sign_out(UserPoolId=pool, Username=removal.email)
    topic = f"arn:{target.partition}:sns:{target.region}:{target.account}:{target.stack_name}-{removal.owner}"
    target.client("sns").delete_topic(TopicArn=topic)
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
                f"{result['postponed']} photos are busy or failed: run this command again in some minutes. "
                "The user is removed."
            )


def _run_slice(target: Target, removal: Removal) -> dict[str, Any]:
    """Call the function once and return its report; raises UserError."""
    response = target.client("lambda").invoke(
        FunctionName=release.function_name(target, SWEEP_HANDLER), Payload=json.dumps(_event(target, removal))
    )
    result = json.loads(response["Payload"].read())
    if "FunctionError" in response or not isinstance(result, dict):
        raise UserError(
            f"The function could not remove the user (see /aws/lambda/{release.function_name(target, SWEEP_HANDLER)}). "
            f"If it is of an older version, run `make deploy STAGE={target.stage}`; then run this command again."
        )
    return result


def _event(target: Target, removal: Removal) -> dict[str, Any]:
    """The request, in the form of the events that the function gets from the schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "User Removal",
        "source": EVENT_SOURCE,
        "account": target.account,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": target.region,
        "resources": [],
        "detail": {"owner": removal.owner, "photos": removal.photos, "heir": removal.heir},
    }
