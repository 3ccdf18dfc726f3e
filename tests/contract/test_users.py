"""The directory of users, over the user pool of the local cloud."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from chalicelib.accounts.identity import owner_id
from chalicelib.aws.cognito import MISSING_TTL_SECONDS, TTL_SECONDS, CognitoUsers, email_filter
from chalicelib.errors import Unavailable
from local.provision import ProvisionedStack


@dataclass
class Pool:
    """A user pool and a clock; users are removed after the test."""

    client: Any
    pool_id: str
    time: float = 0.0
    added: list[str] = field(default_factory=list)

    def users(self) -> CognitoUsers:
        return CognitoUsers(lambda: self.client, self.pool_id, "secret", lambda: self.time)

    def add(self, email: str, *, verified: str = "true") -> str:
        """Add a user; returns the owner id."""
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": verified}]
        request = {"UserPoolId": self.pool_id, "Username": email, "MessageAction": "SUPPRESS"}
        user = self.client.admin_create_user(**request, UserAttributes=attributes)["User"]
        self.added.append(email)
        return owner_id(next(a["Value"] for a in user["Attributes"] if a["Name"] == "sub"), "secret")

    def disable(self, email: str) -> None:
        self.client.admin_disable_user(UserPoolId=self.pool_id, Username=email)


@pytest.fixture
def pool(cloud: ProvisionedStack) -> Iterator[Pool]:
    """The user pool of the local cloud."""
    pool = Pool(cloud.client("cognito-idp"), cloud.outputs["UserPoolId"])
    yield pool
    for email in pool.added:
        pool.client.admin_delete_user(UserPoolId=pool.pool_id, Username=email)


@pytest.mark.cloud
def test_user_is_found_by_address_without_regard_to_case(pool: Pool) -> None:
    dora = pool.add("dora.contract@example.org")
    users = pool.users()
    for address in ("dora.contract@example.org", "Dora.Contract@EXAMPLE.org"):
        assert users.find(address) == dora
    for other in ("dora.contract@example.com", "contract@example.org", "dora.contract@example.or", ""):
        assert users.find(other) is None


@pytest.mark.cloud
def test_hostile_addresses_find_nobody(pool: Pool) -> None:
    pool.add("dora.contract@example.org")
    for address in ('x" or email ^= "d', '"', '\\"', "\\", 'email = "dora.contract@example.org"', "*", "d%", "d\n"):
        assert pool.users().find(address) is None


@pytest.mark.cloud
def test_only_verified_addresses_of_enabled_users_count(pool: Pool) -> None:
    unverified = pool.add("unverified.contract@example.org", verified="false")
    removed = pool.add("removed.contract@example.org")
    pool.disable("removed.contract@example.org")
    users = pool.users()
    assert users.find("unverified.contract@example.org") is None
    assert users.find("removed.contract@example.org") is None
    assert users.addresses([unverified, removed]) == {}


@pytest.mark.cloud
def test_addresses_of_owners_are_read_again_if_one_is_missing(pool: Pool) -> None:
    dora = pool.add("dora.contract@example.org")
    users = pool.users()
    assert users.addresses([dora]) == {dora: "dora.contract@example.org"}
    carol = pool.add("carol.contract@example.org")
    assert users.addresses([dora, carol]) == {dora: "dora.contract@example.org"}
    pool.time += MISSING_TTL_SECONDS
    assert users.addresses([carol]) == {carol: "carol.contract@example.org"}
    pool.disable("dora.contract@example.org")
    pool.time += MISSING_TTL_SECONDS
    assert users.addresses([dora]) == {dora: "dora.contract@example.org"}
    pool.time += TTL_SECONDS
    assert users.addresses([dora, carol]) == {carol: "carol.contract@example.org"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("dora@example.org", 'email = "dora@example.org"'),
        ('"do\\ra"@example.org', 'email = "\\"do\\\\ra\\"@example.org"'),
    ],
)
def test_filter_escapes_quotes_and_backslashes(address: str, expected: str) -> None:
    assert email_filter(address) == expected


class Unreachable:
    """A client whose user pool does not respond."""

    def get_paginator(self, _: str) -> "Unreachable":
        return self

    def paginate(self, **_: Any) -> Iterator[Any]:
        raise ConnectTimeoutError(endpoint_url="https://cognito-idp")
        yield


def test_unreachable_user_pool_raises_unavailable() -> None:
    users = CognitoUsers(Unreachable, "pool", "secret", lambda: 0.0)
    with pytest.raises(Unavailable):
        users.find("dora@example.org")
    with pytest.raises(Unavailable):
        users.addresses(["owner"])
