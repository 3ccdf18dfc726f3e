"""The users of the Cognito user pool, as owner ids."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from chalicelib.accounts.identity import owner_id
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.util.expiring_cache import ExpiringCache

# 12,000 users, in about twenty seconds.
MAX_PAGES = 200
TTL_SECONDS = 300


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
        pages = (
            self._client()
            .get_paginator("list_users")
            .paginate(UserPoolId=self._user_pool_id, AttributesToGet=["sub"], PaginationConfig={"PageSize": 60})
        )
        with translate_transient_errors():
            return frozenset(
                owner_id(attribute["Value"], self._id_secret)
                for page in islice(pages, MAX_PAGES)
                for user in page["Users"]
                for attribute in user["Attributes"]
                if attribute["Name"] == "sub"
            )
