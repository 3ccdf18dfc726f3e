"""Provisioning: from empty services to a library with buckets, tables, settings and two people in it.

Each step can be run again and leaves what it finds; ids, secrets and accounts stay the same from start to start.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from local import stack, users
from local.ports import HOST
from local.services import Services

STAGE = "local"


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What the template made, under the names of its outputs."""

    services: Services
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client of one of its services."""
        return self.services.client(service)

    def environment(self) -> dict[str, str]:
        """What the app's own process is told; it reads everything else from its parameters."""
        return {
            **self.services.environment(),
            "TINTYPE_STAGE": STAGE,
            "TINTYPE_ORIGINALS_BUCKET": self.outputs["OriginalsBucket"],
            "TINTYPE_BUNDLES_QUEUE": self.outputs["BundlesQueue"],
        }


def provision(services: Services, page: int, api: int | None = None) -> Provisioned:
    """Apply the template and write what it leaves to a deployment; `page` and `api` are their ports."""
    origins = [f"http://{host}:{page}" for host in (HOST, "localhost")]
    outputs = stack.apply(
        services.client("cloudformation"),
        STAGE,
        {"PageOrigins": ",".join(origins), "PageAddresses": ",".join(f"{origin}/" for origin in origins)},
    )
    pool = outputs["UserPoolId"]
    cognito = services.client("cognito-idp")
    subs = {name: users.settle(cognito, pool, person) for name, person in users.PEOPLE.items()}
    parameters = services.client("ssm")
    _write(parameters, "library-owner", subs["demo"])
    if api:
        _write(parameters, "api-url", f"http://{HOST}:{api}")
    _write(parameters, "identity-keys-url", f"{services.endpoint}/{pool}/.well-known/jwks.json")
    for name in ("link-secret", "id-secret"):
        _make_once(parameters, name)
    return Provisioned(services, outputs)


def parameter(ssm: Any, name: str) -> str:
    """One setting of the library as its app reads it."""
    return str(ssm.get_parameter(Name=_path(name), WithDecryption=True)["Parameter"]["Value"])


def _write(ssm: Any, name: str, value: str) -> None:
    ssm.put_parameter(Name=_path(name), Value=value, Type="String", Overwrite=True)


def _make_once(ssm: Any, name: str) -> None:
    with suppress(ssm.exceptions.ParameterAlreadyExists):  # never replaced: every photo's id and link hang on it
        ssm.put_parameter(Name=_path(name), Value=secrets.token_urlsafe(48), Type="SecureString", Overwrite=False)


def _path(name: str) -> str:
    return f"/tintype/{STAGE}/{name}"
