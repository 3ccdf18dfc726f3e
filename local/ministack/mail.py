"""The post: what SNS would send to a person's address is kept with the mail that SES and Cognito send.

MiniStack logs such a message as not sent and forgets it; the inbox page shows what is kept here.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import ses, sns

TO_PEOPLE = {"email": "SNS email", "email-json": "SNS email", "sms": "SNS SMS"}


def keeping(fanout: Callable[..., None]) -> Callable[..., None]:
    """SNS's own fan-out, and then a copy for every subscriber that is a person."""

    def send(
        topic_arn: str, number: str, text: str, subject: str, structure: str = "", *rest: Any, **more: Any
    ) -> None:
        fanout(topic_arn, number, text, subject, structure, *rest, **more)
        topic = sns._topic_by_arn_any_scope(topic_arn)
        for subscription in topic["subscriptions"] if topic else []:
            protocol = subscription["protocol"]
            if protocol in TO_PEOPLE and subscription["confirmed"]:
                ses._record_send(
                    topic_arn.rsplit(":", 1)[-1],
                    [subscription["endpoint"]],
                    subject=subject,
                    body_text=sns._resolve_message_for_protocol(text, structure, protocol),
                    type_name=TO_PEOPLE[protocol],
                )

    return send
