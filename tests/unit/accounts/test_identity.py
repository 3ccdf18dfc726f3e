import base64
import json
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.identity import LEEWAY_SECONDS, Caller, TokenVerifier, bearer_token, owner_id
from chalicelib.errors import Unauthenticated, Unavailable
from chalicelib.ingest.originals import direct_drop_ids
from tests.support.identity_provider import CLIENT, ISSUER, IdentityProvider

PROVIDER, STRANGER = (
    IdentityProvider(rsa.generate_private_key(public_exponent=65537, key_size=2048), keys_url="") for _ in range(2)
)
PUBLIC = PROVIDER.key.public_key()
PEM = PUBLIC.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class OneKey:
    """Signing keys with a single key, k1."""

    def get_signing_key_from_jwt(self, token: str) -> Any:
        if jwt.get_unverified_header(token).get("kid") != "k1":
            raise jwt.PyJWKClientError("no such key")
        return SimpleNamespace(key=PUBLIC)


VERIFIER = TokenVerifier(OneKey(), ISSUER, frozenset({CLIENT, "second-client"}), "secret")
ALICE = owner_id("alice", "secret")


def test_owner_id_is_an_hmac_of_the_subject() -> None:
    # printf %s owner:alice | openssl dgst -sha256 -hmac secret | cut -c-32
    assert ALICE == "a6f09fa9b9e996c245b7acf91dbd5c58"


@given(st.text(), st.text())
def test_owner_id_is_deterministic_and_hexadecimal(sub: str, secret: str) -> None:
    assert owner_id(sub, secret) == owner_id(sub, secret)
    assert re.fullmatch(r"[0-9a-f]{32}", owner_id(sub, secret))


def test_owner_id_depends_on_subject_and_secret() -> None:
    assert len({ALICE, owner_id("Alice", "secret"), owner_id("alice", "Secret"), owner_id("alice", "")}) == 4


def test_owner_id_differs_from_direct_drop_ids() -> None:
    assert ALICE not in direct_drop_ids("owner", "alice", "secret")


def test_id_token_returns_owner_and_claims() -> None:
    caller = VERIFIER.verify(PROVIDER.token("alice"))
    assert (caller.owner, caller.token_use, caller.claims["email"]) == (ALICE, "id", "alice@example.org")
    assert VERIFIER.verify(PROVIDER.token("alice", aud="second-client")).owner == ALICE


def test_access_token_returns_owner_without_claims() -> None:
    token = PROVIDER.access_token("alice", email="a@example.org", iat=1_795_000_000)
    assert VERIFIER.verify(token) == Caller(ALICE, "access", {}, issued_at=1_795_000_000)


def test_token_expired_within_the_leeway_is_valid() -> None:
    assert VERIFIER.verify(PROVIDER.token(exp=int(time.time()) - LEEWAY_SECONDS + 5)).owner == ALICE


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_token_from_the_future_is_named_as_the_reason(claim: str) -> None:
    ahead: dict[str, Any] = {claim: int(time.time()) + 3600}
    with pytest.raises(Unauthenticated, match=r"issued in the future: .* Sign in again") as raised:
        VERIFIER.verify(PROVIDER.token(**ahead))
    assert raised.value.code == "token_invalid"


def test_expired_token_raises_token_expired() -> None:
    with pytest.raises(Unauthenticated) as raised:
        VERIFIER.verify(PROVIDER.token(exp=int(time.time()) - LEEWAY_SECONDS - 5))
    assert raised.value.code == "token_expired"


def segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header: dict[str, Any], claims: str | None = None) -> str:
    """A valid token with another header or other claims, and the original signature."""
    _, body, signature = PROVIDER.token().split(".")
    return f"{segment(json.dumps(header).encode())}.{claims or body}.{signature}"


HEADER = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
BAD: dict[str, Callable[[], str]] = {
    "of another issuer": lambda: PROVIDER.token(iss="https://identity.example/other"),
    "of another client": lambda: PROVIDER.token(aud="another"),
    "an access token of another client": lambda: PROVIDER.access_token(client_id="another"),
    "an id token that only has an access token's client": lambda: PROVIDER.token(aud=None, client_id=CLIENT),
    "an access token that only has an id token's audience": lambda: PROVIDER.access_token(client_id=None, aud=CLIENT),
    "for several clients": lambda: PROVIDER.token(aud=[CLIENT]),
    "of another token use": lambda: PROVIDER.token(token_use="refresh"),
    "with a token use that is not a string": lambda: PROVIDER.token(token_use=["id"]),
    "without a token use": lambda: PROVIDER.token(token_use=None),
    "without a subject": lambda: PROVIDER.token(sub=None),  # type: ignore[arg-type]
    "with an empty subject": lambda: PROVIDER.token(sub=""),
    "without an expiry": lambda: PROVIDER.token(exp=None),
    "without an issue time": lambda: PROVIDER.token(iat=None),
    "without an issuer": lambda: PROVIDER.token(iss=None),
    "from the future": lambda: PROVIDER.token(iat=int(time.time()) + 600),
    "not yet valid": lambda: PROVIDER.token(nbf=int(time.time()) + 600),
    "with an expiry that is not a number": lambda: PROVIDER.token(exp="later"),
    "signed by another provider": STRANGER.token,
    "unsigned": lambda: PROVIDER.token(key="", alg="none"),
    "algorithm none with a signature": lambda: forged(HEADER | {"alg": "none"}),
    "signed with a shared secret": lambda: PROVIDER.token(key="x" * 64, alg="HS256"),
    "of another algorithm, with our signature": lambda: forged(HEADER | {"alg": "RS512"}),
    "of an unknown key": lambda: forged(HEADER | {"kid": "k2"}),
    "of no key": lambda: forged({"alg": "RS256"}),
    "with other claims": lambda: forged(HEADER, segment(b'{"sub":"mallory"}')),
    "with claims that are a list": lambda: forged(HEADER, segment(b"[]")),
    "nested too deeply": lambda: f"{segment(b'[' * 200_000)}.e30.eA",
    "not a token": lambda: "abc",
    "of empty segments": lambda: "..",
    "empty": lambda: "",
    "not text": lambda: "a.b.\ud800",
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_token_raises_token_invalid(kind: str) -> None:
    with pytest.raises(Unauthenticated) as raised:
        VERIFIER.verify(BAD[kind]())
    assert raised.value.code == "token_invalid"


def test_token_signed_with_the_public_key_as_hmac_secret_raises_unauthenticated() -> None:
    """Algorithm confusion: the public key as an HMAC secret (RFC 8725, 2.1)."""
    import hashlib
    import hmac

    head, body = segment(json.dumps(HEADER | {"alg": "HS256"}).encode()), PROVIDER.token().split(".")[1]
    signature = segment(hmac.digest(PEM, f"{head}.{body}".encode(), hashlib.sha256))
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(f"{head}.{body}.{signature}")


@given(st.text() | st.tuples(st.binary(), st.binary(), st.binary()).map(lambda t: ".".join(map(segment, t))))
def test_arbitrary_token_raises_unauthenticated_only(text: str) -> None:
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(text)


def test_unreachable_provider_raises_unavailable() -> None:
    class Unreachable:
        def get_signing_key_from_jwt(self, token: str) -> Any:
            raise jwt.PyJWKClientConnectionError("no answer")

    with pytest.raises(Unavailable):
        TokenVerifier(Unreachable(), ISSUER, frozenset({CLIENT}), "secret").verify(PROVIDER.token())


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc ", " Bearer abc"])
def test_bearer_token_is_parsed(header: str) -> None:
    assert bearer_token(header) == "abc"


def test_token_alone_is_a_bearer_token() -> None:
    token = PROVIDER.token("alice")
    assert bearer_token(token) == bearer_token(f" {token} ") == bearer_token(f"bearer {token}") == token


def test_missing_header_is_anonymous() -> None:
    assert bearer_token(None) is None
    assert bearer_token("") is None


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic abc", "abc", " ", "Bearer\tabc", "a.b", "a.b.c.d", "a.b.c d", "tt_key"]
)
def test_invalid_header_raises_unauthenticated(header: str) -> None:
    with pytest.raises(Unauthenticated):
        bearer_token(header)
