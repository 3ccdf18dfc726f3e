"""CloudFront: signed URLs of derivatives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from chalicelib.aws import content_disposition
from chalicelib.aws.url_window import URL_WINDOW, window_start


@dataclass(frozen=True, slots=True)
class CloudFrontUrls:
    """Signed GET URLs that stay the same throughout a time window, whichever process signs them.

    `key` is CloudFront's id of the public key, a newline, and the private key in PEM. A URL is valid for two windows,
    like a signed S3 URL. It uses a canned policy (CloudFront Developer Guide, "Create a signed URL using a canned
    policy"), which requires SHA-1.
    """

    base: str
    key: str = field(repr=False)
    now: Callable[[], datetime]
    window: timedelta = URL_WINDOW
    _signer: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse the private key."""
        key_id, _, pem = self.key.partition("\n")
        private = _private_key(pem)

        def sign(policy: bytes) -> bytes:
            return private.sign(policy, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 (CloudFront requires it)

        object.__setattr__(self, "_signer", CloudFrontSigner(key_id, sign))

    def sign(self, key: str, filename: str | None = None, *, method: str = "GET") -> str:  # noqa: ARG002
        """A URL of this object, valid for one to two windows; with a filename, the browser saves it under that name.

        It is valid for GET and HEAD. The filename is part of the signed URL, and the only query parameter that
        CloudFront forwards to S3.
        """
        expires_at = window_start(self.now(), self.window) + 2 * self.window
        url = f"{self.base}/{quote(key, safe='/~')}"
        if filename:
            url += f"?{content_disposition.PARAMETER}={quote(content_disposition.attachment(filename), safe='')}"
        return str(self._signer.generate_presigned_url(url, date_less_than=expires_at))


@lru_cache(maxsize=2)  # the current and the previous one: checking that a key is valid takes 40 ms
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    private = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("CloudFront URLs are signed with an RSA key")
    return private
