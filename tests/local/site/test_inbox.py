import re
import urllib.error
import urllib.request
from datetime import UTC, datetime
from html import unescape

import pytest

from local.provision import ProvisionedStack
from local.site.inbox import Message, fetch_messages, render_page

SENT_AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_empty_inbox_explains_itself() -> None:
    assert "No messages" in render_page([])
    assert "<ol>" not in render_page([])


def test_message_is_escaped() -> None:
    html = render_page(
        [Message(SENT_AT, "Email", "a@tintype.example", "<script>1</script>", "<img src=x onerror=alert(1)>")]
    )
    assert "1 message<" in html
    assert "<script>1" not in html
    assert "<img" not in html
    assert "November 20, 2026, 12:30 UTC" in html


def test_url_becomes_link() -> None:
    text = 'Fetch: http://127.0.0.1:8000/d/a?b=1&c=2 "now"'
    html = render_page([Message(SENT_AT, "Email", "a@tintype.example", "Ready", text)])
    assert '<a href="http://127.0.0.1:8000/d/a?b=1&amp;c=2">' in html


@pytest.mark.cloud
class TestLocalServices:
    def test_stores_cognito_invitation(self, cloud: ProvisionedStack) -> None:
        cognito, pool = cloud.client("cognito-idp"), cloud.outputs["UserPoolId"]
        cognito.admin_create_user(
            UserPoolId=pool,
            Username="invited@tintype.example",
            UserAttributes=[{"Name": "email", "Value": "invited@tintype.example"}],
        )
        found = [message for message in fetch_messages(cloud.services) if message.to == "invited@tintype.example"]
        assert [message.kind for message in found] == ["Invitation"]
        assert found[0].text

    def test_stores_sns_text_message(self, cloud: ProvisionedStack) -> None:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+12025550142")
        sns.publish(TopicArn=topic, Subject="Your photos are ready", Message="Fetch them within a day.")
        latest = fetch_messages(cloud.services)[0]
        assert (latest.to, latest.subject) == ("+12025550142", "Your photos are ready")
        assert (latest.kind, latest.text) == ("Text message notification", "Fetch them within a day.")

    def test_sends_no_email_before_confirmation(self, cloud: ProvisionedStack) -> None:
        sns, address = cloud.client("sns"), "careful@tintype.example"
        topic = sns.create_topic(Name="news-to-be-confirmed")["TopicArn"]
        for _ in range(2):
            response = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
            assert response["SubscriptionArn"] == "pending confirmation"
        sns.publish(TopicArn=topic, Subject="Too early", Message="Not delivered.")
        first, again = [message for message in fetch_messages(cloud.services) if message.to == address]
        assert first.text == again.text
        assert first.kind == "Subscription confirmation"
        link = link_in(render_page([first]))
        assert open_link(link) == (200, "Subscription confirmed · Tintype")
        assert open_link(link) == (404, "Nothing to confirm · Tintype")
        sns.publish(TopicArn=topic, Subject="Your photos are ready", Message="Fetch them within a day.")
        latest = fetch_messages(cloud.services)[0]
        assert (latest.to, latest.subject, latest.kind) == (address, "Your photos are ready", "Email notification")
        (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert listed["SubscriptionArn"].startswith(f"{topic}:")
        assert sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address) | {"ResponseMetadata": None} == {
            "SubscriptionArn": listed["SubscriptionArn"],
            "ResponseMetadata": None,
        }

    @pytest.mark.parametrize("query", ["", "?TopicArn=x&Token=y", "?TopicArn=arn:aws:sns:us-east-1:000000000000:none"])
    def test_rejects_unknown_confirmation_link(self, cloud: ProvisionedStack, query: str) -> None:
        link = f"{cloud.services.endpoint}/confirmation.html{query}"
        assert open_link(link) == (404, "Nothing to confirm · Tintype")


def link_in(html: str) -> str:
    """The URL of the message's first link."""
    match = re.search(r'<pre>.*?<a href="([^"]+)"', html, re.DOTALL)
    assert match
    return unescape(match[1])


def open_link(link: str) -> tuple[int, str]:
    """The status and the title of the page behind a link."""
    try:
        with urllib.request.urlopen(link, timeout=10) as response:
            status, text = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    return status, text.partition("<title>")[2].partition("</title>")[0]
