"""The users of a library: invited by email, because there is no self-registration."""

import re
from typing import Any

from chalicelib.accounts.addresses import address_hash
from chalicelib.accounts.identity import owner_id
from infrastructure.deploy import settings
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
OWNER_ID = re.compile(r"[0-9a-f]{32}")
PHONE = re.compile(r"\+[1-9]\d{6,14}")  # E.164


def check_email(email: str) -> None:
    """Raise UserError if this is not an email address."""
    if not ADDRESS.fullmatch(email):
        raise UserError(f"Invalid EMAIL {email!r}: use an email address, for example EMAIL=me@example.org.")


def check_phone(phone: str) -> None:
    """Raise UserError if this is not a phone number; an empty one is none."""
    if phone and not PHONE.fullmatch(phone):
        raise UserError(f"Invalid PHONE {phone!r}: use + and the country code, for example PHONE=+12025550123.")


def has_owner(target: Target) -> bool:
    """Whether the library has an owner, who owns the photos dropped into the bucket."""
    return bool(settings.read(target.client("ssm"), target.parameter_name("library-owner")))


def ensure_owner(target: Target, pool: str, email: str) -> None:
    """Invite the user and make them the owner, unless the library has one."""
    if not has_owner(target):
        settings.write(target, "library-owner", owner_id(invite(target, pool, email), _id_secret(target)))


def list_owners(target: Target, pool: str) -> list[tuple[str, str]]:
    """Owner id and email address of every user, sorted by email address."""
    secret = _id_secret(target)
    pages = target.client("cognito-idp").get_paginator("list_users").paginate(UserPoolId=pool)
    users = [{each["Name"]: each["Value"] for each in user["Attributes"]} for page in pages for user in page["Users"]]
    return sorted(
        ((owner_id(user["sub"], secret), user.get("email", "")) for user in users), key=lambda owner: owner[1]
    )


def email_hash(target: Target, email: str) -> str:
    """What stands for this address where invitations to albums are stored; empty for an empty address."""
    return address_hash(email, _id_secret(target)) if email else ""


def invite(target: Target, pool: str, email: str, phone: str = "") -> str:
    """Create the user unless they exist and return their `sub`; Cognito sends an invitation until they have signed in.

    A user who was removed can sign in again.

    The phone number replaces an earlier one, as a verified one: text messages go only to verified numbers, and Cognito
    would need a role and a spending limit to verify one by a code.
    """
    check_email(email)
    check_phone(phone)
    cognito = target.client("cognito-idp")
    try:
        user = cognito.admin_get_user(UserPoolId=pool, Username=email)
        attributes = user["UserAttributes"]
        if not user["Enabled"]:
            cognito.admin_enable_user(UserPoolId=pool, Username=email)
        if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":  # the first invitation was not used: it may be lost
            cognito.admin_create_user(
                UserPoolId=pool, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
            )
    except cognito.exceptions.UserNotFoundException:
        verified = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        created = cognito.admin_create_user(
            UserPoolId=pool, Username=email, UserAttributes=verified, DesiredDeliveryMediums=["EMAIL"]
        )
        attributes = created["User"]["Attributes"]
    if phone:
        verified = [{"Name": "phone_number", "Value": phone}, {"Name": "phone_number_verified", "Value": "true"}]
        cognito.admin_update_user_attributes(UserPoolId=pool, Username=email, UserAttributes=verified)
    return _sub(attributes)


def _id_secret(target: Target) -> str:
    secret = settings.read(target.client("ssm"), target.parameter_name("id-secret"))
    if not secret:
        raise UserError(f"Library {target.stage} has no id-secret: `make deploy STAGE={target.stage}` creates it.")
    return secret


def _sub(attributes: list[dict[str, Any]]) -> str:
    return next(str(attribute["Value"]) for attribute in attributes if attribute["Name"] == "sub")
