import itertools

import pytest

from chalicelib.sharing.tokens import SECRET_BYTES, Token, create_token, hash_secret, is_secret, parse_token


def test_token_has_80_bits_of_id_and_128_of_secret() -> None:
    sizes = []

    def random_bytes(size: int) -> bytes:
        sizes.append(size)
        return b"\xff" * size

    token = create_token(random_bytes)
    assert sizes == [10, 16]
    assert SECRET_BYTES * 8 == 128
    assert str(token) == f"{'7' * 16}.{'7' * 25}4"


def test_token_is_parsed_into_its_parts() -> None:
    numbers = itertools.count(1)
    token = create_token(lambda size: next(numbers).to_bytes(size))
    assert parse_token(str(token)) == token


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "a" * 16, f"{'a' * 16}.", f"{'a' * 16}.{'a' * 25}", f"{'a' * 16}.{'a' * 27}"),
        *(f"{'A' * 16}.{'a' * 26}", f"{'a' * 16}.{'a' * 26}\n", f"{'a' * 16}.{'a' * 26}.{'a' * 26}"),
        *(f"{'a' * 16}.{'1' * 26}", f"{'é' * 16}.{'a' * 26}"),
    ],
)
def test_malformed_token_is_none(text: str) -> None:
    assert parse_token(text) is None


def test_only_the_same_secret_matches_its_hash() -> None:
    secret = Token("s", "abc").secret
    assert is_secret(secret, hash_secret(secret))
    assert not is_secret("abd", hash_secret(secret))
    assert secret not in hash_secret(secret)
