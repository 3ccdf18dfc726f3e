"""The queue of volumes that wait for a worker, in SQS."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.errors import translate_transient_errors

# The record of the bundle is written right behind its messages.
DELAY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class SqsVolumeQueue:
    """`packing.Queue` over SQS."""

    client: Any
    url: str
    delay_seconds: int = DELAY_SECONDS

    def send(self, bundle_id: str, numbers: Iterable[int], sent_at: datetime) -> None:
        """One message for each volume; raises Unavailable unless all were taken."""
        for number in numbers:
            told = {"bundle_id": bundle_id, "volume": number, "sent_at": sent_at.isoformat()}
            with translate_transient_errors():
                self.client.send_message(
                    QueueUrl=self.url, MessageBody=json.dumps(told), DelaySeconds=self.delay_seconds
                )
