"""The topic store over the fake, moto and the local cloud."""

import re
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Protocol

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from chalicelib.accounts.notifications import Channel, Message, Subscription, TopicStore
from chalicelib.aws.sns import SnsTopicStore
from chalicelib.errors import Invalid, Unavailable
from local.services import Services
from local.site.inbox import fetch_messages, render_page
from tests.contract.conftest import CLOUD, MOTO
from tests.fakes.sns import MemoryTopicStore

READY = Message("Your photos are ready", "Fetch them:\nhttps://tintype.example/d/1", "Ready, fetch them.")
PHONE = "+12025550123"


class DeliveryFixture(Protocol):
    """A topic store, and the messages that its addresses receive."""

    topic: str

    @property
    def topics(self) -> TopicStore:
        """The topic store."""

    def address(self, name: str) -> str:
        """An email address for this test only."""

    def confirmations(self, address: str) -> int:
        """The number of confirmation requests sent to this address."""

    def confirm(self, address: str) -> None:
        """Open the confirmation link."""

    def received(self, address: str) -> list[tuple[str, str]]:
        """Subject and text of each message received, oldest first."""


@dataclass
class MemoryDelivery:
    """Delivery over the fake."""

    topics: MemoryTopicStore = field(default_factory=MemoryTopicStore)
    topic: str = "one"

    def address(self, name: str) -> str:
        return f"{name}@tintype.example"

    def confirmations(self, address: str) -> int:
        return self.topics.confirmations.count(address)

    def confirm(self, address: str) -> None:
        self.topics.confirm(address)

    def received(self, address: str) -> list[tuple[str, str]]:
        return [(subject, text) for to, subject, text in self.topics.sent if to == address]


@dataclass
class CloudDelivery:
    """Delivery over SNS and the inbox of the local cloud."""

    topics: SnsTopicStore
    services: Services
    topic: str = field(default_factory=lambda: uuid.uuid4().hex)

    def address(self, name: str) -> str:
        return f"{name}-{self.topic}@tintype.example"

    def confirmations(self, address: str) -> int:
        return len(self._to(address, "Subscription confirmation"))

    def confirm(self, address: str) -> None:
        displayed = render_page(self._to(address, "Subscription confirmation"))
        (link, *_) = re.findall(r'href="(http[^"]+)"', displayed)
        urllib.request.urlopen(unescape(link), timeout=10).close()

    def received(self, address: str) -> list[tuple[str, str]]:
        kinds = "Email notification", "Text message notification"
        return [(message.subject, message.text) for message in reversed(self._to(address, *kinds))]

    def _to(self, address: str, *kinds: str) -> list[Any]:
        return [each for each in fetch_messages(self.services) if each.to == address and each.kind in kinds]


@pytest.fixture(params=["fake", CLOUD])
def delivery(request: pytest.FixtureRequest) -> Iterator[DeliveryFixture]:
    """No topic yet; confirmations and messages are delivered."""
    if request.param == "fake":
        yield MemoryDelivery()
    else:
        sns, cloud = request.getfixturevalue("cloud_clients").get("sns"), request.getfixturevalue("cloud")
        cloud_delivery = CloudDelivery(
            SnsTopicStore(sns, "arn:aws:sns:us-east-1:000000000000:tintype-contract-"), cloud.services
        )
        yield cloud_delivery
        cloud_delivery.topics.delete(cloud_delivery.topic)


@pytest.fixture(params=["fake", MOTO, CLOUD])
def topics(request: pytest.FixtureRequest) -> Iterator[TopicStore]:
    """No topics yet, of each kind; moto confirms immediately and delivers nothing."""
    if request.param == "fake":
        yield MemoryTopicStore()
    elif request.param == "moto":
        with mock_aws():
            sns = request.getfixturevalue("moto_clients").get("sns")
            yield SnsTopicStore(sns, "arn:aws:sns:us-east-1:123456789012:tintype-contract-")
    else:
        sns = request.getfixturevalue("cloud_clients").get("sns")
        cloud_delivery = SnsTopicStore(sns, f"arn:aws:sns:us-east-1:000000000000:tintype-{uuid.uuid4().hex[:8]}-")
        yield cloud_delivery
        for topic in ("one", "two"):
            cloud_delivery.delete(topic)


def addresses(topics: TopicStore, topic: str) -> list[str]:
    return [each.address for each in topics.list_subscriptions(topic)]


def test_missing_topic_has_no_subscriptions_and_publishes_nothing(topics: TopicStore) -> None:
    assert topics.list_subscriptions("one") == []
    topics.publish("one", READY)
    topics.delete("one")
    assert topics.list_subscriptions("one") == []


def test_subscribe_is_idempotent(topics: TopicStore) -> None:
    first = topics.subscribe("one", Channel.EMAIL, "dora@tintype.example")
    again = topics.subscribe("one", Channel.EMAIL, "dora@tintype.example")
    assert (first.channel, first.address) == (Channel.EMAIL, "dora@tintype.example")
    assert [first] == [again] == topics.list_subscriptions("one")


def test_phone_needs_no_confirmation(topics: TopicStore) -> None:
    assert topics.subscribe("one", Channel.SMS, PHONE) == Subscription(Channel.SMS, PHONE, confirmed=True)
    assert topics.list_subscriptions("one") == [Subscription(Channel.SMS, PHONE, confirmed=True)]


def test_topics_are_independent(topics: TopicStore) -> None:
    topics.subscribe("one", Channel.SMS, PHONE)
    topics.subscribe("two", Channel.SMS, PHONE)
    topics.delete("one")
    assert (addresses(topics, "one"), addresses(topics, "two")) == ([], [PHONE])


def test_recreated_topic_is_empty(topics: TopicStore) -> None:
    topics.subscribe("one", Channel.EMAIL, "dora@tintype.example")
    topics.delete("one")
    topics.delete("one")
    topics.publish("one", READY)
    topics.subscribe("one", Channel.SMS, PHONE)
    assert addresses(topics, "one") == [PHONE]


@pytest.mark.parametrize("topics", ["fake", "moto"], indirect=True)  # the local cloud accepts any number
def test_invalid_address_raises_invalid_without_quoting_it(topics: TopicStore) -> None:
    with pytest.raises(Invalid) as refused:
        topics.subscribe("one", Channel.SMS, "+99-..-12345")
    assert refused.value.field == "channel"
    assert "12345" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_unconfirmed_email_receives_nothing(delivery: DeliveryFixture) -> None:
    dora = delivery.address("dora")
    assert not delivery.topics.subscribe(delivery.topic, Channel.EMAIL, dora).confirmed
    assert delivery.topics.list_subscriptions(delivery.topic) == [Subscription(Channel.EMAIL, dora, confirmed=False)]
    delivery.topics.publish(delivery.topic, READY)
    assert (delivery.received(dora), delivery.confirmations(dora)) == ([], 1)
    delivery.confirm(dora)
    assert delivery.topics.list_subscriptions(delivery.topic) == [Subscription(Channel.EMAIL, dora, confirmed=True)]
    delivery.topics.publish(delivery.topic, READY)
    assert delivery.received(dora) == [(READY.subject, READY.text)]


def test_subscribe_resends_confirmation_until_confirmed(delivery: DeliveryFixture) -> None:
    dora = delivery.address("dora")
    for times in (1, 2):
        assert not delivery.topics.subscribe(delivery.topic, Channel.EMAIL, dora).confirmed
        assert delivery.confirmations(dora) == times
    delivery.confirm(dora)
    assert delivery.topics.subscribe(delivery.topic, Channel.EMAIL, dora).confirmed
    assert delivery.confirmations(dora) == 2


def test_each_channel_receives_its_own_text(delivery: DeliveryFixture) -> None:
    dora, phone = delivery.address("dora"), f"+1{uuid.uuid4().int % 10**10:010}"
    delivery.topics.subscribe(delivery.topic, Channel.EMAIL, dora)
    delivery.topics.subscribe(delivery.topic, Channel.SMS, phone)
    delivery.confirm(dora)
    delivery.topics.publish(delivery.topic, READY)
    assert delivery.received(dora) == [(READY.subject, READY.text)]
    assert delivery.received(phone) == [(READY.subject, READY.sms_text)]


def test_deleted_unconfirmed_subscription_receives_nothing(delivery: DeliveryFixture) -> None:
    dora, mary = delivery.address("dora"), delivery.address("mary")
    delivery.topics.subscribe(delivery.topic, Channel.EMAIL, dora)
    delivery.topics.delete(delivery.topic)
    delivery.topics.subscribe(delivery.topic, Channel.EMAIL, mary)
    delivery.confirm(mary)
    delivery.topics.publish(delivery.topic, READY)
    assert (len(delivery.received(mary)), delivery.received(dora)) == (1, [])


class StubSns:
    """SNS with responses that emulators do not produce: pages, deleted subscriptions and errors."""

    def __init__(self, *pages: list[dict[str, str]], error: Exception | None = None) -> None:
        self.pages, self.error, self.meant = pages, error, dict[str, Any]()

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **meant: Any) -> Iterator[Any]:
        self._call(**meant)
        yield from ({"Subscriptions": page} for page in self.pages)

    def _call(self, **meant: Any) -> dict[str, str]:
        self.meant = meant
        if self.error:
            raise self.error
        return {"SubscriptionArn": "pending confirmation"}

    create_topic = subscribe = publish = delete_topic = _call


def client_error(code: str, status: int = 400) -> ClientError:
    received = {"Error": {"Code": code, "Message": PHONE}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(received, "Subscribe")


def test_list_subscriptions_reads_all_pages_and_only_email_and_sms() -> None:
    def received(protocol: str, arn: str, endpoint: str) -> dict[str, str]:
        return {"Protocol": protocol, "SubscriptionArn": arn, "Endpoint": endpoint}

    client = StubSns(
        [received("email", "PendingConfirmation", "a@x.example"), received("email", "Deleted", "b@x.example")],
        [received("sqs", "arn:aws:sns:1", "arn:aws:sqs:1"), received("sms", "arn:aws:sns:2", PHONE)],
    )
    assert SnsTopicStore(client, "arn:").list_subscriptions("one") == [
        Subscription(Channel.EMAIL, "a@x.example", confirmed=False),
        Subscription(Channel.SMS, PHONE, confirmed=True),
    ]
    assert client.meant == {"TopicArn": "arn:one"}


@pytest.mark.parametrize(
    "error",
    [
        client_error("Throttled", 429),
        client_error("InternalError", 500),
        ConnectTimeoutError(endpoint_url="https://sns"),
    ],
    ids=["throttled", "inner", "silent"],
)
def test_transient_error_raises_unavailable(error: Exception) -> None:
    topics = SnsTopicStore(StubSns(error=error), "arn:")
    with pytest.raises(Unavailable):
        topics.publish("one", READY)
    with pytest.raises(Unavailable):
        topics.subscribe("one", Channel.EMAIL, "a@x.example")
    with pytest.raises(Unavailable):
        topics.list_subscriptions("one")
    with pytest.raises(Unavailable):
        topics.delete("one")


def test_permanent_error_is_raised_unchanged() -> None:
    topics = SnsTopicStore(StubSns(error=client_error("AuthorizationError", 403)), "arn:")
    for call in (lambda: topics.publish("one", READY), lambda: topics.subscribe("one", Channel.SMS, PHONE)):
        with pytest.raises(ClientError):
            call()


def test_topic_deleted_during_subscribe_raises_unavailable() -> None:
    topics = SnsTopicStore(StubSns(error=client_error("NotFound", 404)), "arn:")
    with pytest.raises(Unavailable, match="same time"):
        topics.subscribe("one", Channel.SMS, PHONE)
