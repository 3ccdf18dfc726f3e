"""Form uploads to S3: the form's fields hold a policy and its signature (`POST` to a bucket)."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from local.signatures.errors import SignatureError
from local.signatures.signing import ALGORITHM, Scope, sign, signing_key
from local.signatures.verification import check_credential, is_version_2, parse_timestamp, version_2_error


def verify_policy(fields: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> tuple[Scope, dict[str, Any]]:
    """The form's scope and decoded policy, whose conditions are the caller's to check; raises SignatureError.

    `fields` has names in lower case, `secrets` maps key ids to secret keys.
    """
    policy = fields.get("policy", "")
    if is_version_2(fields):
        raise version_2_error()
    if not policy or "x-amz-signature" not in fields:
        raise SignatureError("AccessDenied", "The form is not signed.")
    if fields.get("x-amz-algorithm") != ALGORITHM:
        raise _invalid(f"x-amz-algorithm only supports {ALGORITHM}.")
    timestamp = fields.get("x-amz-date", "")
    parse_timestamp(timestamp)
    key_id, scope = check_credential(fields.get("x-amz-credential", ""), timestamp)
    secret = secrets.get(key_id)
    if secret is None:
        raise SignatureError("InvalidAccessKeyId", "The AWS access key ID you provided does not exist in our records.")
    if not hmac.compare_digest(sign(signing_key(secret, scope), policy).encode(), fields["x-amz-signature"].encode()):
        raise SignatureError("SignatureDoesNotMatch", "The signature of the policy does not match.")
    document = _decode(policy)
    if now > _expiration(document):
        raise SignatureError("AccessDenied", "Invalid according to Policy: Policy expired.")
    return scope, document


def _decode(policy: str) -> dict[str, Any]:
    try:
        document = json.loads(base64.b64decode(policy, validate=True))
    except (binascii.Error, ValueError, RecursionError):  # nested too deep
        raise _invalid("The policy is not base64 of a JSON document.") from None
    if not isinstance(document, dict):
        raise _invalid("The policy is not a JSON object.")
    return document


def _expiration(document: Mapping[str, Any]) -> datetime:
    try:
        expiration = datetime.fromisoformat(document["expiration"])
    except (KeyError, TypeError, ValueError):
        raise _invalid("The policy has no valid expiration.") from None
    if expiration.tzinfo is None:
        raise _invalid("The policy's expiration has no time zone.")
    return expiration


def _invalid(message: str) -> SignatureError:
    return SignatureError("InvalidPolicyDocument", message, HTTPStatus.BAD_REQUEST)
