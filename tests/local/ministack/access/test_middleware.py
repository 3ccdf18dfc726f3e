import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from local.ministack.access.middleware import END_PROVISIONING, check_access
from local.services import END_PROVISIONING as SERVICES_END_PROVISIONING
from local.signatures.signing import Request
from local.signatures.verification import parse
from tests.local.ministack.access.harness import access, send, unsigned
from tests.local.signatures.requests import NOW, SECRETS, signed_request
from tests.local.signatures.test_payload import signed_chunks
from tests.support.event_loop import run_coroutine

BUCKET = "tintype-local-originals-000000000000"
QUERY = {"X-Amz-Target": "DynamoDB_20120810.Query", "Content-Type": "application/x-amz-json-1.0"}


def dynamodb(body: bytes = b"{}", target: str = "DynamoDB_20120810.Query", **more: Any) -> Request:
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
    return signed_request("POST", "/", service="dynamodb", body=body, headers=headers, **more)


def test_signed_request_reaches_the_app_with_its_body() -> None:
    result = send(dynamodb(b'{"a": 1}'), [b'{"a"', b": 1}"])
    assert (result.status, result.content, result.body) == (200, b'{"a": 1}', b"answer")
    assert result.scope is not None
    assert result.scope["tintype.signature"].scope.service == "dynamodb"


def test_unsigned_request_is_refused_in_the_protocol_of_the_service() -> None:
    json_error = send(unsigned("POST", "/", {"x-amz-target": "DynamoDB_20120810.Query"}))
    assert (json_error.status, json_error.forwarded) == (403, False)
    assert json.loads(json_error.body)["__type"] == "AccessDenied"
    xml_error = send(unsigned("GET", f"/{BUCKET}/key"))
    assert (xml_error.status, b"<Error><Code>AccessDenied</Code>" in xml_error.body) == (403, True)
    assert send(unsigned("HEAD", f"/{BUCKET}/key")).body == b""
    assert not {name for name in json_error.headers | xml_error.headers if name.startswith("access-control")}


def test_changed_body_is_refused() -> None:
    result = send(dynamodb(b"{}"), [b"{ }"])
    assert (result.status, result.forwarded) == (403, False)


def test_old_request_is_refused() -> None:
    result = send(dynamodb(at=NOW - timedelta(minutes=16)))
    assert (result.status, result.forwarded) == (403, False)


def test_other_region_is_refused_with_a_hint() -> None:
    request = dynamodb()
    headers = [(name, value.replace("us-east-1", "eu-west-1")) for name, value in request.headers]
    result = send(replace(request, headers=headers))
    assert (result.status, b"us-east-1" in result.body) == (403, True)


@pytest.mark.parametrize("presigned_seconds", [None, 60])
def test_s3_object_is_streamed(presigned_seconds: int | None) -> None:
    body = b"a photo"
    request = signed_request("PUT", f"/{BUCKET}/key", body=body, presigned_seconds=presigned_seconds)
    result = send(request, [b"a ", b"photo"])
    assert (result.status, result.content) == (200, body)


def test_wrong_s3_body_is_refused_before_its_end_reaches_the_app() -> None:
    request = signed_request("PUT", f"/{BUCKET}/key", body=b"a photo")
    result = send(request, [b"a ", b"virus"])
    assert (result.status, result.forwarded) == (400, False)
    assert b"XAmzContentSHA256Mismatch" in result.body


def test_chunks_are_decoded_and_their_headers_removed() -> None:
    headers = {
        "X-Amz-Decoded-Content-Length": "7",
        "Content-Encoding": "aws-chunked,gzip",
        "Content-Length": "1",
    }
    request = signed_request("PUT", f"/{BUCKET}/key", headers=headers, payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    sent = signed_chunks([b"a photo"], parse(request))
    result = send(request, [sent[:50], sent[50:]])
    assert (result.status, result.content) == (200, b"a photo")
    assert result.scope is not None
    received = dict(result.scope["headers"])
    assert (received[b"content-length"], received[b"content-encoding"]) == (b"7", b"gzip")
    assert b"x-amz-content-sha256" not in received
    assert result.scope["tintype.trailers"] == {}
    assert send(request, [sent.replace(b"photo", b"virus")]).status == 400


@pytest.mark.parametrize(
    ("service", "method", "url", "headers"),
    [
        ("lambda", "POST", "/2015-03-31/functions", {}),
        ("lambda", "POST", "/2015-03-31/functions/f/invocations", {}),
        ("cloudformation", "POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("iam", "POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("sts", "POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("dynamodb", "POST", "/", {"X-Amz-Target": "DynamoDB_20120810.DeleteTable"}),
        ("dynamodb", "POST", "/", {"X-Amz-Target": "AmazonSQS.SendMessage"}),
        ("dynamodb", "POST", "/?Action=DeleteStack", {"X-Amz-Target": "DynamoDB_20120810.Query"}),
        ("dynamodb", "POST", "/2015-03-31/functions", {"X-Amz-Target": "DynamoDB_20120810.Query"}),
        ("s3", "DELETE", f"/{BUCKET}", {}),
        ("s3", "PUT", f"/{BUCKET}?policy", {}),
        ("s3", "PUT", f"/{BUCKET}/key?acl", {}),
        ("s3", "PUT", "/another-bucket", {}),
        ("s3", "GET", "/_ministack/ses/messages", {}),
        ("s3", "POST", "/_ministack/reset", {}),
        ("s3", "GET", f"/{BUCKET}/key", {"X-Amz-Target": "DynamoDB_20120810.DeleteTable"}),
        ("s3", "GET", f"/{BUCKET}/key?Action=DeleteStack", {}),
        ("s3", "GET", "/2015-03-31/functions", {}),
        ("ministack", "POST", "/_ministack/reset", {}),
        ("ministack", "GET", "/_ministack/sqs/messages", {}),
    ],
)
def test_what_the_app_does_not_use_is_refused_even_if_signed(
    service: str, method: str, url: str, headers: dict[str, str]
) -> None:
    result = send(signed_request(method, url, service=service, headers=headers))
    assert (result.status, result.forwarded) == (403, False)
    assert send(signed_request(method, url, service=service, headers=headers), to=access(restricted=False)).forwarded


def test_only_s3_has_presigned_requests() -> None:
    request = signed_request("GET", "/?Action=Publish", service="sns", presigned_seconds=60)
    assert send(request).status == 403


def test_provisioning_key_is_valid_until_provisioning_ends() -> None:
    rights = access(secrets={"LOCALKEY": "a-secret"}, provisioning_key_id="LOCALKEY")
    request = signed_request("POST", "/", service="cloudformation")
    assert send(request, to=rights).forwarded
    end = signed_request("POST", END_PROVISIONING, service="ministack")
    assert send(end, to=access()).status == 403  # the library's own key can't
    assert send(end, to=rights).status == 204
    refused = send(request, to=rights)
    assert (refused.status, refused.forwarded, b"InvalidAccessKeyId" in refused.body) == (403, False, True)


def test_both_sides_agree_on_the_path_that_ends_provisioning() -> None:
    assert SERVICES_END_PROVISIONING == END_PROVISIONING


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:8002",
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.0.0.1.:8002",
        "localhost.:8002",
        "localhost:8002@attacker.example",
        "127.0.0.1:8002.attacker.example",
        "[::1]",
        "[::ffff:127.0.0.1]:8002",
        "127.1:8002",
        "2130706433:8002",
        "0.0.0.0:8002",
        "",
    ],
)
def test_other_hosts_are_misdirected(host: str) -> None:
    for request in (unsigned("GET", "/oauth2/authorize", host=host), unsigned("OPTIONS", f"/{BUCKET}/key", host=host)):
        result = send(request)
        assert (result.status, result.forwarded) == (421, False)


@pytest.mark.parametrize("host", ["127.0.0.1:8002", "localhost:8002", "LocalHost:8002", "[::1]:8002"])
def test_own_hosts_are_answered(host: str) -> None:
    assert send(unsigned("GET", "/oauth2/authorize", host=host)).forwarded


def test_unusual_requests_are_refused() -> None:
    request = unsigned("GET", "/oauth2/authorize")
    assert send(replace(request, headers=[])).status == 400
    assert send(replace(request, headers=[*request.headers, ("host", "attacker.example")])).status == 400
    assert send(replace(request, path="http://127.0.0.1:8002/oauth2/authorize")).status == 400
    assert send(replace(request, path="*")).status == 400
    assert send(request, http_version="2").status == 505


def test_websocket_is_closed() -> None:
    sent = []

    async def app(*_: object) -> None:
        raise AssertionError

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send_back(message: Any) -> None:
        sent.append(message["type"])

    async def connect() -> None:
        await check_access(app, access())({"type": "websocket"}, receive, send_back)

    run_coroutine(connect)
    assert sent == ["websocket.close"]


def signed(service: str, body: bytes = b"", **more: Any) -> Request:
    return signed_request("POST", "/", service=service, body=body, **more)


@pytest.mark.parametrize(("service", "megabytes"), [("dynamodb", 17), ("sqs", 4), ("sns", 2), ("cloudformation", 2)])
def test_body_is_as_large_as_the_service_needs(service: str, megabytes: int) -> None:
    body = [b"x" * (1 << 20)] * megabytes
    anything = access(restricted=False)
    assert send(signed(service, b"".join(body)), body, to=anything).forwarded
    result = send(signed(service, b"".join(body) + b"x"), [*body, b"x", b"never read"], to=anything)
    assert (result.status, result.forwarded, b"too large" in result.body) == (400, False, True)


def refused_unread(request: Request) -> bytes:
    """The error that the client gets, although nothing was read of its body."""
    result = send(request, [], to=access(restricted=False))
    assert result.forwarded is False
    assert 400 <= result.status < 500
    return result.body


def test_request_that_is_refused_in_any_case_is_not_read() -> None:
    request = signed("dynamodb")
    other_key = [(name, value.replace("LOCALKEY", "OTHERKEY")) for name, value in request.headers]
    assert b"InvalidAccessKeyId" in refused_unread(replace(request, headers=other_key))
    assert b"RequestTimeTooSkewed" in refused_unread(signed("dynamodb", at=NOW - timedelta(minutes=16)))
    one_more = [*request.headers, ("x-amz-meta-a", "b")]
    assert b"not signed" in refused_unread(replace(request, headers=one_more))
    assert b"too large" in refused_unread(signed("sqs", headers={"Content-Length": str(5 << 20)}))
    assert b"too large" in refused_unread(unsigned("POST", "/login", {"content-length": str(65 << 10)}))


def test_hash_of_empty_body_is_that_of_nothing() -> None:
    request = signed_request("GET", "/_ministack/health", service="ministack")
    assert send(request).forwarded
    assert sha256(b"").hexdigest() not in str(request.headers)
    assert SECRETS


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth2/token"),
        ("POST", "/oauth2/login"),
        ("POST", "/login"),
        ("GET", "/logout"),
        ("GET", "/us-east-1_abc/.well-known/jwks.json"),
        ("OPTIONS", f"/{BUCKET}/key"),
    ],
)
def test_body_without_a_signature_is_small(method: str, path: str) -> None:
    request = unsigned(method, path)
    small = [b"x" * (32 << 10)] * 2
    result = send(request, small)
    assert (result.status, result.content) == (200, b"".join(small))
    result = send(request, [*small, b"x", b"never read"])
    assert (result.status, result.forwarded) == (413, False)


def test_form_for_a_bucket_is_not_held_in_memory() -> None:
    body = [b"x" * (32 << 10)] * 3
    request = unsigned("POST", f"/{BUCKET}", {"content-type": "multipart/form-data; boundary=x"})
    assert send(request, body).content == b"".join(body)
