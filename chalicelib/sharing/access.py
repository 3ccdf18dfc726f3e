"""What opens a link: its token and, if it has a password, a pass.

Wrong passwords are counted before the password is hashed, so that hashing cannot be used to load the library, and for
each link, since a guest has no identity. A pass stays valid meanwhile: a stranger who tries passwords locks nobody out
who knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.accounts.notifications import Delivery, MessageLimit
from chalicelib.errors import Expired, NotFound, TooManyRequests, Unauthenticated
from chalicelib.observability import logger
from chalicelib.sharing.models import LINK_KEY_PREFIX, Share, ShareStore
from chalicelib.sharing.passes import create_pass, is_valid_pass
from chalicelib.sharing.passwords import is_password
from chalicelib.sharing.tokens import is_secret, parse_token

MAX_WRONG_PASSWORDS = 10  # for each link within `aws.dynamodb.limits.PASSWORD_PERIOD`


class PasswordLimit(Protocol):
    """Limits the passwords that are tried on a link."""

    def take(self, share_id: str, attempt_id: str, now: datetime) -> datetime | None:
        """Count an attempt; returns None, or when the next one is possible if there were too many."""

    def give_back(self, share_id: str, attempt_id: str, now: datetime) -> None:
        """Uncount an attempt that was taken at this time, because the password was right."""


class Notifier(Protocol):
    """Notifies owners."""

    def notify(self, owner: str, subject: str, text: str) -> Delivery:
        """Send the owner a message, if an address of theirs is confirmed; raises Unavailable."""


@dataclass(frozen=True, slots=True)
class GuestAccess:
    """Opens links for guests. `link_secret` signs passes; `warning_limit` allows one message a day for each link."""

    shares: ShareStore
    limit: PasswordLimit
    notifier: Notifier
    warning_limit: MessageLimit
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    link_secret: str

    def find(self, token: str) -> Share:
        """The share with this token, whether it has a password or not; raises NotFound, Expired."""
        parsed = parse_token(token)
        share = self.shares.get(parsed.share_id) if parsed else None
        if parsed is None or share is None or not is_secret(parsed.secret, share.secret_hash):
            raise NotFound("This link does not exist.")
        if share.has_expired(self.now()):
            raise Expired("This link has expired. Ask whoever sent it for a new one.")
        return share

    def open(self, token: str, guest_pass: str | None) -> Share:
        """The share that a guest may use; raises NotFound, Expired, or Unauthenticated if it needs a pass."""
        share = self.find(token)
        if share.terms.password_hash is None:
            return share
        if guest_pass and is_valid_pass(guest_pass, share, self.now(), self.link_secret):
            return share
        raise Unauthenticated("This link has a password. Enter it first.", code="password_required")

    def is_current(self, link_key: str) -> bool:
        """Whether the share with this `link_key` is still open, in that revision."""
        share_id, _, _ = link_key.removeprefix(LINK_KEY_PREFIX).partition(".")
        share = self.shares.get(share_id)
        return share is not None and share.link_key == link_key and not share.has_expired(self.now())

    def exchange_password(self, token: str, password: str) -> tuple[str, datetime]:
        """A pass for the right password, and when it expires.

        Raises NotFound, Expired, Unauthenticated for a wrong one, TooManyRequests after too many of them.
        """
        share, now = self.find(token), self.now()
        if share.terms.password_hash is not None:
            self._check(share, share.terms.password_hash, password, now)
        self.shares.count_pass(share.share_id)
        return create_pass(share, now, self.link_secret)

    def _check(self, share: Share, password_hash: str, password: str, now: datetime) -> None:
        attempt_id = self.new_id()
        next_at = self.limit.take(share.share_id, attempt_id, now)
        if next_at is not None:
            self._warn_owner(share, now)
            raise TooManyRequests(
                "Too many wrong passwords were entered. Try again later.",
                code="too_many_attempts",
                seconds=max(1, round((next_at - now).total_seconds())),
            )
        if not is_password(password, password_hash):
            self.shares.count_wrong_password(share.share_id, now)
            raise Unauthenticated("This password is wrong.", code="wrong_password")
        self.limit.give_back(share.share_id, attempt_id, now)

    def _warn_owner(self, share: Share, now: datetime) -> None:
        """Tell the owner that passwords are being guessed; the guest's request does not depend on it."""
        try:
            if self.warning_limit.take(f"links#{share.share_id}", self.new_id(), now):
                name = f"“{share.terms.name}”" if share.terms.name else "without a name"
                text = (
                    f"At least {MAX_WRONG_PASSWORDS} wrong passwords were entered within 15 minutes for your shared "
                    f"link {name}. Nobody can try another one for a while. If you did not expect this, revoke the "
                    "link, or make a new one for those you trust.\n"
                )
                self.notifier.notify(share.owner, "Wrong passwords for a shared link", text)
        except Exception:  # noqa: BLE001 - the owner also sees the count in the list of links
            logger().warning("Could not warn an owner of wrong passwords", exc_info=True)
