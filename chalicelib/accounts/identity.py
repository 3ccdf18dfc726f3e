"""Who is calling, and what they may do: Cognito's tokens, verified here and nowhere else.

The app verifies them itself, because API Gateway has no optional sign-in and a laptop has no gateway.
A bad token is refused everywhere, never taken for nobody. What an API key speaks for is told by `keys`.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from chalicelib.errors import Forbidden, Unauthenticated, Unavailable

ALGORITHM = "RS256"
LEEWAY_SECONDS = 10


class Permission(StrEnum):
    """What a route asks of its caller. Somebody signed in has every right, an API key those it was made with."""

    READ = "read"
    UPLOAD = "upload"
    MANAGE = "manage"
    # No key has it: what makes keys, or writes to a person, is for that person alone.
    ACCOUNT = "person"


@dataclass(frozen=True, slots=True)
class Caller:
    """An owner by their verified token (`id`, `access`) or their API key (`key`); `claims` only of an id token."""

    owner: str
    token_use: str
    claims: dict[str, Any]
    permissions: frozenset[Permission] = frozenset(Permission)

    def require(self, right: Permission) -> None:
        """Raise Forbidden, naming the right, where the caller does not have it."""
        if right in self.permissions:
            return
        if right is Permission.ACCOUNT:
            raise Forbidden("An API key cannot do this: sign in, and do it yourself.")
        raise Forbidden(f"This API key cannot do this: it takes one that can {right}.", needs=right)


def owner_id(sub: str, id_secret: str) -> str:
    """The owner id of the Cognito user `sub`: HMAC-SHA256 of `owner:{sub}`, cut to 32 hex digits.

    Object keys, URLs and scopes hold it in place of `sub`, which nobody can find out from it; whoever has the secret
    computes it again for every user of the pool. No bucket name holds a colon, so no id of a photo is made of the
    same text (`originals.photo_id_for`).
    """
    return hmac.digest(id_secret.encode(), f"owner:{sub}".encode(), sha256).hex()[:32]


class SigningKeys(Protocol):
    """The identity provider's signing keys; `jwt.PyJWKClient` is one."""

    def get_signing_key_from_jwt(self, token: str, /) -> Any:
        """The key that the token's header names."""


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Verifies tokens of one user pool (RFC 7519; Cognito's `token_use`, `aud` or `client_id`)."""

    signing_keys: SigningKeys
    issuer: str
    client_ids: frozenset[str]
    id_secret: str

    def verify(self, token: str) -> Caller:
        """Who this token speaks for; raises Unauthenticated, or Unavailable where the keys cannot be fetched."""
        import jwt  # 90 ms that an anonymous call need not spend

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
            raise Unavailable("The sign-in service did not answer.") from error
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("This token has expired; sign in again.", code="token_expired") from error
        except (jwt.PyJWTError, ValueError, RecursionError) as error:  # PyJWT lets some malformed text through
            raise Unauthenticated("This token is not valid; sign in again.", code="token_invalid") from error
        return self._caller(claims)

    def _caller(self, claims: dict[str, Any]) -> Caller:
        use = claims["token_use"]
        client = claims.get("aud") if use == "id" else claims.get("client_id") if use == "access" else None
        known = isinstance(client, str) and client in self.client_ids
        if not known or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise Unauthenticated("This token was not made for this library.", code="token_invalid")
        owner = owner_id(claims["sub"], self.id_secret)
        return Caller(owner, use, claims if use == "id" else {})


def bearer_token(header: str | None) -> str | None:
    """The token of an Authorization header (RFC 6750), or None without one; raises Unauthenticated for any other."""
    if not header:
        return None
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Authorization must be `Bearer <token>`.", code="token_invalid")
    return token.strip()
