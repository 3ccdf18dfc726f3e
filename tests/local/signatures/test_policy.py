import base64
import json
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config

from local.signatures.errors import SignatureError
from local.signatures.policy import verify_policy
from local.signatures.signing import Scope, sign, signing_key
from tests.local.signatures.requests import KEY_ID, NOW, SECRET, SECRETS

SCOPE = Scope("20261126", "us-east-1", "s3")


def fields_of(document: object = None, **changes: str) -> dict[str, str]:
    """The fields of a form with this policy, signed."""
    if document is None:
        document = {"expiration": "2026-11-26T13:00:00Z", "conditions": []}
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    return {
        "policy": encoded,
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{KEY_ID}/{SCOPE}",
        "x-amz-date": "20261126T120000Z",
        "x-amz-signature": sign(signing_key(SECRET, SCOPE), encoded),
    } | changes


def code_of(fields: dict[str, str]) -> str:
    with pytest.raises(SignatureError) as raised:
        verify_policy(fields, SECRETS, NOW)
    return raised.value.code


def test_form_of_boto3_is_valid() -> None:
    client = boto3.client(
        "s3", aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET, config=Config("us-east-1", "s3v4")
    )
    form = client.generate_presigned_post("bucket", "key", ExpiresIn=60)
    scope, policy = verify_policy(form["fields"], SECRETS, NOW)
    assert (scope.region, scope.service) == ("us-east-1", "s3")
    assert {"bucket": "bucket"} in policy["conditions"]


def test_form_expires() -> None:
    verify_policy(fields_of(), SECRETS, NOW + timedelta(hours=1))
    with pytest.raises(SignatureError, match="AccessDenied"):
        verify_policy(fields_of(), SECRETS, NOW + timedelta(hours=1, seconds=1))


def test_unsigned_or_changed_form_is_refused() -> None:
    other = fields_of({"expiration": "2027-01-01T00:00:00Z", "conditions": []})
    assert code_of({}) == code_of({"policy": other["policy"]}) == "AccessDenied"
    assert code_of(fields_of(policy=other["policy"])) == "SignatureDoesNotMatch"
    assert code_of(fields_of() | {"x-amz-signature": "ß"}) == "SignatureDoesNotMatch"
    assert code_of(fields_of() | {"x-amz-credential": f"local/{SCOPE}"}) == "InvalidAccessKeyId"


@pytest.mark.parametrize(
    "policy", [[], "text", {}, {"expiration": "soon"}, {"expiration": 1}, {"expiration": "2026-11-26T13:00:00"}]
)
def test_malformed_policy_is_refused(policy: object) -> None:
    assert code_of(fields_of(policy)) == "InvalidPolicyDocument"


def test_retired_version_of_signatures_is_named() -> None:
    with pytest.raises(SignatureError) as raised:
        verify_policy({"policy": "e30=", "awsaccesskeyid": "LOCALKEY", "signature": "abc="}, {}, NOW)
    assert "s3v4" in raised.value.message


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "[" * 20_000 + "]" * 20_000, '{"a":' * 20_000, '{"a": ' + "9" * 5000 + "}"]
)
def test_policy_that_python_does_not_parse_is_refused(text: str) -> None:
    encoded = base64.b64encode(text.encode()).decode()
    assert code_of(fields_of(policy=encoded) | {"x-amz-signature": sign(signing_key(SECRET, SCOPE), encoded)}) == (
        "InvalidPolicyDocument"
    )
