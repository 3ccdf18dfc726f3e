"""Presigned S3 URLs: Signature Version 4 in the query, as of any time.

botocore's public functions date a signature now, so its URLs differ every second and browsers cannot cache what they
name. AWS: "Authenticating requests: using query parameters (AWS Signature Version 4)".
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(Protocol):
    """Credentials of AWS; botocore's frozen ones are some."""

    access_key: str
    secret_key: str
    token: str | None


def presign(
    method: str,
    url: str,
    params: Mapping[str, str],
    credentials: Credentials,
    region: str,
    *,
    starts_at: datetime,
    lifetime: timedelta,
) -> str:
    """The URL with these parameters and a signature that is valid from `starts_at`, in UTC, for `lifetime`.

    The URL's path is percent-encoded, and it has no query.
    """
    timestamp = f"{starts_at:%Y%m%dT%H%M%SZ}"
    scope = f"{timestamp[:8]}/{region}/s3/aws4_request"
    query = {
        **params,
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{credentials.access_key}/{scope}",
        "X-Amz-Date": timestamp,
        "X-Amz-Expires": str(int(lifetime.total_seconds())),
        "X-Amz-SignedHeaders": "host",
        **({"X-Amz-Security-Token": credentials.token} if credentials.token else {}),
    }
    pairs = [(quote(name, safe=""), quote(value, safe="")) for name, value in query.items()]
    parts = urlsplit(url)
    host = f"host:{parts.netloc}\n"
    canonical = "\n".join((method, parts.path, _joined(sorted(pairs)), host, "host", "UNSIGNED-PAYLOAD"))
    to_sign = "\n".join((ALGORITHM, timestamp, scope, sha256(canonical.encode()).hexdigest()))
    signature = _hmac(_signing_key(credentials.secret_key, scope), to_sign).hex()
    return f"{url}?{_joined(pairs)}&X-Amz-Signature={signature}"


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


@lru_cache(maxsize=4)  # one a day
def _signing_key(secret_key: str, scope: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), sha256)
