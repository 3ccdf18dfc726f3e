"""A name of one's own for the page: what was said of it, checked, and what the address is told.

It is said once, with its certificate; a later deployment keeps what stands there, and `DOMAIN=no` takes it away. The
name itself is led there by whoever keeps it, for Tintype has no say in a zone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from infrastructure.deploy.errors import Problem

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"{LABEL}(\.{LABEL})*\.[a-z]{{2,63}}")
# CloudFront looks for certificates in this region alone, wherever the library is.
CERTIFICATE = re.compile(r"arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate/[\w-]+")
NONE = "no"


@dataclass(frozen=True, slots=True)
class Domain:
    """What was said at this deployment: a name, a certificate's ARN, both, or nothing."""

    name: str = ""
    certificate: str = ""

    def parameters(self, held: Mapping[str, str]) -> dict[str, str]:
        """What the address is told, where its stack was told `held`; raises Problem for what cannot be."""
        name, certificate = self.name or held.get("Domain", ""), self.certificate or held.get("Certificate", "")
        if self.name == NONE:
            name = certificate = ""
        if name and not NAME.fullmatch(name):
            raise Problem(f"DOMAIN={name} is no name of a host in small letters: DOMAIN=photos.example.org.")
        if name and not CERTIFICATE.fullmatch(certificate):
            raise Problem(
                f"DOMAIN={name} needs the ARN of its certificate in us-east-1, where CloudFront looks for it: "
                "CERTIFICATE=arn:aws:acm:us-east-1:ACCOUNT:certificate/ID."
            )
        if certificate and not name:
            raise Problem("CERTIFICATE is of a name: say DOMAIN=photos.example.org, too.")
        return {"Domain": name, "Certificate": certificate}


UNSAID = Domain()
