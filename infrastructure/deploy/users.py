"""The people of a library: nobody registers themselves, so each is let in here, by their address."""

import re
from typing import Any

from chalicelib.accounts.identity import owner_id
from infrastructure.deploy import settings
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.target import Place

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check(email: str) -> None:
    """Raise Problem for what is no address."""
    if not ADDRESS.fullmatch(email):
        raise Problem(f"EMAIL={email} is no address that an invitation could be sent to: EMAIL=me@example.org.")


def has_owner(place: Place) -> bool:
    """Whether the library belongs to somebody: what is dropped into the bucket becomes theirs."""
    return bool(settings.read(place.client("ssm"), place.parameter("library-owner")))


def make_owner(place: Place, pool: str, email: str) -> None:
    """Let the first person in and give them the library, unless it has an owner, who stays."""
    if not has_owner(place):
        settings.write(place, "library-owner", owner_id(let_in(place, pool, email), _id_secret(place)))


def owners(place: Place, pool: str) -> list[tuple[str, str]]:
    """Owner id and email address of every account, by address: whose photos a prefix of a bucket holds."""
    secret = _id_secret(place)
    pages = place.client("cognito-idp").get_paginator("list_users").paginate(UserPoolId=pool)
    users = [{each["Name"]: each["Value"] for each in user["Attributes"]} for page in pages for user in page["Users"]]
    return sorted(((owner_id(user["sub"], secret), user["email"]) for user in users), key=lambda owner: owner[1])


def let_in(place: Place, pool: str, email: str) -> str:
    """Make sure that there is an account of this address, and return its `sub`; a new one is sent an invitation."""
    check(email)
    cognito = place.client("cognito-idp")
    try:
        attributes = cognito.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
    except cognito.exceptions.UserNotFoundException:
        verified = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        made = cognito.admin_create_user(
            UserPoolId=pool, Username=email, UserAttributes=verified, DesiredDeliveryMediums=["EMAIL"]
        )
        attributes = made["User"]["Attributes"]
    return _sub(attributes)


def _id_secret(place: Place) -> str:
    secret = settings.read(place.client("ssm"), place.parameter("id-secret"))
    if not secret:
        raise Problem(f"{place.stack} has no id-secret: make deploy STAGE={place.stage} creates it.")
    return secret


def _sub(attributes: list[dict[str, Any]]) -> str:
    return next(str(held["Value"]) for held in attributes if held["Name"] == "sub")
