"""The library's settings in the SSM parameter store."""

import secrets
from contextlib import suppress
from typing import Any

from infrastructure.deploy.target import Target

SECRETS = ("link-secret", "id-secret")  # owner ids, photo ids and links depend on them


def write(target: Target, name: str, value: str, *, secret: bool = False) -> None:
    """Write the setting if its value differs."""
    ssm = target.client("ssm")
    if read(ssm, target.parameter_name(name)) != value:
        parameter_type = "SecureString" if secret else "String"
        ssm.put_parameter(Name=target.parameter_name(name), Value=value, Type=parameter_type, Overwrite=True)


def remove(target: Target, name: str) -> None:
    """Delete the setting if it exists."""
    ssm = target.client("ssm")
    with suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=target.parameter_name(name))


def create_secrets(target: Target) -> None:
    """Create the missing secrets; existing ones are unchanged."""
    for name in SECRETS:
        create_secret(target, name, secrets.token_urlsafe(48))


def create_secret(target: Target, name: str, value: str) -> None:
    """Create the secret unless it exists."""
    ssm = target.client("ssm")
    with suppress(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name=target.parameter_name(name), Value=value, Type="SecureString", Overwrite=False)


def read(ssm: Any, path: str) -> str:
    """The parameter's value; "" if it does not exist."""
    try:
        return str(ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return ""
