from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.sharing.models import Contents, Share, ShareTerms
from chalicelib.sharing.passes import PASS_LIFETIME, create_pass, is_valid_pass
from tests.support.factories import NOON

SHARE = Share("s1", "alice", Contents("a1"), ShareTerms(), "f" * 64, NOON)


def test_pass_is_valid_for_twelve_hours() -> None:
    text, expires_at = create_pass(SHARE, NOON, "secret")
    assert expires_at == NOON + PASS_LIFETIME == NOON + timedelta(hours=12)
    assert is_valid_pass(text, SHARE, expires_at - timedelta(seconds=1), "secret")
    assert not is_valid_pass(text, SHARE, expires_at, "secret")


def test_pass_is_invalid_for_another_link_revision_or_secret() -> None:
    text, _ = create_pass(SHARE, NOON, "secret")
    assert not is_valid_pass(text, replace(SHARE, share_id="s2"), NOON, "secret")
    assert not is_valid_pass(text, replace(SHARE, revision=2), NOON, "secret")
    assert not is_valid_pass(text, SHARE, NOON, "other")


@pytest.mark.parametrize("text", ["", "x", "é", "AAAA", "a" * 5000])
def test_malformed_pass_is_invalid(text: str) -> None:
    assert not is_valid_pass(text, SHARE, NOON, "secret")


def test_pass_ends_with_the_link() -> None:
    ending = replace(SHARE, terms=ShareTerms(expires_at=NOON + timedelta(minutes=5)))
    assert create_pass(ending, NOON, "secret")[1] == NOON + timedelta(minutes=5)
