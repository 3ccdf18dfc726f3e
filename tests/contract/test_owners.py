"""The directory of owners, over the user pool of the local cloud."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from chalicelib.accounts.identity import owner_id
from chalicelib.aws import cognito
from chalicelib.aws.cognito import TTL_SECONDS, CognitoOwners
from chalicelib.errors import Unavailable
from local.provision import ProvisionedStack


@dataclass
class Pool:
    """A user pool and a clock."""

    client: Any
    pool_id: str
    time: float = 0.0

    def owners(self) -> CognitoOwners:
        return CognitoOwners(lambda: self.client, self.pool_id, "secret", lambda: self.time)

    def add(self, number: int) -> str:
        """Add a user; returns the owner id."""
        request = {"UserPoolId": self.pool_id, "Username": f"contract{number}@example.org", "MessageAction": "SUPPRESS"}
        user = self.client.admin_create_user(**request)["User"]
        return owner_id(next(a["Value"] for a in user["Attributes"] if a["Name"] == "sub"), "secret")

    def delete(self, number: int) -> None:
        self.client.admin_delete_user(UserPoolId=self.pool_id, Username=f"contract{number}@example.org")


@pytest.fixture
def pool(cloud: ProvisionedStack) -> Pool:
    """The user pool of the local cloud."""
    return Pool(cloud.client("cognito-idp"), cloud.outputs["UserPoolId"])


@pytest.mark.cloud
def test_users_are_owners_and_others_are_not(pool: Pool) -> None:
    added = pool.add(1)
    owners = pool.owners()
    assert owners.exists(added)
    assert not any(map(owners.exists, ("0" * 32, "", "contract1@example.org")))
    pool.delete(1)


@pytest.mark.cloud
def test_users_are_listed_again_after_five_minutes(pool: Pool) -> None:
    owners = pool.owners()
    assert not owners.exists("0" * 32)
    added = pool.add(0)
    assert not owners.exists(added)
    pool.time += TTL_SECONDS
    assert owners.exists(added)
    pool.delete(0)


class Pages:
    """A client whose user pool has endless pages of one user each, and may be unreachable."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.reachable = reachable
        self.read = 0

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **_: Any) -> Iterator[Any]:
        while True:
            if not self.reachable:
                raise ConnectTimeoutError(endpoint_url="https://cognito-idp")
            self.read += 1
            yield {"Users": [{"Attributes": [{"Name": "sub", "Value": str(self.read)}]}]}


def test_number_of_pages_is_bounded() -> None:
    pages = Pages()
    owners = CognitoOwners(lambda: pages, "pool", "secret", lambda: 0.0)
    assert owners.exists(owner_id(str(cognito.MAX_PAGES), "secret"))
    assert not owners.exists(owner_id(str(cognito.MAX_PAGES + 1), "secret"))


def test_unreachable_user_pool_raises_unavailable() -> None:
    with pytest.raises(Unavailable):
        CognitoOwners(lambda: Pages(reachable=False), "pool", "secret", lambda: 0.0).exists("0" * 32)
