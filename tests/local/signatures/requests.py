"""Requests signed by botocore, as AWS clients send them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.signatures.signing import Request

KEY_ID, SECRET = "LOCALKEY", "a-secret"
SECRETS = {KEY_ID: SECRET}
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOST = "127.0.0.1:8002"


def signed_request(
    method: str = "GET",
    url: str = "/bucket/key",
    *,
    service: str = "s3",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    at: datetime = NOW,
    presigned_seconds: int | None = None,
    secret: str = SECRET,
    payload: str | None = None,
) -> Request:
    """The request with a signature in its header, or in its query string if `presigned_seconds` is given.

    `payload` is what the client declares of the body, by default its hash.
    """
    data = b"" if presigned_seconds else body  # botocore takes a body for parameters
    request = AWSRequest(method, f"http://{HOST}{url}", headers=dict(headers or {}), data=data)
    credentials = Credentials(KEY_ID, secret)
    signer: Any
    if presigned_seconds is not None:
        signer = auth.S3SigV4QueryAuth(credentials, service, "us-east-1", expires=presigned_seconds)
    else:
        signer = (auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth)(credentials, service, "us-east-1")
    if payload:
        signer.payload = lambda _: payload
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(auth, "get_current_datetime", lambda *_, **__: at)
        signer.add_auth(request)
    parts = urlsplit(request.url)
    sent = [("host", HOST), *((name.lower(), value) for name, value in request.headers.items())]
    return Request(method, parts.path, parts.query, sent)
