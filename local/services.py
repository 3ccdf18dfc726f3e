"""Local AWS services: MiniStack as a child process, and the environment variables that point clients to it.

Contract tests run only these services and the template, without the rest of a library.
"""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.data_dir import PROJECT, DataDir, lock_data_dir, open_data_dir
from local.errors import UserError
from local.ports import HOST, free_ports
from local.processes import Supervisor, clean_environment

ACCOUNT = "000000000000"
REGION = "us-east-1"
START_TIMEOUT_SECONDS = 30.0
# A socket that does not exist: at its start MiniStack removes Docker containers, also those of other instances.
NO_DOCKER = "unix:///nonexistent"


@dataclass(frozen=True, slots=True)
class Services:
    """Running local AWS services."""

    port: int

    @property
    def endpoint(self) -> str:
        """The value of AWS_ENDPOINT_URL."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of one service, with short timeouts as everything is on this machine."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 (not a real secret)
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 2}, max_pool_connections=20),
        )

    def environment(self) -> Mapping[str, str]:
        """Environment variables that send AWS clients to these services."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
        }


def start_services(
    data_dir: DataDir,
    port: int,
    supervisor: Supervisor,
    *,
    lock: int | None = None,
    extra_env: Mapping[str, str] | None = None,
) -> Services:
    """Start MiniStack on the directory's state, with `extra_env`; raises UserError if it does not start.

    It inherits the file descriptor `lock`, so that the directory stays locked until it has exited.
    """
    python = PROJECT / ".venv-cloud" / "bin" / "python"
    if not python.exists():
        raise UserError("MiniStack is not installed: run `make .venv-cloud/.made` (`make run` does this, too).")
    services = Services(port)
    environment = clean_environment() | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": NO_DOCKER,
        "TMPDIR": str(data_dir.state),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(data_dir.state),
        "TABLES_FILE": str(data_dir.tables),
        "DAMAGED_DIR": str(data_dir.damaged),
        "SNAPSHOTS_DIR": str(data_dir.snapshots),
        "QUEUES_FILE": str(data_dir.queues),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data_dir.objects),
        # The access key that MiniStack accepts: it verifies presigned URLs.
        "AWS_ACCESS_KEY_ID": services.environment()["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": services.environment()["AWS_SECRET_ACCESS_KEY"],
    }
    command = [str(python), "-m", "local.ministack"]
    supervisor.start("services", command, environment | dict(extra_env or {}), pass_fds=[] if lock is None else [lock])
    supervisor.wait_until_ready(
        "MiniStack", lambda: responds_ok(port, "/_ministack/health"), timeout_seconds=START_TIMEOUT_SECONDS
    )
    return services


@contextmanager
def run_services(
    data: Path, port: int | None = None, *, extra_env: Mapping[str, str] | None = None
) -> Iterator[Services]:
    """The services alone, stopped at the end of the block."""
    data_dir = open_data_dir(data)
    supervisor = Supervisor(data_dir.logs)
    with lock_data_dir(data_dir) as lock:
        try:
            yield start_services(data_dir, port or free_ports()[0], supervisor, lock=lock, extra_env=extra_env)
        finally:
            supervisor.stop()


def responds_ok(port: int, path: str) -> bool:
    """Whether a GET of the path returns 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
