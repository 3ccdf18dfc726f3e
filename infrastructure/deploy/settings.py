"""Settings in the parameter store: secrets made once, the rest written where it differs."""

import secrets
from contextlib import suppress
from typing import Any

from infrastructure.deploy.target import Place

SECRETS = ("link-secret", "id-secret")  # every owner's and photo's id and every link depend on them


def write(place: Place, name: str, value: str, *, secret: bool = False) -> None:
    """Make the setting this value; one that has it already is let be."""
    ssm = place.client("ssm")
    if read(ssm, place.parameter(name)) != value:
        kind = "SecureString" if secret else "String"
        ssm.put_parameter(Name=place.parameter(name), Value=value, Type=kind, Overwrite=True)


def remove(place: Place, name: str) -> None:
    """Make the setting one that nobody has set."""
    ssm = place.client("ssm")
    with suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=place.parameter(name))


def make_secrets(place: Place) -> None:
    """Make the secrets that are not there; those that are stay."""
    for name in SECRETS:
        make_once(place, name, secrets.token_urlsafe(48))


def make_once(place: Place, name: str, value: str) -> None:
    """Keep this secret under its name, unless there is one."""
    ssm = place.client("ssm")
    with suppress(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name=place.parameter(name), Value=value, Type="SecureString", Overwrite=False)


def read(ssm: Any, path: str) -> str:
    """One parameter's value; "" where there is none."""
    try:
        return str(ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return ""
