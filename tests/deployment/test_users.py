"""Owner ids of the users."""

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


def test_missing_secret_raises_error(target: Target, cloud: ProvisionedStack) -> None:
    with pytest.raises(UserError, match=f"Library {target.stage} has no id-secret: `make deploy STAGE={target.stage}`"):
        users.list_owners(target, cloud.outputs["UserPoolId"])
