"""The target of a deployment: account, region and stage, and the names derived from them."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infrastructure.deploy.errors import UserError

PROJECT = Path(__file__).resolve().parents[2]
# Without hyphens: `tintype-a-*`, the topics of stage `a`, would include those of stage `a-b`.
STAGE_PATTERN = re.compile(r"[a-z][a-z0-9]{0,19}")
# `tintype-alarms-*` would match every library's alarm topics; stage `local` has no alarms.
RESERVED_STAGES = ("alarms", "local")
RESERVED_WORDS = re.compile("aws|amazon|cognito")  # refused by Cognito in the name of a user pool's domain
APP = "tintype"
GATEWAY_STAGE = "api"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a library is, or will be, deployed."""

    stage: str
    account: str
    region: str
    partition: str
    session: Any
    builds_dir: Path
    _clients: dict[tuple[str, str, int], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def client(self, service: str, region: str | None = None, read_timeout: int = 60) -> Any:
        """The boto3 client of one service, with more retries than the default; `read_timeout` in seconds.

        A call that exceeds the timeout is sent again. Each client is created once: that takes as long as several calls.
        """
        region = region or self.region
        if (client := self._clients.get((service, region, read_timeout))) is None:
            retries: Any = {"mode": "standard", "total_max_attempts": 8}
            config = Config(retries=retries, read_timeout=read_timeout, signature_version=None)
            client = self.session.client(service, region_name=region, config=config)
            self._clients[service, region, read_timeout] = client
        return client

    @property
    def stack_name(self) -> str:
        """Name of the core stack and prefix of the functions' names."""
        return f"{APP}-{self.stage}"

    @property
    def cdn_stack_name(self) -> str:
        """Name of the CDN stack."""
        return f"{APP}-{self.stage}-cdn"

    @property
    def build_dir(self) -> Path:
        """The release's build folder; it can be deleted at any time."""
        return self.builds_dir / self.stage

    def parameter_name(self, name: str) -> str:
        """Name of a setting in the parameter store."""
        return f"/{APP}/{self.stage}/{name}"

    def bucket_name(self, name: str) -> str:
        """Name of one of the library's buckets."""
        return f"{APP}-{self.stage}-{name}-{self.account}"


def resolve_target(stage: str, builds_dir: Path = PROJECT / ".build") -> Target:
    """The target of the current AWS credentials; raises UserError if stage or region are invalid.

    Raises ClientError or BotoCoreError if the credentials are.
    """
    if not STAGE_PATTERN.fullmatch(stage):
        raise UserError(
            f"Invalid STAGE {stage!r}: use 1 to 20 lowercase letters and digits, starting with a letter, "
            "for example STAGE=prod."
        )
    if stage in RESERVED_STAGES:
        raise UserError(f"Invalid STAGE {stage!r}: the name is reserved; choose another, for example STAGE=prod.")
    if word := RESERVED_WORDS.search(stage):
        raise UserError(f"Invalid STAGE {stage!r}: Cognito allows no name with {word[0]!r} in it; choose another.")
    session = boto3.Session()
    if not session.region_name:
        raise UserError("No AWS region is set: set one, for example `export AWS_DEFAULT_REGION=eu-central-1`.")
    sts = session.client("sts", config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2}))
    caller = sts.get_caller_identity()
    partition = caller["Arn"].split(":")[1]
    return Target(stage, caller["Account"], session.region_name, partition, session, builds_dir.resolve())
