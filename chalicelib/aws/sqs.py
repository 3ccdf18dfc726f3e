"""The SQS queue of volumes to build."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws.errors import translate_transient_errors

# The record of the bundle is written right after its messages are sent.
DELAY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class SqsVolumeQueue:
    """`service.VolumeQueue` over SQS."""

    client: Any
    url: str
    delay_seconds: int = DELAY_SECONDS

    def send(self, bundle_id: str, numbers: Iterable[int], sent_at: datetime, delay: timedelta = timedelta(0)) -> None:
        """Send one message per volume, to arrive after this time; raises Unavailable if any was not accepted."""
        delay_seconds = max(self.delay_seconds, int(delay.total_seconds()))
        for number in numbers:
            message = {"bundle_id": bundle_id, "volume": number, "sent_at": sent_at.isoformat()}
            with translate_transient_errors():
                self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(message), DelaySeconds=delay_seconds)

    def postpone(self, receipt_handle: str, delay: timedelta) -> None:
        """Deliver a received message again after this time, not after the visibility timeout; raises Unavailable."""
        with translate_transient_errors():
            self.client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt_handle, VisibilityTimeout=int(delay.total_seconds())
            )
