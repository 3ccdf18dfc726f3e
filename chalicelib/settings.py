"""What this library is told about where it runs: one frozen record, checked whole.

Values come from the parameter store by path (`/tintype/{stage}/<name>`), and the environment
(`TINTYPE_<NAME>`) stands above it. Every missing name is told in one error, and so is every value that
makes no sense, so that a person mends them in one go.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from typing import Any

from chalicelib.errors import NotConfigured

# Names that people of the field know under other words; the rest are told as they are.
SPOKEN = {"trends_table": "Gallery Trends table", "photos_table": "Gallery Photos table"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one installation to the next."""

    stage: str
    trends_table: str
    photos_table: str
    memberships_table: str
    keys_table: str
    bundles_table: str
    originals_bucket: str
    derivatives_bucket: str
    bundles_bucket: str
    bundles_queue_url: str
    user_pool_client_id: str
    identity_issuer: str
    topic_prefix: str
    library_owner: str
    link_secret: str
    id_secret: str
    pam_client_id: str = ""
    identity_keys_url: str = ""
    default_status: str = "private"
    labeler: str = "local"
    labels_min_confidence: float = 70.0
    custom_labels_arn: str = ""
    epoch: str = "2026-01-01"
    bundle_photos: int = 10_000
    bundle_volume_bytes: int = 2_000_000_000
    api_url: str = ""
    image_base_url: str = ""
    image_key: str = ""

    @property
    def keys_url(self) -> str:
        """Where the identity provider publishes its signing keys (RFC 7517)."""
        return self.identity_keys_url or f"{self.identity_issuer}/.well-known/jwks.json"

    @property
    def client_ids(self) -> frozenset[str]:
        """The app clients whose tokens are taken."""
        return frozenset(filter(None, (self.user_pool_client_id, self.pam_client_id)))


def parameter_name(field: str) -> str:
    """The parameter's last path segment: `photos_table` is `photos-table`."""
    return field.replace("_", "-")


def variable_name(field: str) -> str:
    """The environment variable that stands above the parameter."""
    return f"TINTYPE_{field.upper()}"


def stage_of(environ: Mapping[str, str] = os.environ) -> str:
    """The stage this process serves; raises NotConfigured where nobody said."""
    stage = environ.get("TINTYPE_STAGE", "")
    if not stage:
        raise NotConfigured(
            "Internal error: TINTYPE_STAGE not configured. Start the library with `make run`, "
            "or set it to the stage that was deployed.",
            missing=("stage",),
        )
    return stage


def build(stage: str, parameters: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Join both sources; raises NotConfigured naming every setting that is missing, or else makes no sense."""
    values: dict[str, Any] = {"stage": stage}
    for field in _settable():
        value = environ.get(variable_name(field.name)) or parameters.get(parameter_name(field.name))
        if value:
            values[field.name] = value
    missing = tuple(f.name for f in _settable() if f.default is MISSING and f.name not in values)
    if missing:
        raise _not_configured(stage, missing)
    return Settings(**_checked(stage, values))


def _settable() -> list[Field[Any]]:
    return [field for field in fields(Settings) if field.name != "stage"]


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be {' or '.join(words)}")
        return value

    return read


def _percentage(value: str) -> float:
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", value) or float(value) > 100:
        raise ValueError("must be a number from 0 to 100")
    return float(value)


def _day(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("must be a day, as 2026-01-01")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a day that there is, as 2026-01-01") from None
    return value


def _model(value: str) -> str:
    """The ARN of a version of a model; that of its project, which lies beside it in the console, is none."""
    if not re.fullmatch(r"arn:[a-z\d-]+:rekognition:[a-z\d-]+:\d{12}:project/[\w.-]+/version/[\w.-]+/\d+", value):
        raise ValueError(
            "must be the ARN of a version of a Custom Labels model, "
            "arn:aws:rekognition:REGION:ACCOUNT:project/NAME/version/NAME/NUMBER"
        )
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"\d{1,15}", value, re.ASCII) or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def _key(value: str) -> str:
    if not re.match(r"\w+\n-----BEGIN (RSA )?PRIVATE KEY-----\n", value):
        raise ValueError("must be CloudFront's id of the key, a new line, and the private key as PEM")
    return value


def _owner(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", value):
        raise ValueError("must be an owner id of 32 hex digits; `make owners` lists them")
    return value


READERS: Mapping[str, Callable[[str], object]] = {
    "default_status": _one_of("private", "public"),
    "labeler": _one_of("local", "rekognition"),
    "labels_min_confidence": _percentage,
    "custom_labels_arn": _model,
    "image_key": _key,
    "library_owner": _owner,
    "epoch": _day,
    "bundle_photos": _whole(1, 100_000),
    "bundle_volume_bytes": _whole(1_000_000, 100_000_000_000),
}


def _checked(stage: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the app uses them; raises NotConfigured telling all that make no sense, but not what they are."""
    read, wrong = dict(values), {}
    for name in READERS.keys() & values.keys():
        try:
            read[name] = READERS[name](values[name])
        except ValueError as problem:
            wrong[name] = str(problem)
    if wrong:
        told = "; ".join(f"{parameter_name(name)} {wrong[name]}" for name in sorted(wrong))
        raise NotConfigured(f"Internal error: {told}", missing=_paths(stage, sorted(wrong)))
    return read


def _not_configured(stage: str, missing: tuple[str, ...]) -> NotConfigured:
    first = SPOKEN.get(missing[0], parameter_name(missing[0]))
    return NotConfigured(
        f"Internal error: {first} not configured",
        missing=_paths(stage, missing),
    )


def _paths(stage: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"/tintype/{stage}/{parameter_name(name)}" for name in names)
