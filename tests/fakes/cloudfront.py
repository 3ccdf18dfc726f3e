"""A fake of CloudFront's check of signed URLs: signature, expiry and forwarded parameters."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MAX_URL_BYTES = 8192  # bytes: CloudFront Developer Guide, "Quotas"
SIGNATURE_PARAMETERS = {"Expires", "Signature", "Key-Pair-Id"}
# The parameters that cdn.yaml forwards to S3.
FORWARDED_PARAMETERS = ("response-content-disposition",)
CHARACTERS = str.maketrans("-_~", "+=/")


def status(url: str, signers: Mapping[str, rsa.RSAPublicKey], now: datetime) -> int:
    """200 or 403, by the canned policy (CloudFront Developer Guide, "Create a signed URL using a canned policy")."""
    path, _, query = url.partition("?")
    parts = query.split("&")
    # The signature covers the exact URL with its own query, without the three appended parameters.
    resource = "?".join(filter(None, (path, "&".join(part for part in parts if not _is_signature(part)))))
    signature_parts = {name: values[0] for name, values in parse_qs("&".join(filter(_is_signature, parts))).items()}
    signer = signers.get(signature_parts.get("Key-Pair-Id", ""))
    if signer is None or signature_parts.keys() != SIGNATURE_PARAMETERS:
        return 403
    condition = {"DateLessThan": {"AWS:EpochTime": int(signature_parts["Expires"])}}
    policy = json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":"))
    signature = base64.b64decode(signature_parts["Signature"].translate(CHARACTERS))
    try:
        signer.verify(signature, policy.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 (CloudFront's choice)
    except InvalidSignature:
        return 403
    return 200 if now.timestamp() < int(signature_parts["Expires"]) else 403


def object_key(url: str) -> str:
    """The object key that CloudFront requests from the origin."""
    return urlsplit(url).path.removeprefix("/")


def forwarded_query(url: str) -> dict[str, str]:
    """The query parameters that CloudFront forwards to the origin."""
    return {name: value for name, value in parse_qsl(urlsplit(url).query) if name in FORWARDED_PARAMETERS}


def _is_signature(part: str) -> bool:
    return part.partition("=")[0] in SIGNATURE_PARAMETERS
