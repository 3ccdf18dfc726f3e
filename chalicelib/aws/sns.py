"""SNS: one standard topic for each person, whose subscriptions are the only place where their addresses are kept."""

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
    """`notifications.Topics` over SNS; `prefix` is what the ARN of each topic begins with.

    Told by the settings, so that whoever publishes need not make a topic, nor ask for one, to know its ARN.
    """

    client: Any
    arn_prefix: str

    def list_subscriptions(self, topic: str) -> list[Subscription]:
        """Who is subscribed, a hundred a page; none where there is no topic."""
        pages = self.client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=self.arn_prefix + topic)
        try:
            with _translate_errors():
                listed = [told for page in pages for told in page["Subscriptions"]]
        except NotFound:
            return []
        return [
            Subscription(Channel(told["Protocol"]), told["Endpoint"], _is_confirmed(told["SubscriptionArn"]))
            for told in listed
            # One that was ended may be listed a while longer.
            if told["Protocol"] in set(Channel) and told["SubscriptionArn"] != "Deleted"
        ]

    def subscribe(self, topic: str, channel: Channel, address: str) -> Subscription:
        """Subscribe an address; SNS knows one it has, and sends one that is pending the confirmation again."""
        arn = self.arn_prefix + topic
        try:
            with _translate_errors():
                # The same attributes each time: with others, SNS refuses to make what is there.
                self.client.create_topic(Name=arn.rpartition(":")[2], Attributes={"DisplayName": SENDER})
                answer = self.client.subscribe(TopicArn=arn, Protocol=channel, Endpoint=address)
        except NotFound:
            raise Unavailable("Your notifications were ended at the same moment; try again.") from None
        except ClientError as error:
            if error_code(error) != "InvalidParameter":
                raise
            # SNS's own words may hold the address.
            raise Invalid("Notifications cannot be sent to your address of this channel.", field="channel") from None
        return Subscription(channel, address, _is_confirmed(answer["SubscriptionArn"]))

    def delete(self, topic: str) -> None:
        """Remove the topic with all its subscriptions; SNS answers the same where there is none."""
        with _translate_errors():
            self.client.delete_topic(TopicArn=self.arn_prefix + topic)

    def publish(self, topic: str, message: Message) -> None:
        """Tell everybody confirmed, each channel in its own words."""
        words = {"default": message.text, Channel.EMAIL: message.text, Channel.SMS: message.sms_text}
        try:
            with _translate_errors():
                self.client.publish(
                    TopicArn=self.arn_prefix + topic,
                    Subject=message.subject,
                    Message=json.dumps(words),
                    MessageStructure="json",
                )
        except NotFound:
            return


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raise NotFound where there is no such topic, Unavailable for what may pass."""
    try:
        with translate_transient_errors():
            yield
    except ClientError as error:
        if error_code(error) == "NotFound":
            raise NotFound("There is no such topic.") from error
        raise


def _is_confirmed(arn: str) -> bool:
    """Whether it is the ARN of a subscription: SNS says `PendingConfirmation`, `pending confirmation` instead."""
    return arn.startswith("arn:")
