"""CloudFront: signed URLs of what lies in the derivatives bucket, by the address that CloudFront has for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from chalicelib.aws import content_disposition
from chalicelib.aws.url_window import URL_WINDOW, window_start


@dataclass(frozen=True, slots=True)
class CloudFrontUrls:
    """Signed GET URLs that stay the same throughout a window, whichever function signs them.

    `key` is CloudFront's id of the public key, a new line, and the private key in PEM. A URL lives for two windows, as
    those of S3 do; its policy is the canned one (CloudFront Developer Guide, "Create a signed URL using a canned
    policy"), for which CloudFront asks for SHA-1.
    """

    base: str
    key: str = field(repr=False)
    now: Callable[[], datetime]
    window: timedelta = URL_WINDOW
    _signer: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the private key, once."""
        key_id, _, pem = self.key.partition("\n")
        private = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise TypeError("CloudFront signs with RSA keys here")

        def sign(policy: bytes) -> bytes:
            return private.sign(policy, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 (CloudFront's choice)

        object.__setattr__(self, "_signer", CloudFrontSigner(key_id, sign))

    def sign(self, key: str, filename: str | None = None) -> str:
        """A URL of this object, good for one to two windows; to save it under a name, if one is given.

        The name is part of what is signed, and the only thing of a query that CloudFront asks S3 for.
        """
        until = window_start(self.now(), self.window) + 2 * self.window
        url = f"{self.base}/{quote(key, safe='/~')}"
        if filename:
            url += f"?{content_disposition.PARAMETER}={quote(content_disposition.attachment(filename), safe='')}"
        return str(self._signer.generate_presigned_url(url, date_less_than=until))
