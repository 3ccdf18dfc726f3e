"""Keys, canonical requests and strings to sign."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote_plus

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
UNRESERVED = "-_.~"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signing key is valid for: `{date}/{region}/{service}/aws4_request`."""

    date: str  # YYYYMMDD
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent: path and query string are still percent-encoded, header names are in lower case."""

    method: str
    path: str
    query_string: str
    headers: Sequence[tuple[str, str]]

    def header(self, name: str) -> str | None:
        """The values of a header, joined by commas; None if it was not sent."""
        values = [value for each, value in self.headers if each == name]
        return ",".join(values) if values else None

    def query(self) -> list[tuple[str, str]]:
        """The decoded parameters, in order; a parameter without `=` has an empty value."""
        pairs = [pair.partition("=") for pair in self.query_string.split("&") if pair]
        return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]


@lru_cache(maxsize=64)
def signing_key(secret: str, scope: Scope) -> bytes:
    """The key derived from a secret for one scope."""
    key = f"AWS4{secret}".encode()
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def sign(key: bytes, text: str) -> str:
    """The signature of a string to sign, in hexadecimal."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def string_to_sign(timestamp: str, scope: Scope, canonical: str) -> str:
    """What is signed for a canonical request."""
    return "\n".join([ALGORITHM, timestamp, str(scope), hashlib.sha256(canonical.encode()).hexdigest()])


def canonical_request(request: Request, signed_headers: Collection[str], payload_hash: str, service: str) -> str:
    """The request in the form that both sides hash; a presigned URL's signature is not part of it.

    All services but S3 encode the path a second time.
    """
    path = request.path or "/"
    values: Mapping[str, str] = {name: request.header(name) or "" for name in signed_headers}
    return "\n".join(
        [
            request.method,
            path if service == "s3" else quote(path, safe=f"/{UNRESERVED}"),
            _canonical_query(request),
            *(f"{name}:{' '.join(values[name].split())}" for name in signed_headers),
            "",
            ";".join(signed_headers),
            payload_hash,
        ]
    )


def _canonical_query(request: Request) -> str:
    pairs = [(name, value) for name, value in request.query() if name != "X-Amz-Signature"]
    encoded = sorted((quote(name, safe=UNRESERVED), quote(value, safe=UNRESERVED)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)
