from typing import Any

import pytest

from chalicelib.accounts.addresses import MAX_CHARACTERS, address_hash, clean_address, normalize_address, verified_email
from chalicelib.accounts.identity import Caller, owner_id
from chalicelib.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("dora@example.org", "dora@example.org"),
        ("  Dora.Smith+photos@Example.ORG\n", "Dora.Smith+photos@Example.ORG"),
        ('"o\'hara"@example.org', '"o\'hara"@example.org'),
        ("do\u0308ra@bu\u0308cher.example", "döra@bücher.example"),
        ("a@" + "b" * (MAX_CHARACTERS - 6) + ".org", "a@" + "b" * (MAX_CHARACTERS - 6) + ".org"),
    ],
)
def test_address_is_cleaned(typed: str, cleaned: str) -> None:
    assert clean_address(typed) == cleaned


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        ["dora@example.org"],
        "",
        "dora",
        "@example.org",
        "dora@",
        "dora@example",
        "dora@.org",
        "dora@example..org",
        "dora@exam ple.org",
        "do\u0000ra@example.org",
        "do\u202era@example.org",
        "dora@example.org, bob@example.org",
        "dora@bob@example.org",
        "\ud800@example.org",
        "a@" + "b" * (MAX_CHARACTERS - 5) + ".org",
    ],
)
def test_what_is_no_address_is_invalid(value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        clean_address(value)
    assert caught.value.field == "email"


def test_addresses_that_differ_in_case_are_the_same() -> None:
    assert normalize_address(" DO\u0308RA@Example.org") == "döra@example.org"
    assert address_hash("DÖRA@EXAMPLE.ORG", "secret") == address_hash("do\u0308ra@example.org", "secret")


def test_hash_depends_on_secret_and_address_and_is_no_owner_id() -> None:
    hashed = address_hash("dora@example.org", "secret")
    assert len(hashed) == len(owner_id("x", "secret"))
    assert len({hashed, address_hash("dora@example.org", "other"), address_hash("bob@example.org", "secret")}) == 3
    assert hashed != owner_id("dora@example.org", "secret")


@pytest.mark.parametrize(
    ("use", "claims", "email"),
    [
        ("id", {"email": "dora@example.org", "email_verified": True}, "dora@example.org"),
        ("id", {"email": "dora@example.org", "email_verified": "true"}, "dora@example.org"),
        ("id", {"email": "dora@example.org", "email_verified": False}, None),
        ("id", {"email": "dora@example.org"}, None),
        ("id", {"email_verified": True}, None),
        ("access", {"email": "dora@example.org", "email_verified": True}, None),
        ("key", {}, None),
    ],
)
def test_only_an_id_token_has_a_verified_email(use: str, claims: dict[str, Any], email: str | None) -> None:
    assert verified_email(Caller("owner", use, claims)) == email
