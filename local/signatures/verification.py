"""Verifies the signature of a request: in its `Authorization` header, or in the query string of a presigned URL."""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from local.signatures.errors import SignatureError
from local.signatures.signing import ALGORITHM, Request, Scope, canonical_request, sign, signing_key, string_to_sign

MAX_SKEW = timedelta(minutes=15)
MAX_EXPIRES_SECONDS = 7 * 24 * 3600
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<credential>[^,\s]+)[,\s]+SignedHeaders=(?P<headers>[^,\s]+)[,\s]+"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
CREDENTIAL = re.compile(r"(?P<key_id>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Signature:
    """The parts of a signature."""

    key_id: str
    scope: Scope
    timestamp: str  # YYYYMMDDTHHMMSSZ
    signed_headers: tuple[str, ...]
    value: str
    expires_seconds: int | None  # of a presigned URL

    @property
    def presigned(self) -> bool:
        """Whether it is in the query string."""
        return self.expires_seconds is not None


def is_signed(request: Request) -> bool:
    """Whether the request has a signature, right or wrong."""
    return request.header("authorization") is not None or any(name == "X-Amz-Signature" for name, _ in request.query())


def parse(request: Request) -> Signature:
    """The signature of a request, not verified; raises SignatureError if it has none, two, or a malformed one."""
    query = request.query()
    presigned = any(name == "X-Amz-Signature" for name, _ in query)
    authorization = request.header("authorization")
    if is_version_2(name for name, _ in query) or (authorization or "").startswith("AWS "):
        raise version_2_error()
    if authorization is None and not presigned:
        raise SignatureError("AccessDenied", "The request is not signed.")
    if authorization is not None and presigned:
        raise _malformed("A request has one signature: in the Authorization header or in the query string.")
    return _from_query(query) if authorization is None else _from_header(authorization, request)


def is_version_2(names: Iterable[str]) -> bool:
    """Whether parameters or form fields of these names are a signature of the retired version 2."""
    return {"awsaccesskeyid", "signature"} <= {name.lower() for name in names}


def version_2_error() -> SignatureError:
    """The error of S3 for the retired version 2."""
    return SignatureError(
        "InvalidRequest",
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256 "
        "(signature_version = s3v4).",
        HTTPStatus.BAD_REQUEST,
    )


def verify(
    request: Request, signature: Signature, secrets: Mapping[str, str], now: datetime, *, payload_hash: str
) -> None:
    """Check all of a signature; raises SignatureError. Arguments are those of verify_claims and verify_value."""
    verify_claims(request, signature, secrets, now)
    verify_value(request, signature, secrets[signature.key_id], payload_hash)


def verify_claims(request: Request, signature: Signature, secrets: Mapping[str, str], now: datetime) -> None:
    """Check what needs no body: key, time and signed headers; raises SignatureError.

    `secrets` maps key ids to secret keys.
    """
    if signature.key_id not in secrets:
        raise SignatureError("InvalidAccessKeyId", "The AWS access key ID you provided does not exist in our records.")
    _check_time(signature, now)
    _check_signed_headers(request, signature)


def verify_value(request: Request, signature: Signature, secret: str, payload_hash: str) -> None:
    """Check the value; raises SignatureError. `payload_hash` is the body's SHA-256, or what the client declared."""
    canonical = canonical_request(request, signature.signed_headers, payload_hash, signature.scope.service)
    expected = sign(
        signing_key(secret, signature.scope), string_to_sign(signature.timestamp, signature.scope, canonical)
    )
    if not hmac.compare_digest(expected, signature.value):
        raise SignatureError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and "
            "signing method.",
        )


def check_credential(credential: str, timestamp: str) -> tuple[str, Scope]:
    """The key id and the scope in a `Credential`; raises SignatureError if it is malformed or of another day."""
    match = CREDENTIAL.fullmatch(credential)
    if match is None:
        raise _malformed("The credential is malformed; expecting key/YYYYMMDD/REGION/SERVICE/aws4_request.")
    if match["date"] != timestamp[:8]:
        raise _malformed("The date of the credential is not that of the request.")
    return match["key_id"], Scope(match["date"], match["region"], match["service"])


def parse_timestamp(value: str) -> datetime:
    """The time of `YYYYMMDDTHHMMSSZ`; raises SignatureError if it is malformed."""
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _malformed("The date is malformed; expecting YYYYMMDDTHHMMSSZ.") from None


def _from_header(authorization: str, request: Request) -> Signature:
    match = AUTHORIZATION.fullmatch(authorization.strip())
    if match is None:
        raise _malformed("The authorization header is malformed or not of Signature Version 4.")
    timestamp = request.header("x-amz-date") or ""
    key_id, scope = check_credential(match["credential"], timestamp)
    return Signature(key_id, scope, timestamp, tuple(match["headers"].split(";")), match["signature"], None)


def _from_query(query: list[tuple[str, str]]) -> Signature:
    values = {name: value for name, value in query if name.startswith("X-Amz-")}
    if len(values) != sum(name.startswith("X-Amz-") for name, _ in query):
        raise _malformed("A parameter of the signature is repeated.")
    if values.get("X-Amz-Algorithm") != ALGORITHM:
        raise _malformed(f"X-Amz-Algorithm only supports {ALGORITHM}.")
    expires = values.get("X-Amz-Expires", "")
    if not re.fullmatch(r"\d{1,7}", expires) or not 1 <= int(expires) <= MAX_EXPIRES_SECONDS:
        raise _malformed(f"X-Amz-Expires must be from 1 to {MAX_EXPIRES_SECONDS} seconds.")
    timestamp = values.get("X-Amz-Date", "")
    key_id, scope = check_credential(values.get("X-Amz-Credential", ""), timestamp)
    headers = tuple(values.get("X-Amz-SignedHeaders", "").split(";"))
    return Signature(key_id, scope, timestamp, headers, values["X-Amz-Signature"], int(expires))


def _check_time(signature: Signature, now: datetime) -> None:
    age = now - parse_timestamp(signature.timestamp)
    if age < -MAX_SKEW or (signature.expires_seconds is None and age > MAX_SKEW):
        raise SignatureError(
            "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
        )
    if signature.expires_seconds is not None and age > timedelta(seconds=signature.expires_seconds):
        raise SignatureError("AccessDenied", "Request has expired")


def _check_signed_headers(request: Request, signature: Signature) -> None:
    """Host and every header of AWS's must be signed, so that nobody who sees a request can change what it does."""
    names = {name for name, _ in request.headers if name == "host" or name.startswith("x-amz-")}
    if not names <= set(signature.signed_headers) or "host" not in signature.signed_headers:
        raise SignatureError("AccessDenied", "There were headers present in the request which were not signed")


def _malformed(message: str) -> SignatureError:
    return SignatureError("AuthorizationHeaderMalformed", message, HTTPStatus.BAD_REQUEST)
