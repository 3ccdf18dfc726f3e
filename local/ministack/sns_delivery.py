"""SNS: email and text messages are stored with the mail of SES and Cognito, for the inbox page.

MiniStack logs them as not sent and drops them.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import ses, sns

MESSAGE_TYPES = {"email": "SNS email", "email-json": "SNS email", "sms": "SNS SMS"}


def patch_fanout(fanout: Callable[..., None]) -> Callable[..., None]:
    """MiniStack's fan-out, then one stored message for each email and SMS subscriber."""

    def send(
        topic_arn: str, number: str, text: str, subject: str, structure: str = "", *rest: Any, **more: Any
    ) -> None:
        fanout(topic_arn, number, text, subject, structure, *rest, **more)
        topic = sns._topic_by_arn_any_scope(topic_arn)
        for subscription in topic["subscriptions"] if topic else []:
            protocol = subscription["protocol"]
            if protocol in MESSAGE_TYPES and subscription["confirmed"]:
                ses._record_send(
                    topic_arn.rsplit(":", 1)[-1],
                    [subscription["endpoint"]],
                    subject=subject,
                    body_text=sns._resolve_message_for_protocol(text, structure, protocol),
                    type_name=MESSAGE_TYPES[protocol],
                )

    return send
