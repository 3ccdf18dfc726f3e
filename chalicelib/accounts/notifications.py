"""Notifications: an email or a text message when something of the owner's is ready.

Each owner has one SNS topic, to which only verified addresses from their own ID token are subscribed. SNS alone
stores the addresses; owners see their own masked. An owner who never subscribed has no topic.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.accounts.identity import Caller
from chalicelib.errors import Conflict, Invalid
from chalicelib.util.circuit_breaker import CircuitBreaker

TOPIC_NAME_LENGTH = 32
SENDER = "Tintype"
# SNS: "less than 100 characters long"; ASCII, for mail programs and carriers that take no more.
MAX_SUBJECT_LENGTH = 99
# What fits in one text message after the sender name: 140 ASCII characters, or 70 in UCS-2 minus the name.
MAX_ASCII_SMS_LENGTH = 140
MAX_UNICODE_SMS_LENGTH = 60
MASK = "•••"
# To each person; as many requests to confirm an address come in addition.
MAX_MESSAGES_PER_HOUR = 10


class Channel(StrEnum):
    """How a notification is delivered; the values are those of the API and of SNS."""

    EMAIL = "email"
    SMS = "sms"


class Delivery(StrEnum):
    """What became of a notification."""

    SENT = "sent"
    UNCONFIRMED = "unconfirmed"  # nothing was sent: no address is confirmed yet
    NO_ADDRESS = "no address"  # nothing was sent: there is no subscription, or SNS does not list it yet


# The claims of an id token (OpenID Connect Core, 5.1): the address, and whether it was verified.
CLAIMS: Mapping[Channel, tuple[str, str]] = {
    Channel.EMAIL: ("email", "email_verified"),
    Channel.SMS: ("phone_number", "phone_number_verified"),
}
CHANNEL_NAMES: Mapping[Channel, str] = {Channel.EMAIL: "email address", Channel.SMS: "phone number"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address that receives notifications, or will receive them once it is confirmed."""

    channel: Channel
    address: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A notification: subject and text of the email, and the shorter text message."""

    subject: str
    text: str
    sms_text: str


class TopicStore(Protocol):
    """SNS topics by name; all methods raise Unavailable."""

    def list_subscriptions(self, topic: str) -> list[Subscription]:
        """All subscriptions, confirmed or not; empty if there is no topic."""

    def subscribe(self, topic: str, channel: Channel, address: str) -> Subscription:
        """Subscribe an address, creating the topic if needed; raises Invalid if SNS rejects the address.

        Idempotent; an unconfirmed address is sent another confirmation.
        """

    def delete(self, topic: str) -> None:
        """Delete the topic with all its subscriptions, if it exists."""

    def publish(self, topic: str, message: Message) -> None:
        """Send a message to all confirmed addresses; does nothing if there is no topic."""


class MessageLimit(Protocol):
    """Limits the messages of each recipient within an hour."""

    def take(self, recipient: str, message_id: str, now: datetime) -> bool:
        """Count a message; returns False if the recipient has had as many as allowed within an hour."""


@dataclass(frozen=True, slots=True)
class NotificationService:
    """Manages subscriptions and sends notifications, behind a circuit breaker."""

    topics: TopicStore
    circuit_breaker: CircuitBreaker
    limit: MessageLimit
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def list_subscriptions(self, owner: str) -> list[Subscription]:
        """The owner's subscriptions, by channel and address."""
        with self.circuit_breaker.guard():
            return sorted(self.topics.list_subscriptions(topic_name(owner)), key=_sort_key)

    def subscribe(self, owner: str, channel: Channel, address: str) -> list[Subscription]:
        """Subscribe an address and return all of the owner's subscriptions; idempotent.

        SNS sends a request to confirm the address each time: raises Conflict if there were too many within an hour.
        """
        if not self.limit.take(f"confirmations#{owner}", self.new_id(), self.now()):
            raise Conflict(
                f"At most {MAX_MESSAGES_PER_HOUR} confirmation messages are sent within an hour. Try again later."
            )
        with self.circuit_breaker.guard():
            new = self.topics.subscribe(topic_name(owner), channel, address)
            listed = self.topics.list_subscriptions(topic_name(owner))
        # SNS may list a new subscription only after a delay.
        is_listed = any(_sort_key(subscription) == _sort_key(new) for subscription in listed)
        return sorted(listed if is_listed else [*listed, new], key=_sort_key)

    def unsubscribe(self, owner: str) -> None:
        """Delete all of the owner's subscriptions, including unconfirmed ones, which cannot be deleted singly."""
        with self.circuit_breaker.guard():
            self.topics.delete(topic_name(owner))

    def subscribe_email(self, caller: Caller) -> list[Subscription]:
        """Subscribe the verified email address of an ID token, unless it is; returns all of the owner's subscriptions.

        An address that waits for confirmation is sent no second request. Nothing happens if SNS rejects the address, or
        after too many requests. Raises Unavailable.
        """
        subscriptions = self.list_subscriptions(caller.owner)
        address = verified_addresses(caller).get(Channel.EMAIL) if caller.token_use == "id" else None  # noqa: S105
        if address and all(_sort_key(each) != (Channel.EMAIL, address) for each in subscriptions):
            with suppress(Invalid, Conflict):
                return self.subscribe(caller.owner, Channel.EMAIL, address)
        return subscriptions

    def notify(self, owner: str, subject: str, text: str) -> Delivery:
        """Send the owner a message on all their channels, if any address is confirmed; raises Unavailable."""
        topic = topic_name(owner)
        with self.circuit_breaker.guard():
            delivery = expected_delivery(self.topics.list_subscriptions(topic))
            if delivery is Delivery.SENT:
                self.topics.publish(topic, format_message(subject, text))
        return delivery


def topic_name(owner: str) -> str:
    """The name of an owner's topic: a hash, which reveals nothing about the owner."""
    return hashlib.sha256(owner.encode()).hexdigest()[:TOPIC_NAME_LENGTH]


def verified_addresses(caller: Caller) -> dict[Channel, str]:
    """The verified addresses in the caller's ID token; raises Invalid for any other token."""
    if caller.token_use != "id":  # noqa: S105 (a kind of token)
        raise Invalid(
            "Send your ID token: access tokens and API keys contain no verified address.",
            code="id_token_required",
        )
    found = {}
    for channel, (address, is_verified) in CLAIMS.items():
        value = caller.claims.get(address)
        # Cognito sends a boolean; attributes mapped from another provider are strings.
        if isinstance(value, str) and value and str(caller.claims.get(is_verified)).lower() == "true":
            found[channel] = value
    return found


def verified_address(caller: Caller, channel: Channel) -> str:
    """The caller's verified address for this channel; raises Invalid with instructions."""
    found = verified_addresses(caller).get(channel)
    if found is None:
        raise Invalid(
            f"Your account has no verified {CHANNEL_NAMES[channel]}. Verify it, sign in again, and then subscribe.",
            field="channel",
            code="not_verified",
        )
    return found


def expected_delivery(subscriptions: Iterable[Subscription]) -> Delivery:
    """What becomes of a notification to these subscriptions."""
    confirmed = [subscription.confirmed for subscription in subscriptions]
    if any(confirmed):
        return Delivery.SENT
    return Delivery.UNCONFIRMED if confirmed else Delivery.NO_ADDRESS


def delivery_warning(subscriptions: Iterable[Subscription]) -> str | None:
    """Why a notification would reach nobody, and what to do about it; None if it would reach an address."""
    match expected_delivery(subscriptions):
        case Delivery.SENT:
            return None
        case Delivery.UNCONFIRMED:
            return (
                "You will get the message once you confirm your address: open the link in the email that asks you to."
            )
        case Delivery.NO_ADDRESS:
            return "You will get no message: notifications are off. Turn them on with POST /me/notifications."


def parse_channel(value: object) -> Channel:
    """The channel of this name; raises Invalid."""
    try:
        return Channel(value)  # type: ignore[arg-type] # any value may be tried
    except ValueError:
        raise Invalid(f"channel must be {' or '.join(Channel)}.", field="channel") from None


def mask_address(subscription: Subscription) -> str:
    """The address with most characters masked: `d•••@t•••.example`, `•••• 1234`."""
    if subscription.channel is Channel.SMS:
        digits = "".join(c for c in subscription.address if c.isdigit())
        return f"•••• {digits[-4:]}" if len(digits) >= 8 else "••••"
    local, _, domain = subscription.address.rpartition("@")
    name, dot, ending = domain.rpartition(".")
    return f"{_mask_word(local)}@{_mask_word(name)}{dot}{ending}" if local and name else MASK


def format_message(subject: str, text: str) -> Message:
    """The message in the form each channel needs."""
    clean = _clean_subject(subject)
    return Message(clean, text, _sms_text(clean, text))


def _mask_word(word: str) -> str:
    """The first letter and a mask; only the mask if the word is too short to hide."""
    return word[:1] + MASK if len(word) > 2 else MASK


def _clean_subject(subject: str) -> str:
    """One line of printable ASCII, without accents."""
    plain = unicodedata.normalize("NFKD", " ".join(subject.split())).encode("ascii", "ignore").decode()
    line = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return line[:MAX_SUBJECT_LENGTH].rstrip() or SENDER


def _sms_text(subject: str, text: str) -> str:
    """The subject and as many whole lines of the text as fit, so that a URL is never cut."""
    message = subject
    for line in filter(None, map(str.strip, text.splitlines())):
        longer = f"{message}\n{line}"
        if len(longer) > (MAX_ASCII_SMS_LENGTH if longer.isascii() else MAX_UNICODE_SMS_LENGTH):
            break
        message = longer
    return message


def _sort_key(subscription: Subscription) -> tuple[str, str]:
    return subscription.channel, subscription.address
