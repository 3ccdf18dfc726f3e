"""The place of one library: an account, a region and a stage, and every name that follows from them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infrastructure.deploy.errors import Problem

PROJECT = Path(__file__).resolve().parents[2]
# No hyphen: `tintype-a-*`, the topics of `a`, would hold those of `a-b`, and `a-sweep` would be a function of `a`.
STAGE = re.compile(r"[a-z][a-z0-9]{0,19}")
# `tintype-alarms-*` would be everybody's alarms, and what is called `local` is watched by nobody.
TAKEN = ("alarms", "local")
APP = "tintype"
GATEWAY_STAGE = "api"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a library is, or will be."""

    stage: str
    account: str
    region: str
    partition: str
    session: Any
    builds: Path

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of one service there; a deployment waits rather than fails."""
        config = Config(retries={"mode": "standard", "total_max_attempts": 8}, signature_version=None)
        return self.session.client(service, region_name=region or self.region, config=config)

    @property
    def stack(self) -> str:
        """The stack of everything that lasts; the functions' names begin alike."""
        return f"{APP}-{self.stage}"

    @property
    def cdn_stack(self) -> str:
        """The stack of the page's address."""
        return f"{APP}-{self.stage}-cdn"

    @property
    def building(self) -> Path:
        """The folder that is deployed; it holds nothing that could not be made again."""
        return self.builds / self.stage

    def parameter(self, name: str) -> str:
        """The name of a setting in the parameter store."""
        return f"/{APP}/{self.stage}/{name}"

    def bucket(self, name: str) -> str:
        """The name of one of the library's buckets."""
        return f"{APP}-{self.stage}-{name}-{self.account}"


def find(stage: str, builds: Path = PROJECT / ".build") -> Place:
    """The place that the credentials at hand lead to; raises Problem where the name or they will not do."""
    if not STAGE.fullmatch(stage):
        raise Problem(
            f"STAGE={stage} will not do: a small letter first, then small letters and digits, "
            "20 at most; for example STAGE=prod."
        )
    if stage in TAKEN:
        raise Problem(
            f"STAGE={stage} will not do: Tintype itself uses this name; take another, for example STAGE=prod."
        )
    session = boto3.Session()
    if not session.region_name:
        raise Problem("No AWS region is set: choose one, for example `export AWS_DEFAULT_REGION=eu-central-1`.")
    sts = session.client("sts", config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2}))
    try:
        caller = sts.get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise Problem(
            f"AWS does not know who you are ({_first_line(error)}): sign in first, with `aws configure`, "
            "`aws sso login` or AWS_PROFILE=…, and look with `aws sts get-caller-identity`."
        ) from error
    return Place(stage, caller["Account"], session.region_name, caller["Arn"].split(":")[1], session, builds.resolve())


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
