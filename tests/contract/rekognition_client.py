"""A botocore client for the fake Rekognition with short timeouts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from tests.fakes.rekognition import FakeRekognition

MODEL = "arn:aws:rekognition:us-east-1:123456789012:project/family/version/family.2026-11-01T10.00.00/1793527200000"


@contextmanager
def client_of(service: FakeRekognition, attempts: int = 3, url: str | None = None, **different: Any) -> Iterator[Any]:
    """A client with this number of attempts, with the app's retry mode."""
    client = boto3.client(
        "rekognition",
        endpoint_url=url or service.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            connect_timeout=1,
            read_timeout=0.3,
            retries={"mode": "standard", "total_max_attempts": attempts},
            **different,
        ),
    )
    try:
        yield client
    finally:
        client.close()
