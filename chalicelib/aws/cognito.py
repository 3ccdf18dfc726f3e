"""The users of the Cognito user pool, as owner ids."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from chalicelib.accounts.addresses import normalize_address
from chalicelib.accounts.identity import owner_id
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.util.expiring_cache import ExpiringCache

# 12,000 users, in about twenty seconds.
MAX_PAGES = 200
TTL_SECONDS = 300
# Addresses are read again after this time already if one is missing: the account may be new.
MISSING_TTL_SECONDS = 15


class CognitoOwners:
    """`recovery.OwnerDirectory` over a user pool: recomputes the owner id of each user, at most every five minutes.

    `client` makes the client, which hardly any process needs.
    """

    def __init__(
        self, client: Callable[[], Any], user_pool_id: str, id_secret: str, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._user_pool_id = user_pool_id
        self._id_secret = id_secret
        self._owners = ExpiringCache(self._read, ttl_seconds=TTL_SECONDS, clock=clock)

    def exists(self, owner: str) -> bool:
        """Whether this is the owner id of one of the pool's first 12,000 users."""
        return owner in self._owners.get()

    def _read(self) -> frozenset[str]:
        users = _list_users(self._client(), self._user_pool_id, AttributesToGet=["sub"])
        return frozenset(owner_id(_attributes(user)["sub"], self._id_secret) for user in users)


class CognitoUsers:
    """`members.UserDirectory` over a user pool: the enabled users whose address is verified.

    Addresses are cached in memory only. An owner id cannot be turned back into a user, so that addresses of owners are
    found in a list of all users, which is at most five minutes old. `client` makes the client.
    """

    def __init__(
        self, client: Callable[[], Any], user_pool_id: str, id_secret: str, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._user_pool_id = user_pool_id
        self._id_secret = id_secret
        self._addresses = ExpiringCache(lambda: dict(self._read()), ttl_seconds=TTL_SECONDS, clock=clock)

    def find(self, address: str) -> str | None:
        """The owner id of the user with this address, or None.

        It is tried in lower case too: AWS only suggests that filters ignore the case of addresses.
        """
        normalized = normalize_address(address)
        found = (
            (owner, each)
            for candidate in dict.fromkeys((address, normalized))
            for owner, each in self._read(Filter=email_filter(candidate))
        )
        return next((owner for owner, each in found if normalize_address(each) == normalized), None)

    def addresses(self, owners: Iterable[str]) -> Mapping[str, str]:
        """The addresses of those of these owners that are among the pool's first 12,000 users, by owner id."""
        owners = frozenset(owners)
        known = self._addresses.get()
        if not owners <= known.keys():
            known = self._addresses.get(max_age_seconds=MISSING_TTL_SECONDS)
        return {owner: known[owner] for owner in owners & known.keys()}

    def _read(self, **filters: str) -> Iterator[tuple[str, str]]:
        """Owner id and address of each enabled user whose address is verified.

        All attributes are read: Cognito refuses to name one that not every user has, as `email_verified`.
        """
        for user in _list_users(self._client(), self._user_pool_id, **filters):
            values = _attributes(user)
            # Users can change their own address to any other, which is not verified then.
            if user["Enabled"] and values.get("email") and values.get("email_verified") == "true":
                yield owner_id(values["sub"], self._id_secret), values["email"]


def email_filter(address: str) -> str:
    """The filter for users with exactly this address; quotes and backslashes are escaped."""
    escaped = address.replace("\\", "\\\\").replace('"', '\\"')
    return f'email = "{escaped}"'


def _list_users(client: Any, user_pool_id: str, **options: Any) -> Iterator[Any]:
    """The pool's first 12,000 users; raises Unavailable."""
    paginator = client.get_paginator("list_users")
    pages = paginator.paginate(UserPoolId=user_pool_id, PaginationConfig={"PageSize": 60}, **options)
    with translate_transient_errors():
        for page in islice(pages, MAX_PAGES):
            yield from page["Users"]


def _attributes(user: Any) -> dict[str, str]:
    return {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]}
