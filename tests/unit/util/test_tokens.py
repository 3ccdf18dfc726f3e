"""What signed and sealed tokens have in common: nobody can alter them or use them for something else."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.util.sealing import seal, unseal
from chalicelib.util.signing import SIGNATURE_BYTES, sign, verify

QUERY = ("articles", "public", "beach")
PAYLOAD = "2026-11-20T12:00:00.000000Z#p1"

type Make = Callable[..., str]
both_kinds = pytest.mark.parametrize(("make", "read"), [(sign, verify), (seal, unseal)], ids=["signed", "sealed"])


def token(make: Make, payload: str = PAYLOAD, query: tuple[str, ...] = QUERY) -> str:
    return make(payload, context=query, secret="s")


@both_kinds
@given(st.text(min_size=1), st.lists(st.text(), max_size=200).map(tuple))
def test_token_gives_back_its_payload(make: Make, read: Make, payload: str, query: tuple[str, ...]) -> None:
    assert read(token(make, payload, query), context=query, secret="s") == payload
    assert token(make, payload, query) == token(make, payload, query)


@both_kinds
@given(st.text(min_size=1))
def test_token_is_url_safe(make: Make, read: Make, payload: str) -> None:
    characters = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert set(token(make, payload)) <= characters
    assert read(token(make, payload), context=QUERY, secret="s") == payload


@both_kinds
@pytest.mark.parametrize(
    "query",
    [
        ("articles", "public", "sea"),
        ("articles", "owner/alice", "beach"),
        ("photos", "public", "beach"),
        ("articles", "public"),
        ("articles", "public", "beach", ""),
        ("articles", "publicbeach", ""),
        ("articles,public,beach",),
        (),
    ],
)
def test_token_of_another_context_raises_invalid(make: Make, read: Make, query: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        read(token(make), context=query, secret="s")


@both_kinds
def test_token_of_another_secret_raises_invalid(make: Make, read: Make) -> None:
    with pytest.raises(Invalid):
        read(token(make), context=QUERY, secret="another")


@both_kinds
@pytest.mark.parametrize("at", [0, SIGNATURE_BYTES - 1, SIGNATURE_BYTES, 15, 16, -1])
def test_altered_token_raises_invalid(make: Make, read: Make, at: int) -> None:
    body = bytearray(base64.urlsafe_b64decode(token(make) + "=="))
    body[at] ^= 1
    with pytest.raises(Invalid):
        read(base64.urlsafe_b64encode(body).decode().rstrip("="), context=QUERY, secret="s")


@both_kinds
@given(st.text())
def test_arbitrary_text_raises_invalid(make: Make, read: Make, text: str) -> None:
    assert token(make) != text
    with pytest.raises(Invalid):
        read(text, context=QUERY, secret="s")


@both_kinds
@pytest.mark.parametrize("text", ["", "A", "AAAA", "====", "%%%", "é", " ", "\ud800", "{token}!", "{cut}"])
def test_malformed_token_raises_invalid(make: Make, read: Make, text: str) -> None:
    with pytest.raises(Invalid):
        read(text.format(token=token(make), cut=token(make)[:-4]), context=QUERY, secret="s")
