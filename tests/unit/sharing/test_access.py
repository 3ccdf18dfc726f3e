from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Expired, NotFound, TooManyRequests, Unauthenticated
from chalicelib.sharing.access import MAX_WRONG_PASSWORDS
from chalicelib.sharing.models import Download, ShareTerms
from tests.support.factories import NOON
from tests.unit.sharing.support import PASSWORD, PASSWORD_HASH, Links

PROTECTED = ShareTerms(name="for Ö", password_hash=PASSWORD_HASH)


def try_wrong(links: Links, token: str) -> None:
    with pytest.raises(Unauthenticated) as error:
        links.access.exchange_password(token, "guess")
    assert error.value.code == "wrong_password"


def test_token_opens_its_link() -> None:
    links = Links()
    share, token = links.share()
    assert links.access.open(token, None) == share


def test_unknown_altered_and_revoked_tokens_are_not_found() -> None:
    links = Links()
    share, token = links.share()
    other, other_token = links.share()
    altered = token[:-1] + ("b" if token.endswith("a") else "a")
    mixed = f"{other.share_id}.{token.partition('.')[2]}"
    for wrong in ("", share.share_id, altered, mixed, token.upper(), f"{token}\n", "x" * 3000):
        with pytest.raises(NotFound):
            links.access.open(wrong, None)
    links.service.revoke("alice", share.share_id)
    with pytest.raises(NotFound):
        links.access.open(token, None)
    assert links.access.open(other_token, None) == other


def test_only_the_token_of_an_expired_link_gets_410() -> None:
    links = Links()
    share, token = links.share(ShareTerms(expires_at=NOON + timedelta(hours=1)))
    links.advance(minutes=59)
    links.access.open(token, None)
    links.advance(minutes=1)
    with pytest.raises(Expired):
        links.access.open(token, None)
    with pytest.raises(NotFound):
        links.access.open(f"{share.share_id}.{'a' * 26}", None)


def test_link_with_a_password_needs_a_pass() -> None:
    links = Links()
    share, token = links.share(PROTECTED)
    for wrong in (None, "", "pass", token):
        with pytest.raises(Unauthenticated) as error:
            links.access.open(token, wrong)
        assert error.value.code == "password_required"
    guest_pass, expires_at = links.access.exchange_password(token, PASSWORD)
    assert expires_at == NOON + timedelta(hours=12)
    assert links.access.open(token, guest_pass).share_id == share.share_id
    links.advance(hours=12)
    with pytest.raises(Unauthenticated):
        links.access.open(token, guest_pass)


def test_pass_of_another_link_does_not_open_it() -> None:
    links = Links()
    _, token = links.share(PROTECTED)
    _, other = links.share(PROTECTED)
    guest_pass, _ = links.access.exchange_password(other, PASSWORD)
    with pytest.raises(Unauthenticated):
        links.access.open(token, guest_pass)


def test_pass_ends_with_a_change_of_what_the_link_allows_but_not_of_its_name() -> None:
    links = Links()
    share, token = links.share(PROTECTED)
    guest_pass, _ = links.access.exchange_password(token, PASSWORD)
    links.service.change("alice", share.share_id, lambda terms: replace(terms, name="b", max_photos=3, max_bytes=9))
    links.access.open(token, guest_pass)
    links.service.change("alice", share.share_id, lambda terms: replace(terms, add=True))
    with pytest.raises(Unauthenticated):
        links.access.open(token, guest_pass)


def test_passes_and_wrong_passwords_are_counted() -> None:
    links = Links()
    share, token = links.share(PROTECTED)
    try_wrong(links, token)
    links.advance(minutes=1)
    try_wrong(links, token)
    links.access.exchange_password(token, PASSWORD)
    stored = links.store.get(share.share_id)
    assert stored is not None
    assert (stored.passes, stored.wrong_passwords) == (1, 2)
    assert stored.last_wrong_password_at == NOON + timedelta(minutes=1)


def test_link_without_a_password_gives_a_pass_for_any() -> None:
    links = Links()
    share, token = links.share()
    guest_pass, _ = links.access.exchange_password(token, "any")
    assert links.access.open(token, guest_pass).share_id == share.share_id


def test_too_many_wrong_passwords_close_the_link_to_passwords_for_a_while() -> None:
    links = Links()
    share, token = links.share(PROTECTED)
    guest_pass, _ = links.access.exchange_password(token, PASSWORD)
    for _ in range(MAX_WRONG_PASSWORDS):
        try_wrong(links, token)
        links.advance(seconds=30)
    for password in ("guess", PASSWORD):
        with pytest.raises(TooManyRequests) as error:
            links.access.exchange_password(token, password)
        assert (error.value.code, error.value.seconds) == ("too_many_attempts", 600)
    assert links.access.open(token, guest_pass).share_id == share.share_id
    stored = links.store.get(share.share_id)
    assert stored is not None
    assert stored.wrong_passwords == MAX_WRONG_PASSWORDS
    links.advance(minutes=10)
    links.access.exchange_password(token, PASSWORD)


def test_wrong_passwords_of_one_link_do_not_close_another() -> None:
    links = Links()
    _, token = links.share(PROTECTED)
    _, other = links.share(PROTECTED)
    for _ in range(MAX_WRONG_PASSWORDS):
        try_wrong(links, token)
    links.access.exchange_password(other, PASSWORD)


def test_right_passwords_are_not_limited() -> None:
    links = Links()
    _, token = links.share(PROTECTED)
    for _ in range(MAX_WRONG_PASSWORDS + 1):
        links.access.exchange_password(token, PASSWORD)


def test_owner_is_warned_once_a_day_when_passwords_are_guessed() -> None:
    links = Links()
    _, token = links.share(PROTECTED)
    for _ in range(MAX_WRONG_PASSWORDS):
        try_wrong(links, token)
    assert links.messages.sent == []
    for _ in range(3):
        with pytest.raises(TooManyRequests):
            links.access.exchange_password(token, "guess")
    [(owner, subject, text)] = links.messages.sent
    assert (owner, subject) == ("alice", "Wrong passwords for a shared link")
    assert "“for Ö”" in text
    assert token not in text
    assert "guess" not in text


def test_failing_warning_does_not_fail_the_request() -> None:
    links = Links()
    links.messages.broken = True
    _, token = links.share(PROTECTED)
    for _ in range(MAX_WRONG_PASSWORDS):
        try_wrong(links, token)
    with pytest.raises(TooManyRequests):
        links.access.exchange_password(token, "guess")


def test_links_to_bundles_depend_on_the_link_and_its_revision() -> None:
    links = Links()
    share, _ = links.share(ShareTerms(expires_at=NOON + timedelta(hours=1)))
    assert links.access.is_current(share.link_key)
    for other in ("share.", f"share.{share.share_id}", f"share.{share.share_id}.2", "share.other.1"):
        assert not links.access.is_current(other)
    changed = links.service.change("alice", share.share_id, lambda terms: replace(terms, download=Download.NONE))
    assert not links.access.is_current(share.link_key)
    assert links.access.is_current(changed.link_key)
    links.advance(hours=1)
    assert not links.access.is_current(changed.link_key)
