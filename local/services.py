"""The services: MiniStack as a child process, and the environment in which anything finds it.

The smaller half of a library: the contract tests start only this and the template.
"""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local import data_dir as homes
from local.data_dir import PROJECT, Home
from local.errors import Problem
from local.ports import HOST, free
from local.processes import Children, plain_environment

ACCOUNT = "000000000000"
REGION = "us-east-1"
START_SECONDS = 30.0
# Nothing there: MiniStack would otherwise tidy up Docker containers on its start, also another one's.
NO_DOCKER = "unix:///nonexistent"


@dataclass(frozen=True, slots=True)
class Services:
    """A running local cloud."""

    port: int

    @property
    def endpoint(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of one service, with short timeouts: everything is on this machine."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 (any will do)
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 2}, max_pool_connections=20),
        )

    def environment(self) -> Mapping[str, str]:
        """What a process needs to find this cloud in the place of AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
        }


def start(home: Home, port: int, children: Children, *, extra: Mapping[str, str] | None = None) -> Services:
    """Start MiniStack on the home's state, `extra` in its environment; raises Problem where it does not come up."""
    python = PROJECT / ".venv-cloud" / "bin" / "python"
    if not python.exists():
        raise Problem("The local cloud is not installed; `make run` installs it (or `make .venv-cloud/.made` alone).")
    services = Services(port)
    environment = plain_environment() | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": NO_DOCKER,
        "TMPDIR": str(home.state),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.state),
        "SNAPSHOTS_DIR": str(home.snapshots),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.objects),
        # The one key it knows without being told: it checks who signed a URL.
        "AWS_ACCESS_KEY_ID": services.environment()["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": services.environment()["AWS_SECRET_ACCESS_KEY"],
    }
    children.start("services", [str(python), "-m", "local.ministack"], environment | dict(extra or {}))
    children.wait_for("The local cloud", lambda: answers(port, "/_ministack/health"), seconds=START_SECONDS)
    return services


@contextmanager
def running(data: Path, port: int | None = None, *, extra: Mapping[str, str] | None = None) -> Iterator[Services]:
    """The services alone, for as long as the block lasts."""
    home = homes.at(data)
    children = Children(home.logs)
    with homes.alone(home):
        try:
            yield start(home, port or free()[0], children, extra=extra)
        finally:
            children.stop()


def answers(port: int, path: str) -> bool:
    """Whether a GET there is answered 200 right now."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
