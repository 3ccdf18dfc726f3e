"""Who is calling: Cognito's tokens, verified here and nowhere else.

The app verifies them itself, because API Gateway has no optional sign-in and a laptop has no gateway.
A bad token is refused everywhere, never taken for nobody.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.errors import Unauthenticated, Unavailable

ALGORITHM = "RS256"
LEEWAY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """A person by the subject of their verified token; `claims` only of an id token."""

    owner: str
    token_use: str
    claims: dict[str, Any]


class Keys(Protocol):
    """The identity provider's signing keys; `jwt.PyJWKClient` is one."""

    def get_signing_key_from_jwt(self, token: str, /) -> Any:
        """The key that the token's header names."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies tokens of one user pool (RFC 7519; Cognito's `token_use`, `aud` or `client_id`)."""

    keys: Keys
    issuer: str
    client_ids: frozenset[str]

    def verify(self, token: str) -> Caller:
        """Who this token speaks for; raises Unauthenticated, or Unavailable where the keys cannot be fetched."""
        import jwt  # 90 ms that an anonymous call need not spend

        try:
            key = self.keys.get_signing_key_from_jwt(token)
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
        return Caller(owner=claims["sub"], token_use=use, claims=claims if use == "id" else {})


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header (RFC 6750), or None without one; raises Unauthenticated for any other."""
    if not header:
        return None
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Authorization must be `Bearer <token>`.", code="token_invalid")
    return token.strip()
