"""Invokes the ingest function with originals whose events were lost."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from chalicelib.aws.errors import translate_transient_errors


@dataclass(frozen=True, slots=True)
class LambdaIngestQueue:
    """`sources.IngestQueue` over the queue that Lambda keeps of asynchronous invocations."""

    client: Any
    function: str
    bucket: str

    def send(self, key: str) -> None:
        """Queue an event, as S3 would send it, for this key; raises Unavailable."""
        record = {"s3": {"bucket": {"name": self.bucket}, "object": {"key": quote_plus(key)}}}
        with translate_transient_errors():
            self.client.invoke(
                FunctionName=self.function, InvocationType="Event", Payload=json.dumps({"Records": [record]}).encode()
            )
