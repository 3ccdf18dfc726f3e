"""Signed tokens; `test_tokens` tests what they have in common with sealed ones."""

from chalicelib.util.signing import sign, verify


def test_empty_payload_can_be_signed() -> None:
    assert verify(sign("", context=(), secret="s"), context=(), secret="s") == ""
