"""The settings of a stage: one frozen dataclass, validated as a whole.

Values come from the parameter store (`/tintype/{stage}/<name>`); environment variables (`TINTYPE_<NAME>`) override
them. One error names every missing setting, or every invalid one.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from typing import Any

from chalicelib.errors import NotConfigured

# The names that error messages use for some settings; others appear under their parameter names.
DISPLAY_NAMES = {"trends_table": "Gallery Trends table", "photos_table": "Gallery Photos table"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one stage."""

    stage: str
    trends_table: str
    photos_table: str
    memberships_table: str
    api_keys_table: str
    bundles_table: str
    albums_table: str
    originals_bucket: str
    derivatives_bucket: str
    bundles_bucket: str
    bundles_queue_url: str
    version_retention_days: int
    user_pool_id: str
    user_pool_client_id: str
    identity_issuer: str
    topic_prefix: str
    library_owner: str
    link_secret: str
    id_secret: str
    pam_client_id: str = ""
    identity_keys_url: str = ""
    default_status: str = "private"
    labeler: str = "vision"
    label_attributes: str = "yes"
    labels_min_confidence: float = 70.0
    custom_labels_arn: str = ""
    places: str = "yes"
    epoch: str = "2026-01-01"
    bundle_photos: int = 10_000
    bundle_volume_bytes: int = 2_000_000_000
    api_url: str = ""
    page_url: str = ""
    image_base_url: str = ""
    image_key: str = ""
    seconds_between_checks: float = 0.1
    metrics: str = "basic"
    removals_allowed_until: str = ""
    inbox_albums: str = "no"
    backup: str = "no"
    ingest_function: str = ""

    @property
    def keys_url(self) -> str:
        """The URL of the identity provider's signing keys (RFC 7517)."""
        return self.identity_keys_url or f"{self.identity_issuer}/.well-known/jwks.json"

    @property
    def client_ids(self) -> frozenset[str]:
        """The app clients whose tokens are accepted."""
        return frozenset(filter(None, (self.user_pool_client_id, self.pam_client_id)))


def parameter_name(field: str) -> str:
    """The last path segment of a field's parameter: `photos-table` for `photos_table`."""
    return field.replace("_", "-")


def variable_name(field: str) -> str:
    """The environment variable that overrides a field's parameter."""
    return f"TINTYPE_{field.upper()}"


def get_stage(environ: Mapping[str, str] = os.environ) -> str:
    """The stage that this process serves; raises NotConfigured if TINTYPE_STAGE is not set."""
    stage = environ.get("TINTYPE_STAGE", "")
    if not stage:
        raise NotConfigured(
            "Internal error: TINTYPE_STAGE not configured. Start the library with `make run`, "
            "or set it to the name of the deployed stage.",
            missing=("stage",),
        )
    return stage


def build_settings(stage: str, parameters: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """The settings from both sources; raises NotConfigured naming every missing setting, or every invalid one."""
    values: dict[str, Any] = {"stage": stage}
    for field in _settable():
        value = environ.get(variable_name(field.name)) or parameters.get(parameter_name(field.name))
        if value:
            values[field.name] = value
    missing = tuple(f.name for f in _settable() if f.default is MISSING and f.name not in values)
    if missing:
        raise _not_configured(stage, missing)
    return Settings(**_parse(stage, values))


def _settable() -> list[Field[Any]]:
    return [field for field in fields(Settings) if field.name != "stage"]


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be {', '.join(allowed[:-1])} or {allowed[-1]}")
        return value

    return parse


def _percentage(value: str) -> float:
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", value) or float(value) > 100:
        raise ValueError("must be a number from 0 to 100")
    return float(value)


def _seconds(value: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", value, re.ASCII):
        raise ValueError("must be a number of seconds")
    return float(value)


def _date(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("must be a date like 2026-01-01")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date that exists, like 2026-01-01") from None
    return value


def _model_arn(value: str) -> str:
    """The ARN of a model version; the console also shows its project's ARN, which does not work."""
    if not re.fullmatch(r"arn:[a-z\d-]+:rekognition:[a-z\d-]+:\d{12}:project/[\w.-]+/version/[\w.-]+/\d+", value):
        raise ValueError(
            "must be the ARN of a Custom Labels model version, "
            "arn:aws:rekognition:REGION:ACCOUNT:project/NAME/version/NAME/NUMBER"
        )
    return value


def _integer(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,15}", value, re.ASCII) or not minimum <= int(value) <= maximum:
            raise ValueError(f"must be a whole number from {minimum} to {maximum}")
        return int(value)

    return parse


def _signing_key(value: str) -> str:
    if not re.match(r"\w+\n-----BEGIN (RSA )?PRIVATE KEY-----\n", value):
        raise ValueError("must be the CloudFront key id, a line break, and the private key in PEM format")
    return value


def _owner_id(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", value):
        raise ValueError("must be an owner id of 32 hex digits; `make owners` lists them")
    return value


PARSERS: Mapping[str, Callable[[str], object]] = {
    "default_status": _one_of("private", "public"),
    "labeler": _one_of("vision", "rekognition", "none"),
    "label_attributes": _one_of("yes", "no"),
    "labels_min_confidence": _percentage,
    "custom_labels_arn": _model_arn,
    "places": _one_of("yes", "no"),
    "image_key": _signing_key,
    "library_owner": _owner_id,
    "epoch": _date,
    "seconds_between_checks": _seconds,
    "metrics": _one_of("basic", "full"),
    "removals_allowed_until": _date,
    "inbox_albums": _one_of("yes", "no"),
    "backup": _one_of("yes", "no"),
    "version_retention_days": _integer(1, 3650),
    "bundle_photos": _integer(1, 100_000),
    "bundle_volume_bytes": _integer(1_000_000, 100_000_000_000),
}


def _parse(stage: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in their types; raises NotConfigured naming every invalid setting, but not its value."""
    parsed, invalid = dict(values), dict[str, str]()
    for name in PARSERS.keys() & values.keys():
        try:
            parsed[name] = PARSERS[name](values[name])
        except ValueError as error:
            invalid[name] = str(error)
    if invalid:
        reasons = "; ".join(f"{parameter_name(name)} {invalid[name]}" for name in sorted(invalid))
        raise NotConfigured(f"Internal error: {reasons}.", missing=_paths(stage, sorted(invalid)))
    return parsed


def _not_configured(stage: str, missing: tuple[str, ...]) -> NotConfigured:
    first = DISPLAY_NAMES.get(missing[0], parameter_name(missing[0]))
    return NotConfigured(
        f"Internal error: {first} not configured",
        missing=_paths(stage, missing),
    )


def _paths(stage: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"/tintype/{stage}/{parameter_name(name)}" for name in names)
