from datetime import UTC, datetime

import pytest

from local.inbox import Message, messages, page
from local.provision import Provisioned

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
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="second@tintype.example")
        sns.publish(TopicArn=topic, Subject="Your photos are ready", Message="Fetch them within a day.")
        newest = messages(cloud.services)[0]
        assert (newest.to, newest.subject) == ("second@tintype.example", "Your photos are ready")
        assert (newest.kind, newest.text) == ("Notification by email", "Fetch them within a day.")
