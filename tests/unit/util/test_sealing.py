import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.util.sealing import seal, unseal

QUERY = ("articles", "public", "beach")
PAYLOAD = "2026-11-20T12:00:00.000000Z#p1"


def cursor(payload: str = PAYLOAD, query: tuple[str, ...] = QUERY) -> str:
    return seal(payload, context=query, secret="s")


@given(st.text(min_size=1), st.lists(st.text(), max_size=200).map(tuple))
def test_unseal_returns_the_sealed_payload(payload: str, query: tuple[str, ...]) -> None:
    assert unseal(cursor(payload, query), context=query, secret="s") == payload


def test_payload_cannot_be_read() -> None:
    assert PAYLOAD.encode()[:4] not in base64.urlsafe_b64decode(cursor() + "==")
    assert cursor() == cursor()


@given(st.text(min_size=1))
def test_cursor_is_url_safe(payload: str) -> None:
    assert set(cursor(payload)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


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
def test_cursor_of_another_query_raises_invalid(query: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as raised:
        unseal(cursor(), context=query, secret="s")
    assert raised.value.field == "cursor"


def test_cursor_sealed_with_another_secret_raises_invalid() -> None:
    with pytest.raises(Invalid):
        unseal(cursor(), context=QUERY, secret="another")


@pytest.mark.parametrize("at", [0, 15, 16, -1])
def test_altered_cursor_raises_invalid(at: int) -> None:
    body = bytearray(base64.urlsafe_b64decode(cursor() + "=="))
    body[at] ^= 1
    with pytest.raises(Invalid):
        unseal(base64.urlsafe_b64encode(body).decode().rstrip("="), context=QUERY, secret="s")


@given(st.text())
def test_arbitrary_text_raises_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        unseal(text, context=QUERY, secret="s")


@pytest.mark.parametrize("text", ["", "A", "AAAA", "====", "%%%", "é", " ", "\ud800", cursor() + "!", cursor()[:-4]])
def test_malformed_cursor_raises_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        unseal(text, context=QUERY, secret="s")
