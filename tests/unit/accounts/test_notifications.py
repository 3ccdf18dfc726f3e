from datetime import timedelta

import pytest

from chalicelib.accounts.identity import Caller
from chalicelib.accounts.notifications import (
    Channel,
    NotificationService,
    Subscription,
    format_message,
    mask_address,
    parse_channel,
    topic_name,
    verified_address,
    verified_addresses,
)
from chalicelib.errors import Invalid, Unavailable
from chalicelib.util.circuit_breaker import CircuitBreaker
from tests.fakes.library import Clock
from tests.fakes.sns import MemoryTopicStore

EMAIL, PHONE = "dora@tintype.example", "+12025550123"
REST = timedelta(minutes=1)


class Office:
    """Notifications over topics in memory, behind a breaker whose clock the test sets."""

    def __init__(self) -> None:
        self.topics, self.clock = MemoryTopicStore(), Clock()
        self.notifications = NotificationService(
            self.topics, CircuitBreaker(max_failures=2, cooldown=REST, now=self.clock)
        )


@pytest.fixture
def office() -> Office:
    return Office()


def signed_in(**claims: object) -> Caller:
    return Caller("alice", "id", claims)


def test_who_subscribed_and_confirmed_is_told(office: Office) -> None:
    (made,) = office.notifications.subscribe("alice", Channel.EMAIL, EMAIL)
    assert made == Subscription(Channel.EMAIL, EMAIL, confirmed=False)
    office.notifications.notify("alice", "Too early", "text")
    office.topics.confirm(EMAIL)
    office.notifications.notify("alice", "Ready", "Fetch them.")
    assert office.topics.sent == [(EMAIL, "Ready", "Fetch them.")]


def test_who_never_subscribed_is_told_nothing_and_has_no_topic(office: Office) -> None:
    office.notifications.notify("alice", "Ready", "Fetch them.")
    assert office.notifications.list_subscriptions("alice") == []
    office.notifications.unsubscribe("alice")
    assert (office.topics.sent, office.topics.topics) == ([], {})


def test_each_owner_has_a_topic_of_their_own(office: Office) -> None:
    office.notifications.subscribe("alice", Channel.SMS, PHONE)
    office.notifications.subscribe("bob", Channel.SMS, "+12025550199")
    office.notifications.notify("bob", "Ready", "Fetch them.")
    assert [to for to, _, _ in office.topics.sent] == ["+12025550199"]
    office.notifications.unsubscribe("bob")
    assert [each.address for each in office.notifications.list_subscriptions("alice")] == [PHONE]


def test_a_topic_is_named_after_nobody() -> None:
    name = topic_name("alice")
    assert name == topic_name("alice") != topic_name("bob")
    assert "alice" not in name
    assert (len(name), name.isalnum()) == (32, True)


def test_subscriptions_are_told_in_the_same_order_whatever_came_first(office: Office) -> None:
    office.notifications.subscribe("alice", Channel.SMS, PHONE)
    both = office.notifications.subscribe("alice", Channel.EMAIL, EMAIL)
    assert [each.channel for each in both] == [Channel.EMAIL, Channel.SMS]
    assert office.notifications.list_subscriptions("alice") == both


def test_a_subscription_that_is_not_listed_yet_is_told_all_the_same(office: Office) -> None:
    class Late(MemoryTopicStore):
        def list_subscriptions(self, topic: str) -> list[Subscription]:
            return [Subscription(Channel.SMS, PHONE, confirmed=True)]

    late = NotificationService(Late(), office.notifications.circuit_breaker)
    found = late.subscribe("alice", Channel.EMAIL, EMAIL)
    assert found == [
        Subscription(Channel.EMAIL, EMAIL, confirmed=False),
        Subscription(Channel.SMS, PHONE, confirmed=True),
    ]


def test_an_outage_is_told_and_then_nobody_waits_for_it(office: Office) -> None:
    office.topics.broken = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            office.notifications.notify("alice", "Ready", "Fetch them.")
    assert office.topics.calls == 2
    office.topics.broken = False
    with pytest.raises(Unavailable):
        office.notifications.notify("alice", "Ready", "Fetch them.")
    office.clock.advance(REST)
    office.notifications.notify("alice", "Ready", "Fetch them.")
    assert office.topics.calls == 3


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
def test_only_what_the_id_token_vouches_for_can_be_subscribed(claims: dict[str, object], channels: list[str]) -> None:
    caller = signed_in(**claims)
    assert list(verified_addresses(caller)) == channels
    for channel in Channel:
        if channel in channels:
            assert verified_address(caller, channel) == (EMAIL if channel is Channel.EMAIL else PHONE)
        else:
            with pytest.raises(Invalid, match="Verify it") as refused:
                verified_address(caller, channel)
            assert refused.value.code == "not_verified"


@pytest.mark.parametrize("use", ["access", "key"])
def test_another_token_vouches_for_nothing(use: str) -> None:
    with pytest.raises(Invalid, match="ID token") as refused:
        verified_addresses(Caller("alice", use, {"email": EMAIL, "email_verified": True}))
    assert refused.value.code == "id_token_required"


@pytest.mark.parametrize("value", ["fax", "EMAIL", "", None, 1, ["email"], {}])
def test_there_are_two_channels(value: object) -> None:
    assert (parse_channel("email"), parse_channel("sms")) == (Channel.EMAIL, Channel.SMS)
    with pytest.raises(Invalid, match="email or sms") as refused:
        parse_channel(value)
    assert refused.value.field == "channel"


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
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
def test_an_address_is_shown_so_that_only_its_owner_knows_it(channel: Channel, address: str, shown: str) -> None:
    assert mask_address(Subscription(channel, address, confirmed=True)) == shown


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
def test_a_subject_is_what_sns_takes(subject: str, sent: str) -> None:
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
def test_a_text_message_is_one_message_of_whole_lines(text: str, short: str) -> None:
    message = format_message("Ready", text)
    assert message.sms_text == short
    assert message.text == text
    assert len(format_message("x" * 200, text).sms_text) <= 140
