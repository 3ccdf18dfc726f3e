"""Provisioning: creates buckets, tables, parameters and two users in the local services.

Idempotent: ids, secrets and accounts stay the same across restarts.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.identity import owner_id
from infrastructure import pam
from infrastructure.deploy.stack import Stacks
from local import stack, users
from local.errors import UserError
from local.ports import HOST
from local.services import ACCOUNT, Services

STAGE = "local"
# The pass over the photos compares one in ten seconds on average, not ten a second: an idle laptop is to be quiet.
SECONDS_BETWEEN_CHECKS = 10


@dataclass(frozen=True, slots=True)
class ProvisionedStack:
    """The services and the outputs of the CloudFormation stack."""

    services: Services
    outputs: Mapping[str, str]
    pam_url: str = ""  # of the Photo Asset Manager's client, if there is one

    def client(self, service: str) -> Any:
        """A boto3 client of one of the services."""
        return self.services.client(service)

    def environment(self) -> dict[str, str]:
        """Environment variables of the app; it reads all other settings from SSM parameters."""
        return {
            **self.services.environment(),
            "TINTYPE_STAGE": STAGE,
            "TINTYPE_ORIGINALS_BUCKET": self.outputs["OriginalsBucket"],
            "TINTYPE_BUNDLES_QUEUE": self.outputs["BundlesQueue"],
            "TINTYPE_SECONDS_BETWEEN_CHECKS": str(SECONDS_BETWEEN_CHECKS),
        }


def provision(
    services: Services,
    page_port: int,
    api_port: int | None = None,
    pam_url: str = "",
    choices: Mapping[str, str] | None = None,
) -> ProvisionedStack:
    """Deploy the template, create the users and write the parameters that a deployment would write.

    `choices` are settings by name. Raises UserError, also if `pam_url` is invalid; where it or a choice is empty, the
    present one stays.
    """
    origins = [f"http://{host}:{page_port}" for host in (HOST, "localhost")]
    cloudformation, ssm = services.client("cloudformation"), services.client("ssm")
    try:
        parameters = pam.stack_parameters(pam_url, Stacks(cloudformation).parameters(f"tintype-{STAGE}"))
    except ValueError as error:
        raise UserError(str(error)) from error
    parameters |= {"PageOrigins": ",".join(origins), "PageUrls": ",".join(f"{origin}/" for origin in origins)}
    outputs = stack.deploy_template(cloudformation, ssm, STAGE, parameters)
    _enable_expiry(services.client("dynamodb"))
    _set_lifecycle_rules(services.client("s3"))
    pool = outputs["UserPoolId"]
    cognito = services.client("cognito-idp")
    subs = {name: users.ensure_user(cognito, pool, user) for name, user in users.USERS.items()}
    for name in ("link-secret", "id-secret"):
        _create_secret(ssm, name)
    _write_parameter(ssm, "library-owner", owner_id(subs["demo"], read_parameter(ssm, "id-secret")))
    for name, value in (choices or {}).items():
        if value:
            _write_parameter(ssm, name, value)
    _write_parameter(ssm, "page-url", f"{origins[0]}/")
    if api_port:
        _write_parameter(ssm, "api-url", f"http://{HOST}:{api_port}")
    _write_parameter(ssm, "identity-keys-url", f"{services.endpoint}/{pool}/.well-known/jwks.json")
    return ProvisionedStack(services, outputs, pam.client_url(parameters))


def _enable_expiry(dynamodb: Any) -> None:
    """Enable time to live as in the template; MiniStack's CloudFormation does not."""
    for table, attribute in stack.expiring_tables(STAGE).items():
        current = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if current.get("AttributeName") != attribute:
            specification = {"Enabled": True, "AttributeName": attribute}
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)


def _set_lifecycle_rules(s3: Any) -> None:
    """Set the rules of the template; MiniStack's CloudFormation does not."""
    for bucket, rules in stack.lifecycle_rules(STAGE, ACCOUNT).items():
        current: list[Any] = []
        with suppress(ClientError):  # there are none
            current = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        if current != rules:
            s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def read_parameter(ssm: Any, name: str) -> str:
    """The value of one of the library's parameters."""
    return str(ssm.get_parameter(Name=_parameter_name(name), WithDecryption=True)["Parameter"]["Value"])


def _write_parameter(ssm: Any, name: str, value: str) -> None:
    with suppress(ssm.exceptions.ParameterNotFound):
        if read_parameter(ssm, name) == value:
            return  # each write adds to the parameter's history
    ssm.put_parameter(Name=_parameter_name(name), Value=value, Type="String", Overwrite=True)


def _create_secret(ssm: Any, name: str) -> None:
    value = secrets.token_urlsafe(48)
    with suppress(ssm.exceptions.ParameterAlreadyExists):  # never replaced: owner and photo ids depend on it
        ssm.put_parameter(Name=_parameter_name(name), Value=value, Type="SecureString", Overwrite=False)


def _parameter_name(name: str) -> str:
    return f"/tintype/{STAGE}/{name}"
