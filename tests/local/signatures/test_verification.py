from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from local.signatures.errors import SignatureError
from local.signatures.signing import Request
from local.signatures.verification import UNSIGNED_PAYLOAD, is_signed, parse, verify
from tests.local.signatures.requests import NOW, SECRETS, signed_request

EMPTY = sha256(b"").hexdigest()


def check(request: Request, *, now: datetime = NOW, payload_hash: str | None = None) -> None:
    """Parse and verify as the middleware does."""
    signature = parse(request)
    declared = request.header("x-amz-content-sha256")
    expected = payload_hash or (UNSIGNED_PAYLOAD if signature.presigned else declared or EMPTY)
    verify(request, signature, SECRETS, now, payload_hash=expected)


def code_of(request: Request, *, now: datetime = NOW, payload_hash: str | None = None) -> str:
    """The code of the error that refuses the request."""
    with pytest.raises(SignatureError) as raised:
        check(request, now=now, payload_hash=payload_hash)
    return raised.value.code


@pytest.mark.parametrize(
    "url",
    [
        "/bucket/key",
        "/bucket/a%20%2B%20b%C3%9F/%7E.jpg",
        "/bucket/a//b/../c",
        "/bucket?list-type=2&prefix=a%2Fb&delimiter=%2F&empty=",
        "/bucket?versions",
        "/bucket/key?x=2&x=1",
    ],
)
@pytest.mark.parametrize("presigned_seconds", [None, 60])
def test_signature_of_botocore_is_valid(url: str, presigned_seconds: int | None) -> None:
    check(signed_request(url=url, presigned_seconds=presigned_seconds))


def test_signature_of_other_services_is_valid() -> None:
    request = signed_request(
        "POST", "/", service="dynamodb", body=b"{}", headers={"X-Amz-Target": "DynamoDB_20120810.Query"}
    )
    check(request, payload_hash=sha256(b"{}").hexdigest())
    assert code_of(request, payload_hash=sha256(b"{ }").hexdigest()) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    "url", ["/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Af", "/a%20b/c%7E~", "/restapis/x?limit=5"]
)
def test_path_of_other_services_is_encoded_twice(url: str) -> None:
    check(signed_request(url=url, service="lambda"))


def test_spaces_in_header_values_are_collapsed() -> None:
    check(signed_request("PUT", headers={"x-amz-meta-tags": "  a   b  "}))


def test_example_of_the_documentation() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, GET Object."""
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": "20130524T000000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    }
    request = Request("GET", "/test.txt", "", list(headers.items()))
    secrets = {"AKIAIOSFODNN7EXAMPLE": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
    verify(request, parse(request), secrets, datetime.fromisoformat("2013-05-24T00:05Z"), payload_hash=EMPTY)


@pytest.mark.parametrize("presigned_seconds", [None, 60])
def test_any_change_is_refused(presigned_seconds: int | None) -> None:
    request = signed_request("PUT", "/bucket/key?versionId=1", presigned_seconds=presigned_seconds)
    changed = [
        replace(request, method="DELETE"),
        replace(request, path="/bucket/other"),
        replace(request, query_string=request.query_string.replace("versionId=1", "versionId=2")),
        replace(request, query_string=request.query_string + "&acl"),
        replace(request, headers=[("host", "127.0.0.1:1"), *request.headers[1:]]),
    ]
    assert {code_of(each) for each in changed} == {"SignatureDoesNotMatch"}


def test_unsigned_header_of_aws_is_refused() -> None:
    for presigned_seconds in (None, 60):
        request = signed_request("PUT", presigned_seconds=presigned_seconds)
        added = replace(request, headers=[*request.headers, ("x-amz-copy-source", "/bucket/other")])
        assert code_of(added) == "AccessDenied"


def test_other_keys_are_refused() -> None:
    assert code_of(signed_request(secret="another")) == "SignatureDoesNotMatch"
    request = signed_request()
    headers = [(name, value.replace("LOCALKEY", "local")) for name, value in request.headers]
    assert code_of(replace(request, headers=headers)) == "InvalidAccessKeyId"


@pytest.mark.parametrize(("minutes", "valid"), [(14, True), (-14, True), (16, False), (-16, False)])
def test_clocks_may_differ_by_a_quarter_of_an_hour(minutes: int, valid: bool) -> None:
    request, now = signed_request(), NOW + timedelta(minutes=minutes)
    if valid:
        check(request, now=now)
    else:
        assert code_of(request, now=now) == "RequestTimeTooSkewed"


def test_presigned_url_expires() -> None:
    request = signed_request(presigned_seconds=7200)
    check(request, now=NOW + timedelta(seconds=7200))
    assert code_of(request, now=NOW + timedelta(seconds=7201)) == "AccessDenied"
    assert code_of(request, now=NOW - timedelta(minutes=16)) == "RequestTimeTooSkewed"
    week = 7 * 24 * 3600
    check(signed_request(presigned_seconds=week))
    assert code_of(signed_request(presigned_seconds=week + 1)) == "AuthorizationHeaderMalformed"


def test_unsigned_request_is_refused() -> None:
    request = Request("GET", "/bucket/key", "", [("host", "127.0.0.1:8002")])
    assert not is_signed(request)
    assert code_of(request) == "AccessDenied"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic bG9jYWw6bG9jYWw=",
        "AWS4-HMAC-SHA256 Credential=local/20261126/us-east-1/s3/aws4_request",
        "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=local/20261125/us-east-1/s3/aws4_request, SignedHeaders=host, Signature="
        + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=local/20261126/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=",
        "AWS4-ECDSA-P256-SHA256 Credential=local/20261126/s3/aws4_request, SignedHeaders=host, Signature=" + "0" * 64,
    ],
)
def test_malformed_authorization_is_refused(authorization: str) -> None:
    headers = [("host", "127.0.0.1:8002"), ("x-amz-date", "20261126T120000Z"), ("authorization", authorization)]
    assert code_of(Request("GET", "/bucket/key", "", headers)) == "AuthorizationHeaderMalformed"


def test_two_signatures_are_refused() -> None:
    request = signed_request(presigned_seconds=60)
    both = replace(request, headers=[*request.headers, ("authorization", "AWS4-HMAC-SHA256 …")])
    assert code_of(both) == "AuthorizationHeaderMalformed"
    repeated = replace(request, query_string=request.query_string + "&X-Amz-Expires=3600")
    assert code_of(repeated) == "AuthorizationHeaderMalformed"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("AWSAccessKeyId=LOCALKEY&Signature=abc%3D&Expires=1800000000", []),
        ("", [("authorization", "AWS LOCALKEY:abc=")]),
    ],
)
def test_retired_version_of_signatures_is_named(query: str, headers: list[tuple[str, str]]) -> None:
    with pytest.raises(SignatureError) as raised:
        check(Request("GET", "/bucket/key", query, headers))
    assert raised.value.code == "InvalidRequest"
    assert "s3v4" in raised.value.message
