"""The people of a library: nobody registers themselves, so each is let in here, by their address."""

import re
from typing import Any

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
        settings.write(place, "library-owner", let_in(place, pool, email))


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


def _sub(attributes: list[dict[str, Any]]) -> str:
    return next(str(held["Value"]) for held in attributes if held["Name"] == "sub")
