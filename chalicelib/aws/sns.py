"""SNS: one standard topic per owner. Its subscriptions are the only place where addresses are stored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.notifications import SENDER, Channel, Message, Subscription
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Invalid, NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class SnsTopicStore:
    """`notifications.TopicStore` over SNS; `arn_prefix` is the common prefix of all topic ARNs.

    The prefix comes from the settings, so that a topic's ARN is known without a request.
    """

    client: Any
    arn_prefix: str

    def list_subscriptions(self, topic: str) -> list[Subscription]:
        """All subscriptions, confirmed or not; empty if there is no topic."""
        pages = self.client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=self.arn_prefix + topic)
        try:
            with _translate_errors():
                listed = [found for page in pages for found in page["Subscriptions"]]
        except NotFound:
            return []
        return [
            Subscription(Channel(found["Protocol"]), found["Endpoint"], _is_confirmed(found["SubscriptionArn"]))
            for found in listed
            # A deleted subscription may still be listed for a while.
            if found["Protocol"] in set(Channel) and found["SubscriptionArn"] != "Deleted"
        ]

    def subscribe(self, topic: str, channel: Channel, address: str) -> Subscription:
        """Subscribe an address; SNS is idempotent, and sends a pending address another confirmation."""
        arn = self.arn_prefix + topic
        try:
            with _translate_errors():
                # Always the same attributes: SNS rejects a topic that exists with different ones.
                self.client.create_topic(Name=arn.rpartition(":")[2], Attributes={"DisplayName": SENDER})
                response = self.client.subscribe(TopicArn=arn, Protocol=channel, Endpoint=address)
        except NotFound:
            raise Unavailable("Notifications were turned off at the same time. Try again.") from None
        except ClientError as error:
            if error_code(error) != "InvalidParameter":
                raise
            # The message from SNS may contain the address.
            raise Invalid("Notifications cannot be sent to your address on this channel.", field="channel") from None
        return Subscription(channel, address, _is_confirmed(response["SubscriptionArn"]))

    def delete(self, topic: str) -> None:
        """Delete the topic with all its subscriptions; SNS reports success if there is none."""
        with _translate_errors():
            self.client.delete_topic(TopicArn=self.arn_prefix + topic)

    def publish(self, topic: str, message: Message) -> None:
        """Send a message to all confirmed addresses, in the form of each channel."""
        messages = {"default": message.text, Channel.EMAIL: message.text, Channel.SMS: message.sms_text}
        try:
            with _translate_errors():
                self.client.publish(
                    TopicArn=self.arn_prefix + topic,
                    Subject=message.subject,
                    Message=json.dumps(messages),
                    MessageStructure="json",
                )
        except NotFound:
            return


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raise NotFound if there is no such topic, Unavailable for transient errors."""
    try:
        with translate_transient_errors():
            yield
    except ClientError as error:
        if error_code(error) == "NotFound":
            raise NotFound("There is no such topic.") from error
        raise


def _is_confirmed(arn: str) -> bool:
    """Whether this is a subscription ARN; a pending one is `PendingConfirmation` or `pending confirmation`."""
    return arn.startswith("arn:")
