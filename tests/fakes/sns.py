"""Fake notification topics; they pass the same contract tests as SNS."""

from dataclasses import dataclass, field, replace

from chalicelib.accounts.notifications import Channel, Message, Subscription
from chalicelib.errors import Invalid, Unavailable


@dataclass
class MemoryTopicStore:
    """`TopicStore` over a dictionary; `sent` has address, subject and text of each message."""

    topics: dict[str, list[Subscription]] = field(default_factory=dict)
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    confirmations: list[str] = field(default_factory=list)
    broken: bool = False
    calls: int = 0

    def list_subscriptions(self, topic: str) -> list[Subscription]:
        self._check_available()
        return list(self.topics.get(topic, []))

    def subscribe(self, topic: str, channel: Channel, address: str) -> Subscription:
        self._check_available()
        if channel is Channel.SMS and not address.removeprefix("+").isdigit():
            raise Invalid("Notifications cannot be sent to your address on this channel.", field="channel")
        subscriptions = self.topics.setdefault(topic, [])
        new = Subscription(channel, address, confirmed=channel is Channel.SMS)
        found = next((each for each in subscriptions if (each.channel, each.address) == (channel, address)), None)
        if found is None:
            subscriptions.append(new)
        if not (found or new).confirmed:
            self.confirmations.append(address)
        return found or new

    def confirm(self, address: str) -> None:
        """Confirm the subscriptions of this address."""
        for subscriptions in self.topics.values():
            subscriptions[:] = [
                replace(each, confirmed=each.confirmed or each.address == address) for each in subscriptions
            ]

    def delete(self, topic: str) -> None:
        self._check_available()
        self.topics.pop(topic, None)

    def publish(self, topic: str, message: Message) -> None:
        self._check_available()
        for each in self.topics.get(topic, []):
            if each.confirmed:
                text = message.sms_text if each.channel is Channel.SMS else message.text
                self.sent.append((each.address, message.subject, text))

    def _check_available(self) -> None:
        self.calls += 1
        if self.broken:
            raise Unavailable("A backend service did not respond in time.")
