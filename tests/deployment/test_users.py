"""The owner ids of a pool's users, as object keys hold them."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.accounts.identity import owner_id
from infrastructure.deploy import settings, users
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.target import Place, find
from local.provision import ProvisionedStack
from local.users import USERS

pytestmark = pytest.mark.cloud


@pytest.fixture
def here(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Place]:
    """A stage without any settings."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    place = find(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield place
    place.session.client("s3").close()


def test_every_user_of_the_pool_is_listed_with_their_owner_id(here: Place, cloud: ProvisionedStack) -> None:
    pool, cognito = cloud.outputs["UserPoolId"], cloud.client("cognito-idp")
    settings.write(here, "id-secret", "a secret", secret=True)
    found = users.owners(here, pool)
    assert [email for _, email in found] == sorted(email for _, email in found)
    assert {user.email for user in USERS.values()} <= {email for _, email in found}
    for owner, email in found:
        attributes = cognito.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
        (sub,) = (each["Value"] for each in attributes if each["Name"] == "sub")
        assert owner == owner_id(sub, "a secret")


def test_the_first_owner_is_stored_by_their_owner_id(here: Place, cloud: ProvisionedStack) -> None:
    pool, email = cloud.outputs["UserPoolId"], USERS["second"].email
    settings.write(here, "id-secret", "a secret", secret=True)
    users.make_owner(here, pool, email)
    stored = settings.read(here.client("ssm"), here.parameter("library-owner"))
    assert (stored, email) in users.owners(here, pool)


def test_no_owner_id_is_made_without_the_secret(here: Place, cloud: ProvisionedStack) -> None:
    with pytest.raises(Problem, match=f"{here.stack} has no id-secret: make deploy STAGE={here.stage} creates it"):
        users.owners(here, cloud.outputs["UserPoolId"])
