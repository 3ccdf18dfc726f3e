from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts.identity import Caller
from chalicelib.accounts.notifications import (
    MAX_MESSAGES_PER_HOUR,
    Channel,
    Delivery,
    NotificationService,
    Subscription,
    delivery_warning,
    format_message,
    mask_address,
    parse_channel,
    topic_name,
    verified_address,
    verified_addresses,
)
from chalicelib.errors import Conflict, Invalid, Unavailable
from chalicelib.util.circuit_breaker import CircuitBreaker
from tests.fakes.bundle_service import MemoryMessageLimit
from tests.fakes.library import Clock
from tests.fakes.sns import MemoryTopicStore

EMAIL, PHONE = "dora@tintype.example", "+12025550123"
REST = timedelta(minutes=1)


class NotificationFixture:
    """Notifications over fake topics, behind a circuit breaker with a manual clock."""

    def __init__(self) -> None:
        self.topics, self.clock = MemoryTopicStore(), Clock()
        self.notifications = NotificationService(
            self.topics,
            CircuitBreaker(max_failures=2, cooldown=REST, now=self.clock),
            MemoryMessageLimit(MAX_MESSAGES_PER_HOUR),
            self.clock,
            lambda: "id",
        )


@pytest.fixture
def fixture() -> NotificationFixture:
    return NotificationFixture()


def signed_in(**claims: object) -> Caller:
    return Caller("alice", "id", claims)


def test_confirmed_subscriber_receives_message(fixture: NotificationFixture) -> None:
    (made,) = fixture.notifications.subscribe("alice", Channel.EMAIL, EMAIL)
    assert made == Subscription(Channel.EMAIL, EMAIL, confirmed=False)
    assert fixture.notifications.notify("alice", "Too early", "text") is Delivery.UNCONFIRMED
    fixture.topics.confirm(EMAIL)
    assert fixture.notifications.notify("alice", "Ready", "Fetch them.") is Delivery.SENT
    assert fixture.topics.sent == [(EMAIL, "Ready", "Fetch them.")]


def test_subscribe_email_asks_a_verified_address_once(fixture: NotificationFixture) -> None:
    fixture.notifications.subscribe("alice", Channel.SMS, PHONE)
    for _ in range(2):
        fixture.notifications.subscribe_email(signed_in(email=EMAIL, email_verified=True))
    assert fixture.topics.confirmations == [EMAIL]
    assert {each.address for each in fixture.notifications.list_subscriptions("alice")} == {EMAIL, PHONE}


@pytest.mark.parametrize(
    "caller",
    [
        signed_in(email=EMAIL, email_verified=False),
        signed_in(phone_number=PHONE, phone_number_verified=True),
        Caller("alice", "access", {}),
        Caller("alice", "key", {}),
    ],
    ids=["unverified", "phone only", "access token", "API key"],
)
def test_subscribe_email_needs_a_verified_address(caller: Caller, fixture: NotificationFixture) -> None:
    fixture.notifications.subscribe_email(caller)
    assert fixture.topics.topics == {}


def test_confirmations_are_limited_whoever_asks_for_them(fixture: NotificationFixture) -> None:
    alice = signed_in(email=EMAIL, email_verified=True)
    for _ in range(2 * MAX_MESSAGES_PER_HOUR):
        fixture.notifications.subscribe_email(alice)
        fixture.notifications.unsubscribe("alice")
    assert len(fixture.topics.confirmations) == MAX_MESSAGES_PER_HOUR
    with pytest.raises(Conflict):
        fixture.notifications.subscribe("alice", Channel.EMAIL, EMAIL)
    fixture.clock.advance(timedelta(hours=1))
    fixture.notifications.subscribe("alice", Channel.EMAIL, EMAIL)


def test_subscribe_email_fails_if_sns_is_unavailable(fixture: NotificationFixture) -> None:
    fixture.topics.broken = True
    with pytest.raises(Unavailable):
        fixture.notifications.subscribe_email(signed_in(email=EMAIL, email_verified=True))


def test_owner_without_subscription_has_no_topic(fixture: NotificationFixture) -> None:
    assert fixture.notifications.notify("alice", "Ready", "Fetch them.") is Delivery.NO_ADDRESS
    assert fixture.notifications.list_subscriptions("alice") == []
    fixture.notifications.unsubscribe("alice")
    assert (fixture.topics.sent, fixture.topics.topics) == ([], {})


def test_each_owner_has_a_separate_topic(fixture: NotificationFixture) -> None:
    fixture.notifications.subscribe("alice", Channel.SMS, PHONE)
    fixture.notifications.subscribe("bob", Channel.SMS, "+12025550199")
    fixture.notifications.notify("bob", "Ready", "Fetch them.")
    assert [to for to, _, _ in fixture.topics.sent] == ["+12025550199"]
    fixture.notifications.unsubscribe("bob")
    assert [each.address for each in fixture.notifications.list_subscriptions("alice")] == [PHONE]


def test_topic_name_does_not_contain_the_owner() -> None:
    name = topic_name("alice")
    assert name == topic_name("alice") != topic_name("bob")
    assert "alice" not in name
    assert (len(name), name.isalnum()) == (32, True)


def test_subscriptions_have_a_stable_order(fixture: NotificationFixture) -> None:
    fixture.notifications.subscribe("alice", Channel.SMS, PHONE)
    both = fixture.notifications.subscribe("alice", Channel.EMAIL, EMAIL)
    assert [each.channel for each in both] == [Channel.EMAIL, Channel.SMS]
    assert fixture.notifications.list_subscriptions("alice") == both


def test_new_subscription_is_returned_before_it_is_listed(fixture: NotificationFixture) -> None:
    class Late(MemoryTopicStore):
        def list_subscriptions(self, topic: str) -> list[Subscription]:
            return [Subscription(Channel.SMS, PHONE, confirmed=True)]

    late = replace(fixture.notifications, topics=Late())
    found = late.subscribe("alice", Channel.EMAIL, EMAIL)
    assert found == [
        Subscription(Channel.EMAIL, EMAIL, confirmed=False),
        Subscription(Channel.SMS, PHONE, confirmed=True),
    ]


def test_warns_unless_a_confirmed_address_receives_messages() -> None:
    email, sms = Subscription(Channel.EMAIL, EMAIL, confirmed=False), Subscription(Channel.SMS, PHONE, confirmed=True)
    assert "Turn them on" in (delivery_warning([]) or "")
    assert "confirm your address" in (delivery_warning([email]) or "")
    assert delivery_warning([email, sms]) is None


def test_outage_opens_the_circuit(fixture: NotificationFixture) -> None:
    fixture.topics.broken = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            fixture.notifications.notify("alice", "Ready", "Fetch them.")
    assert fixture.topics.calls == 2
    fixture.topics.broken = False
    with pytest.raises(Unavailable):
        fixture.notifications.notify("alice", "Ready", "Fetch them.")
    fixture.clock.advance(REST)
    fixture.notifications.notify("alice", "Ready", "Fetch them.")
    assert fixture.topics.calls == 3


@pytest.mark.parametrize(
    ("claims", "channels"),
    [
        ({"email": EMAIL, "email_verified": True}, ["email"]),
        ({"email": EMAIL, "email_verified": "true"}, ["email"]),
        ({"email": EMAIL, "email_verified": False}, []),
        ({"email": EMAIL, "email_verified": "false"}, []),
        ({"email": EMAIL}, []),
        ({"email_verified": True}, []),
        ({"email": "", "email_verified": True}, []),
        ({"email": ["a@b.c"], "email_verified": True}, []),
        ({"email": EMAIL, "phone_number_verified": True}, []),
        ({"phone_number": PHONE, "phone_number_verified": True, "email": EMAIL}, ["sms"]),
        (
            {"phone_number": PHONE, "phone_number_verified": True, "email": EMAIL, "email_verified": True},
            ["email", "sms"],
        ),
    ],
)
def test_only_verified_addresses_can_be_subscribed(claims: dict[str, object], channels: list[str]) -> None:
    caller = signed_in(**claims)
    assert list(verified_addresses(caller)) == channels
    for channel in Channel:
        if channel in channels:
            assert verified_address(caller, channel) == (EMAIL if channel is Channel.EMAIL else PHONE)
        else:
            with pytest.raises(Invalid, match="Verify it") as raised:
                verified_address(caller, channel)
            assert raised.value.code == "not_verified"


@pytest.mark.parametrize("use", ["access", "key"])
def test_other_token_types_raise_id_token_required(use: str) -> None:
    with pytest.raises(Invalid, match="ID token") as raised:
        verified_addresses(Caller("alice", use, {"email": EMAIL, "email_verified": True}))
    assert raised.value.code == "id_token_required"


@pytest.mark.parametrize("value", ["fax", "EMAIL", "", None, 1, ["email"], {}])
def test_parse_channel_accepts_email_and_sms_only(value: object) -> None:
    assert (parse_channel("email"), parse_channel("sms")) == (Channel.EMAIL, Channel.SMS)
    with pytest.raises(Invalid, match="email or sms") as raised:
        parse_channel(value)
    assert raised.value.field == "channel"


@pytest.mark.parametrize(
    ("channel", "address", "masked"),
    [
        (Channel.EMAIL, "dora@tintype.example", "d•••@t•••.example"),
        (Channel.EMAIL, "dora.maar@mail.gallery.example", "d•••@m•••.example"),
        (Channel.EMAIL, "jo@x.org", "•••@•••.org"),
        (Channel.EMAIL, "joe@abc.org", "j•••@a•••.org"),
        (Channel.EMAIL, '"a@b"@photos.example', '"•••@p•••.example'),
        (Channel.EMAIL, "root@localhost", "•••"),
        (Channel.EMAIL, "no address", "•••"),
        (Channel.EMAIL, "", "•••"),
        (Channel.SMS, "+12025550123", "•••• 0123"),
        (Channel.SMS, "+4512345678", "•••• 5678"),
        (Channel.SMS, "+12 34 56 78", "•••• 5678"),
        (Channel.SMS, "+1234567", "••••"),
        (Channel.SMS, "", "••••"),
    ],
)
def test_address_is_masked(channel: Channel, address: str, masked: str) -> None:
    assert mask_address(Subscription(channel, address, confirmed=True)) == masked


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("Your photos are ready", "Your photos are ready"),
        ("Köln, café…", "Koln, cafe..."),
        ("  two\r\nlines\tand\x07 a bell ", "two lines and a bell"),
        ("a\x00b", "a b"),
        ("日本", "Tintype"),
        ("", "Tintype"),
        ("x" * 150, "x" * 99),
        ("x" * 98 + " y", "x" * 98),
    ],
)
def test_subject_is_valid_for_sns(subject: str, sent: str) -> None:
    message = format_message(subject, "text")
    assert message.subject == sent
    assert message.subject.isascii()
    assert 0 < len(message.subject) < 100


LINK = "https://abc.example/api/d/" + "t" * 60


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Fetch them.", "Ready\nFetch them."),
        (f"\n{LINK}\n\nWithin a day.", f"Ready\n{LINK}\nWithin a day."),
        (f"{LINK}\n{LINK}\n", f"Ready\n{LINK}"),
        ("x" * 134, "Ready\n" + "x" * 134),
        ("x" * 135, "Ready"),
        ("ü" * 54, "Ready\n" + "ü" * 54),
        ("ü" * 55, "Ready"),
        ("", "Ready"),
    ],
)
def test_sms_text_is_truncated_at_a_line(text: str, short: str) -> None:
    message = format_message("Ready", text)
    assert message.sms_text == short
    assert message.text == text
    assert len(format_message("x" * 200, text).sms_text) <= 140
