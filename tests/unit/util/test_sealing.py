"""Sealed tokens are cursors, which hide what they hold; `test_tokens` tests the rest."""

import base64

import pytest

from chalicelib.errors import Invalid
from chalicelib.util.sealing import seal, unseal

QUERY = ("articles", "public", "beach")
PAYLOAD = "2026-11-20T12:00:00.000000Z#p1"


def test_payload_cannot_be_read() -> None:
    cursor = seal(PAYLOAD, context=QUERY, secret="s")
    assert PAYLOAD.encode()[:4] not in base64.urlsafe_b64decode(cursor + "==")


@pytest.mark.parametrize("query", [("articles", "public", "sea"), ()])
def test_cursor_of_another_query_is_refused_by_name(query: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as raised:
        unseal(seal(PAYLOAD, context=QUERY, secret="s"), context=query, secret="s")
    assert raised.value.field == "cursor"
