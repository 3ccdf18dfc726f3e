import re
import urllib.error
import urllib.request
from datetime import UTC, datetime
from html import unescape

import pytest

from local.provision import Provisioned
from local.site.inbox import Message, messages, page

MOMENT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_an_empty_inbox_says_what_will_come() -> None:
    assert "Nothing yet" in page([])
    assert "<ol>" not in page([])


def test_a_message_is_shown_and_never_run() -> None:
    shown = page([Message(MOMENT, "Email", "a@tintype.example", "<script>1</script>", "<img src=x onerror=alert(1)>")])
    assert "1 message<" in shown
    assert "<script>1" not in shown
    assert "<img" not in shown
    assert "20 November 2026, 12:30 UTC" in shown


def test_an_address_in_a_message_can_be_followed() -> None:
    text = 'Fetch: http://127.0.0.1:8000/d/a?b=1&c=2 "now"'
    shown = page([Message(MOMENT, "Email", "a@tintype.example", "Ready", text)])
    assert '<a href="http://127.0.0.1:8000/d/a?b=1&amp;c=2">' in shown


@pytest.mark.cloud
class TestTheLocalCloud:
    def test_keeps_what_the_sign_in_sends(self, cloud: Provisioned) -> None:
        cognito, pool = cloud.client("cognito-idp"), cloud.outputs["UserPoolId"]
        cognito.admin_create_user(
            UserPoolId=pool,
            Username="invited@tintype.example",
            UserAttributes=[{"Name": "email", "Value": "invited@tintype.example"}],
        )
        found = [message for message in messages(cloud.services) if message.to == "invited@tintype.example"]
        assert [message.kind for message in found] == ["Sign-in, invitation"]
        assert found[0].text

    def test_keeps_what_sns_sends_to_people(self, cloud: Provisioned) -> None:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="news-of-one-person")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+12025550142")
        sns.publish(TopicArn=topic, Subject="Your photos are ready", Message="Fetch them within a day.")
        newest = messages(cloud.services)[0]
        assert (newest.to, newest.subject) == ("+12025550142", "Your photos are ready")
        assert (newest.kind, newest.text) == ("Notification by text message", "Fetch them within a day.")

    def test_tells_an_email_address_nothing_before_its_confirmation_was_followed(self, cloud: Provisioned) -> None:
        sns, address = cloud.client("sns"), "careful@tintype.example"
        topic = sns.create_topic(Name="news-to-be-confirmed")["TopicArn"]
        for _ in range(2):
            answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
            assert answer["SubscriptionArn"] == "pending confirmation"
        sns.publish(TopicArn=topic, Subject="Too early", Message="Nobody reads this.")
        first, again = [message for message in messages(cloud.services) if message.to == address]
        assert first.text == again.text
        assert first.kind == "Notification, to be confirmed"
        link = link_in(page([first]))
        assert followed(link) == (200, "Subscription confirmed")
        assert followed(link) == (404, "Nothing to confirm")
        sns.publish(TopicArn=topic, Subject="Your photos are ready", Message="Fetch them within a day.")
        newest = messages(cloud.services)[0]
        assert (newest.to, newest.subject, newest.kind) == (address, "Your photos are ready", "Notification by email")
        (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert listed["SubscriptionArn"].startswith(f"{topic}:")
        assert sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address) | {"ResponseMetadata": None} == {
            "SubscriptionArn": listed["SubscriptionArn"],
            "ResponseMetadata": None,
        }

    @pytest.mark.parametrize("query", ["", "?TopicArn=x&Token=y", "?TopicArn=arn:aws:sns:us-east-1:000000000000:none"])
    def test_confirms_nothing_for_a_link_that_it_never_sent(self, cloud: Provisioned, query: str) -> None:
        link = f"{cloud.services.endpoint}/confirmation.html{query}"
        assert followed(link) == (404, "Nothing to confirm")


def link_in(shown: str) -> str:
    """Where the first link of the shown message leads."""
    found = re.search(r'<pre>.*?<a href="([^"]+)"', shown, re.DOTALL)
    assert found
    return unescape(found[1])


def followed(link: str) -> tuple[int, str]:
    """Open a link as a browser does: the status and the page's title."""
    try:
        with urllib.request.urlopen(link, timeout=10) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    return status, text.partition("<title>")[2].partition("</title>")[0]
