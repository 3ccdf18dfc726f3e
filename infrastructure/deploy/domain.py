"""The page's custom domain: DOMAIN and CERTIFICATE, validated, as parameters of the CDN stack.

Later deployments keep both; `DOMAIN=no` removes them. The operator creates the DNS record.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from infrastructure.deploy.errors import UserError

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*\.[a-z]{{2,63}}")
# CloudFront requires certificates in this region, wherever the library is.
CERTIFICATE = re.compile(r"arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate/[\w-]+")
REMOVE = "no"


@dataclass(frozen=True, slots=True)
class Domain:
    """The domain options of this deployment; empty values keep the current ones."""

    name: str = ""
    certificate: str = ""

    def parameters(self, current: Mapping[str, str]) -> dict[str, str]:
        """Parameters of the CDN stack, whose present parameters are `current`; raises UserError if invalid."""
        name = self.name or current.get("Domain", "")
        certificate = self.certificate or current.get("Certificate", "")
        if self.name == REMOVE:
            name = certificate = ""
        if name and not HOST_NAME.fullmatch(name):
            raise UserError(f"Invalid DOMAIN {name!r}: use a host name in lower case, for example photos.example.org.")
        if name and not CERTIFICATE.fullmatch(certificate):
            raise UserError(
                f"DOMAIN={name} needs a certificate in us-east-1, as CloudFront requires: add "
                "CERTIFICATE=arn:aws:acm:us-east-1:ACCOUNT:certificate/ID."
            )
        if certificate and not name:
            raise UserError("CERTIFICATE needs a domain: add DOMAIN=photos.example.org.")
        return {"Domain": name, "Certificate": certificate}


UNCHANGED = Domain()
