"""Owner ids of the users."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.accounts.identity import owner_id
from infrastructure.deploy import settings, users
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target, resolve_target
from local.provision import ProvisionedStack
from local.users import USERS

pytestmark = pytest.mark.cloud


@pytest.fixture
def target(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Target]:
    """A stage without any settings."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    target = resolve_target(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield target
    target.session.client("s3").close()


def test_list_owners_returns_every_user(target: Target, cloud: ProvisionedStack) -> None:
    pool, cognito = cloud.outputs["UserPoolId"], cloud.client("cognito-idp")
    settings.write(target, "id-secret", "a secret", secret=True)
    owners = users.list_owners(target, pool)
    assert [email for _, email in owners] == sorted(email for _, email in owners)
    assert {user.email for user in USERS.values()} <= {email for _, email in owners}
    for owner, email in owners:
        attributes = cognito.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
        (sub,) = (each["Value"] for each in attributes if each["Name"] == "sub")
        assert owner == owner_id(sub, "a secret")


def test_ensure_owner_stores_owner_id(target: Target, cloud: ProvisionedStack) -> None:
    pool, email = cloud.outputs["UserPoolId"], USERS["second"].email
    settings.write(target, "id-secret", "a secret", secret=True)
    users.ensure_owner(target, pool, email)
    stored = settings.read(target.client("ssm"), target.parameter_name("library-owner"))
    assert (stored, email) in users.list_owners(target, pool)


def test_user_is_invited_again_until_the_invitation_is_used(target: Target, cloud: ProvisionedStack) -> None:
    pool, email = cloud.outputs["UserPoolId"], f"{uuid.uuid4().hex}@tintype.example"
    invitations = list[str]()
    target.session.events.register(
        "before-call.cognito-identity-provider.AdminCreateUser",
        lambda params, **_: invitations.append(json.loads(params["body"]).get("MessageAction", "")),
    )
    sub = users.invite(target, pool, email)
    assert users.invite(target, pool, email) == sub
    assert invitations == ["", "RESEND"]
    password = {"Password": "a long password", "Permanent": True}
    cloud.client("cognito-idp").admin_set_user_password(UserPoolId=pool, Username=email, **password)
    assert users.invite(target, pool, email) == sub
    assert len(invitations) == 2


def test_missing_secret_raises_error(target: Target, cloud: ProvisionedStack) -> None:
    with pytest.raises(UserError, match=f"Library {target.stage} has no id-secret: `make deploy STAGE={target.stage}`"):
        users.list_owners(target, cloud.outputs["UserPoolId"])


def test_phone_number_of_a_user_is_verified(target: Target, cloud: ProvisionedStack) -> None:
    pool, email = cloud.outputs["UserPoolId"], f"{uuid.uuid4().hex}@tintype.example"
    sub = users.invite(target, pool, email)
    for phone in ("+12025550123", "+4915112345678"):  # the second replaces the first
        assert users.invite(target, pool, email, phone) == sub
        found = cloud.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
        attributes = {each["Name"]: each["Value"] for each in found}
        assert (attributes["phone_number"], attributes["phone_number_verified"]) == (phone, "true")


@pytest.mark.parametrize("phone", ["2025550123", "+1 202 555 0123", "+0123456789", "+1", "+12025550123x"])
def test_invalid_phone_number_is_refused_before_anyone_is_invited(
    phone: str, target: Target, cloud: ProvisionedStack
) -> None:
    email = f"{uuid.uuid4().hex}@tintype.example"
    with pytest.raises(UserError, match="Invalid PHONE"):
        users.invite(target, cloud.outputs["UserPoolId"], email, phone)
    cognito = cloud.client("cognito-idp")
    with pytest.raises(cognito.exceptions.UserNotFoundException):
        cognito.admin_get_user(UserPoolId=cloud.outputs["UserPoolId"], Username=email)
