"""Identity: who the caller is and what they may do. All Cognito tokens are verified here.

The app verifies tokens itself because API Gateway has no optional sign-in and a laptop has no gateway. An invalid
token is an error on every route; the caller is never treated as anonymous. `api_keys` authenticates API keys.
"""

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from chalicelib.errors import Forbidden, Unauthenticated, Unavailable

ALGORITHM = "RS256"
LEEWAY_SECONDS = 10
TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)  # a signed JWT (RFC 7519) in its compact form
# The JWT authorizers of API Gateway refuse such a token, too.
ISSUED_IN_FUTURE = "This token was issued in the future: a clock was wrong or was set back. Sign in again."


class Permission(StrEnum):
    """What a route requires. A signed-in user has every permission; an API key has those it was created with."""

    READ = "read"
    UPLOAD = "upload"
    MANAGE = "manage"
    SHARE = "share"
    # Never granted to an API key: only the signed-in user manages API keys and addresses, and is sent messages.
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated owner. `token_use` is `id`, `access` or `key` (an API key, which has a `key_id`).

    Only an ID token has `claims`. `issued_at` is when a token was issued, in seconds since 1970; 0 for an API key.
    """

    owner: str
    token_use: str
    claims: dict[str, Any]
    permissions: frozenset[Permission] = frozenset(Permission)
    key_id: str | None = None
    issued_at: int = 0

    def require(self, permission: Permission) -> None:
        """Raise Forbidden, naming the permission, if the caller does not have it."""
        if permission in self.permissions:
            return
        if permission is Permission.ACCOUNT:
            raise Forbidden("API keys cannot do this. Sign in instead.")
        raise Forbidden(f"This API key does not have the {permission} permission.", needs=permission)


def owner_id(sub: str, id_secret: str) -> str:
    """The owner id of the Cognito user `sub`: HMAC-SHA256 of `owner:{sub}`, cut to 32 hex digits.

    Object keys, URLs and scopes contain it instead of `sub`, which cannot be derived from it; with the secret it can
    be recomputed for every user of the pool. Bucket names contain no colon, so no photo id has the same input
    (`originals.direct_drop_ids`).
    """
    return hmac.digest(id_secret.encode(), f"owner:{sub}".encode(), sha256).hex()[:32]


class SigningKeys(Protocol):
    """The identity provider's signing keys; `jwt.PyJWKClient` is one."""

    def get_signing_key_from_jwt(self, token: str, /) -> Any:
        """The key that the token header names."""


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Verifies tokens of one user pool (RFC 7519; Cognito's `token_use`, `aud` or `client_id`)."""

    signing_keys: SigningKeys
    issuer: str
    client_ids: frozenset[str]
    id_secret: str

    def verify(self, token: str) -> Caller:
        """The caller this token identifies; raises Unauthenticated, or Unavailable if the keys cannot be fetched."""
        import jwt  # takes 90 ms, which anonymous requests should not pay

        try:
            key = self.signing_keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"verify_aud": False, "require": ["exp", "iat", "iss", "sub", "token_use"]},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise Unavailable("The sign-in service did not respond.") from error
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("This token has expired; sign in again.", code="token_expired") from error
        except jwt.ImmatureSignatureError as error:
            raise Unauthenticated(ISSUED_IN_FUTURE, code="token_invalid") from error
        except (jwt.PyJWTError, ValueError, RecursionError) as error:  # PyJWT does not catch all malformed tokens
            raise Unauthenticated("This token is not valid; sign in again.", code="token_invalid") from error
        return self._caller(claims)

    def _caller(self, claims: dict[str, Any]) -> Caller:
        use = claims["token_use"]
        client = claims.get("aud") if use == "id" else claims.get("client_id") if use == "access" else None
        is_known = isinstance(client, str) and client in self.client_ids
        if not is_known or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise Unauthenticated("This token was not issued for this library.", code="token_invalid")
        owner = owner_id(claims["sub"], self.id_secret)
        return Caller(owner, use, claims if use == "id" else {}, issued_at=int(claims["iat"]))


def bearer_token(header: str | None) -> str | None:
    """The bearer token of an Authorization header (RFC 6750), None without a header; raises Unauthenticated.

    A token alone is one too: API Gateway's Cognito authorizers take it so, and clients of theirs send it so.
    """
    if not header:
        return None
    if TOKEN.fullmatch(header.strip()):
        return header.strip()
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Authorization must be `Bearer <token>`.", code="token_invalid")
    return token.strip()
