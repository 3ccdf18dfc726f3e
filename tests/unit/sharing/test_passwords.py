import pytest

from chalicelib.errors import Invalid
from chalicelib.sharing.passwords import MAX_CHARACTERS, hash_password, is_password, parse_password


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password("Ärger im Büro", lambda size: b"s" * size)


def test_right_password_matches_however_it_is_typed(password_hash: str) -> None:
    assert is_password("Ärger im Büro", password_hash)
    assert is_password("A\u0308rger im Bu\u0308ro", password_hash)


@pytest.mark.parametrize("wrong", ["ärger im büro", "Ärger im Büro ", "", "\ud800", "x" * 10_000])
def test_wrong_password_does_not_match(password_hash: str, wrong: str) -> None:
    assert not is_password(wrong, password_hash)


def test_hash_names_its_cost_and_salt_but_not_the_password(password_hash: str) -> None:
    kind, cost, salt, _ = password_hash.split("$")
    assert (kind, cost, salt) == ("scrypt", "15,8,3", "c3Nzc3Nzc3Nzc3Nzc3Nzcw==")
    assert "rger" not in password_hash


def test_hash_of_another_cost_is_checked_with_its_own() -> None:
    cheap = "scrypt$4,1,1$c2FsdA==$6HAY4+aSNLHpdQFB3Gz/AfPPCCRFPKvKvDf7WnBQh9A="
    assert is_password("secret", cheap)
    assert not is_password("Secret", cheap)


@pytest.mark.parametrize("value", [None, 123456, ["secret"], "short", "x" * (MAX_CHARACTERS + 1)])
def test_invalid_password_is_refused(value: object) -> None:
    with pytest.raises(Invalid, match="password must be text of 6 to 128 characters") as error:
        parse_password(value)
    assert error.value.field == "password"


def test_password_is_normalized() -> None:
    assert parse_password("e\u0301té 2026") == "été 2026"
