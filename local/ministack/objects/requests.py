"""Requests of S3's REST API, parsed from an ASGI scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.ministack.objects.errors import S3Error, invalid_argument

# Query parameters of a presigned URL that belong to its signature. Other x-amz-* parameters stand for headers.
SIGNING_PARAMETERS = frozenset(
    {
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signedheaders",
        "x-amz-signature",
        "x-amz-security-token",
        "x-amz-content-sha256",
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """A path-style request. Header names are lower case; `parameters` keeps the order and the duplicates of `query`."""

    method: str
    path: str
    bucket: str
    key: str
    parameters: Sequence[tuple[str, str]]
    query: Mapping[str, str]
    headers: Mapping[str, str]

    def header(self, name: str) -> str:
        """A header's value without surrounding blanks, or an empty string."""
        return self.headers.get(name, "").strip()

    def number(self, name: str, default: int, largest: int) -> int:
        """An integer parameter from 0, limited to `largest`; raises S3Error."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not (text.isascii() and text.isdecimal()):
            raise invalid_argument(f"Provided {name} not an integer or within integer range")
        return min(int(text), largest)

    def with_hoisted_headers(self) -> "Request":
        """The request with the headers that its presigned URL carries as parameters; sent headers win.

        Checksums are left out: they are computed when a URL is signed, without the body that will be sent.
        """
        hoisted = {
            name.lower(): value
            for name, value in self.parameters
            if name.lower().startswith("x-amz-")
            and name.lower() not in SIGNING_PARAMETERS
            and not (name.lower().startswith("x-amz-checksum-") and name.lower() != "x-amz-checksum-algorithm")
        }
        return replace(self, headers={**hoisted, **self.headers}) if hoisted else self


def parse_request(scope: Mapping[str, Any]) -> Request:
    """The request of an HTTP scope; raises S3Error if its path is not UTF-8."""
    raw_path = scope.get("raw_path") or scope["path"].encode()
    try:
        path = unquote(raw_path.decode("ascii"), errors="strict")
        parameters = parse_qsl(scope.get("query_string", b"").decode("ascii"), keep_blank_values=True)
    except (UnicodeDecodeError, ValueError) as error:
        raise S3Error(400, "InvalidURI", "Couldn't parse the specified URI.") from error
    bucket, _, key = path.removeprefix("/").partition("/")
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), _decode(raw_value)
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    query: dict[str, str] = {}
    for name, value in parameters:
        query.setdefault(name, value)
    return Request(scope["method"], path, bucket, key, parameters, query, headers)


def _decode(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
