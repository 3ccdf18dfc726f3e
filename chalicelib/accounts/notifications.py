"""Notifications: who is told, by email or text message, that something of theirs is ready.

Each person has one SNS topic, subscribed by the verified claim of their own id token. Addresses are SNS's to keep:
they are read from there when somebody looks at their own, and shown masked. Who never subscribed has no topic.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.accounts.identity import Caller
from chalicelib.errors import Invalid
from chalicelib.util.circuit_breaker import CircuitBreaker

TOPIC_NAME_LENGTH = 32
SENDER = "Tintype"
# SNS: "less than 100 characters long"; ASCII, for mail programs and carriers that take no more.
MAX_SUBJECT_LENGTH = 99
# What fits into one text message behind the sender's name: 140 ASCII characters, or 70 of UCS-2 less that name.
MAX_ASCII_SMS_LENGTH = 140
MAX_UNICODE_SMS_LENGTH = 60
MASK = "•••"


class Channel(StrEnum):
    """A way to reach a person, in the words of the API and of SNS alike."""

    EMAIL = "email"
    SMS = "sms"


# The claims of an id token (OpenID Connect Core, 5.1): the address, and whether it was verified.
CLAIMS: Mapping[Channel, tuple[str, str]] = {
    Channel.EMAIL: ("email", "email_verified"),
    Channel.SMS: ("phone_number", "phone_number_verified"),
}
CHANNEL_NAMES: Mapping[Channel, str] = {Channel.EMAIL: "email address", Channel.SMS: "phone number"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address that is told, or will be once somebody there has followed the link of the confirmation."""

    channel: Channel
    address: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: an email's subject and text, and the one text message that says it shortly."""

    subject: str
    text: str
    sms_text: str


class TopicStore(Protocol):
    """Where topics are kept, by the name of each; all raise Unavailable."""

    def list_subscriptions(self, topic: str) -> list[Subscription]:
        """Who is subscribed, confirmed or not; none where there is no topic."""

    def subscribe(self, topic: str, channel: Channel, address: str) -> Subscription:
        """Subscribe an address, once, to a topic that is made if need be; raises Invalid for one that is not taken.

        One that is still to be confirmed is sent the confirmation again.
        """

    def delete(self, topic: str) -> None:
        """Remove the topic with all its subscriptions, if there is one."""

    def publish(self, topic: str, message: Message) -> None:
        """Tell everybody confirmed; nothing happens where there is no topic."""


@dataclass(frozen=True, slots=True)
class NotificationService:
    """Everything that is done with them; while the service is out, nobody waits for its time-outs."""

    topics: TopicStore
    circuit_breaker: CircuitBreaker

    def list_subscriptions(self, owner: str) -> list[Subscription]:
        """The owner's subscriptions, by channel and address."""
        with self.circuit_breaker.guard():
            return sorted(self.topics.list_subscriptions(topic_name(owner)), key=_sort_key)

    def subscribe(self, owner: str, channel: Channel, address: str) -> list[Subscription]:
        """Subscribe the owner's own address and answer all they have then; twice is once."""
        with self.circuit_breaker.guard():
            made = self.topics.subscribe(topic_name(owner), channel, address)
            found = self.topics.list_subscriptions(topic_name(owner))
        # A new one may be listed a moment later.
        listed = any(_sort_key(each) == _sort_key(made) for each in found)
        return sorted(found if listed else [*found, made], key=_sort_key)

    def unsubscribe(self, owner: str) -> None:
        """End all of the owner's subscriptions, also those not confirmed yet, which cannot be ended by themselves."""
        with self.circuit_breaker.guard():
            self.topics.delete(topic_name(owner))

    def notify(self, owner: str, subject: str, text: str) -> None:
        """Tell the owner wherever they subscribed; raises Unavailable where that cannot be done now."""
        message = format_message(subject, text)
        with self.circuit_breaker.guard():
            self.topics.publish(topic_name(owner), message)


def topic_name(owner: str) -> str:
    """The name of an owner's topic: it tells nothing of them, and nobody guesses it who does not know their id."""
    return hashlib.sha256(owner.encode()).hexdigest()[:TOPIC_NAME_LENGTH]


def verified_addresses(caller: Caller) -> dict[Channel, str]:
    """The addresses that the caller's own id token vouches for; raises Invalid for any other token."""
    if caller.token_use != "id":  # noqa: S105 (a kind of token)
        raise Invalid(
            "Send the id token of your own sign-in: an access token or an API key tells no verified address.",
            code="id_token_required",
        )
    found = {}
    for channel, (address, vouched) in CLAIMS.items():
        said = caller.claims.get(address)
        # Cognito says it as a boolean; attributes that were mapped from another provider come as text.
        if isinstance(said, str) and said and str(caller.claims.get(vouched)).lower() == "true":
            found[channel] = said
    return found


def verified_address(caller: Caller, channel: Channel) -> str:
    """The caller's own verified address of this channel; raises Invalid, saying what to do."""
    found = verified_addresses(caller).get(channel)
    if found is None:
        raise Invalid(
            f"Your sign-in tells no verified {CHANNEL_NAMES[channel]}: verify yours in your account, sign in again, "
            "and then subscribe.",
            field="channel",
            code="not_verified",
        )
    return found


def parse_channel(value: object) -> Channel:
    """The channel of this name; raises Invalid."""
    try:
        return Channel(value)  # type: ignore[arg-type] # whatever it is, it is one of them or none
    except ValueError:
        raise Invalid(f"channel must be {' or '.join(Channel)}.", field="channel") from None


def mask_address(subscription: Subscription) -> str:
    """The address so that its owner knows it and nobody else learns it: `d•••@t•••.example`, `•••• 1234`."""
    if subscription.channel is Channel.SMS:
        digits = "".join(c for c in subscription.address if c.isdigit())
        return f"•••• {digits[-4:]}" if len(digits) >= 8 else "••••"
    local, _, domain = subscription.address.rpartition("@")
    name, dot, ending = domain.rpartition(".")
    return f"{_mask_word(local)}@{_mask_word(name)}{dot}{ending}" if local and name else MASK


def format_message(subject: str, text: str) -> Message:
    """What is said, fit for both channels."""
    clean = _clean_subject(subject)
    return Message(clean, text, _sms_text(clean, text))


def _mask_word(word: str) -> str:
    """The first letter of a word, where that is not nearly all of it."""
    return word[:1] + MASK if len(word) > 2 else MASK


def _clean_subject(subject: str) -> str:
    """One line of ASCII: accents are left out, and so is what cannot be written."""
    plain = unicodedata.normalize("NFKD", " ".join(subject.split())).encode("ascii", "ignore").decode()
    words = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return words[:MAX_SUBJECT_LENGTH].rstrip() or SENDER


def _sms_text(subject: str, text: str) -> str:
    """The subject, and of the text as many whole lines from its beginning as fit: an address is never cut."""
    said = subject
    for line in filter(None, map(str.strip, text.splitlines())):
        longer = f"{said}\n{line}"
        if len(longer) > (MAX_ASCII_SMS_LENGTH if longer.isascii() else MAX_UNICODE_SMS_LENGTH):
            break
        said = longer
    return said


def _sort_key(subscription: Subscription) -> tuple[str, str]:
    return subscription.channel, subscription.address
