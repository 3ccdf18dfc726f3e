import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.util.signing import SIGNATURE_BYTES, sign, verify

QUERY = ("articles", "public", "beach")
PAYLOAD = "2026-11-20T12:00:00.000000Z#p1"


def token(payload: str = PAYLOAD, query: tuple[str, ...] = QUERY) -> str:
    return sign(payload, context=query, secret="s")


@given(st.text(), st.lists(st.text()).map(tuple))
def test_verify_returns_the_signed_payload(payload: str, query: tuple[str, ...]) -> None:
    assert verify(token(payload, query), context=query, secret="s") == payload


@given(st.text())
def test_token_is_url_safe(payload: str) -> None:
    assert set(token(payload)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


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
def test_token_of_another_context_raises_invalid(query: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        verify(token(), context=query, secret="s")


def test_token_signed_with_another_secret_raises_invalid() -> None:
    with pytest.raises(Invalid):
        verify(token(), context=QUERY, secret="another")


@pytest.mark.parametrize("at", [0, SIGNATURE_BYTES - 1, SIGNATURE_BYTES, -1])
def test_altered_token_raises_invalid(at: int) -> None:
    body = bytearray(base64.urlsafe_b64decode(token() + "=="))
    body[at] ^= 1
    with pytest.raises(Invalid):
        verify(base64.urlsafe_b64encode(body).decode().rstrip("="), context=QUERY, secret="s")


@given(st.text())
def test_arbitrary_text_raises_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        verify(text, context=QUERY, secret="s")


@pytest.mark.parametrize("text", ["", "A", "AAAA", "====", "%%%", "é", " ", "\ud800", token() + "!", token()[:-4]])
def test_malformed_token_raises_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        verify(text, context=QUERY, secret="s")
