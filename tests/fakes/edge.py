"""CloudFront's edge, as far as it decides who may see an image: a signed URL, its signature and its time."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CHARACTERS = str.maketrans("-_~", "+=/")


def status(url: str, signers: Mapping[str, rsa.RSAPublicKey], now: datetime) -> int:
    """200 or 403, by the canned policy (CloudFront Developer Guide, "Create a signed URL using a canned policy")."""
    resource, _, query = url.partition("?")
    told = {name: values[0] for name, values in parse_qs(query).items()}
    signer = signers.get(told.get("Key-Pair-Id", ""))
    if signer is None or told.keys() != {"Expires", "Signature", "Key-Pair-Id"}:
        return 403
    condition = {"DateLessThan": {"AWS:EpochTime": int(told["Expires"])}}
    policy = json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":"))
    signature = base64.b64decode(told["Signature"].translate(CHARACTERS))
    try:
        signer.verify(signature, policy.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except InvalidSignature:
        return 403
    return 200 if now.timestamp() < int(told["Expires"]) else 403


def key_of(url: str) -> str:
    """What the origin is asked for: the path without the signature."""
    return urlsplit(url).path.removeprefix("/")
