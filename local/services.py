"""Local AWS services: MiniStack as a child process, and the environment variables that point clients to it.

Contract tests run only these services and the template, without the rest of a library.
"""

import http.client
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from local import lost_tables
from local.credentials import PROFILE, AccessKey, ensure_access_key, new_access_key, read_access_key
from local.data_dir import PROJECT, DataDir, lock_data_dir, open_data_dir
from local.data_files import check_file
from local.database import DAMAGED
from local.errors import DamagedLibraryError, UserError
from local.ports import HOST, free_ports
from local.processes import Supervisor, clean_environment

ACCOUNT = "000000000000"
REGION = "us-east-1"
START_TIMEOUT_SECONDS = 30.0
FREE_SPACE_RESERVE_MB = 200  # uploads are refused when the disk has less; the environment may set another value
# A socket that does not exist: at its start MiniStack removes Docker containers, also those of other instances.
NO_DOCKER = "unix:///nonexistent"
PROVISIONING_KEY = "PROVISIONING_KEY"  # environment variable: id and secret, separated by a colon
EXIT_REFUSED = 3  # exit status of services that can't read the library; the last line of their log says why
END_PROVISIONING = "/_tintype/end-provisioning"


class Access(StrEnum):
    """What the services answer."""

    LIBRARY = "library"  # with the library's key, what the app uses; all else only until it is provisioned
    ALL = "all"  # with the library's key, everything, as contract tests need
    OPEN = "open"  # everything, unchecked: MiniStack's own IAM checks a rehearsed deployment


@dataclass(frozen=True, slots=True)
class Services:
    """Running local AWS services, and the key that this process signs its requests with."""

    port: int
    credentials_file: Path
    access_key: AccessKey
    provisioning_key: AccessKey | None = None  # may do everything until `close_services`

    @classmethod
    def with_credentials(cls, port: int, credentials_file: Path) -> "Services":
        """The services on this port, with the key in the file; raises UserError if there is none."""
        try:
            check_file(credentials_file)
            key = read_access_key(credentials_file)
        except OSError as error:
            raise UserError(f"Cannot read {credentials_file} ({error.strerror}).") from error
        if key is None:
            raise UserError(f"There is no access key in {credentials_file}; start the library first: make run")
        return cls(port, credentials_file, key)

    @property
    def endpoint(self) -> str:
        """The value of AWS_ENDPOINT_URL."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of one service, with short timeouts as everything is on this machine."""
        return _session().client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.access_key.key_id,
            aws_secret_access_key=self.access_key.secret,
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 2}, max_pool_connections=20),
        )

    def environment(self) -> Mapping[str, str]:
        """Environment variables that send AWS clients to these services, with the library's key."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials_file),
            "AWS_PROFILE": PROFILE,
            "AWS_DEFAULT_REGION": REGION,
            **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ""),  # others would precede the profile's
        }

    def request(self, method: str, path: str) -> bytes:
        """The body of the response to a signed request of MiniStack's own; raises OSError unless it succeeds."""
        request = AWSRequest(method, self.endpoint + path)
        credentials = Credentials(self.access_key.key_id, self.access_key.secret)
        SigV4Auth(credentials, "ministack", REGION).add_auth(request)
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request(method, path, headers=dict(request.headers))
            response = connection.getresponse()
            content = response.read()
        except http.client.HTTPException as error:
            raise OSError(f"the services don't speak HTTP: {error!r}") from error
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise OSError(f"the services answered {response.status}")
        return content

    def for_provisioning(self) -> "Services":
        """The same services, with requests signed with the provisioning key if there is one."""
        return replace(self, access_key=self.provisioning_key or self.access_key)

    def is_ready(self) -> bool:
        """Whether they answer requests signed with this key."""
        try:
            self.request("GET", "/_ministack/health")
        except OSError:
            return False
        return True


@cache
def _session() -> boto3.Session:
    """A session that ignores AWS_PROFILE, which may name a profile of the user's own, or one that is not read yet."""
    return boto3.Session(botocore_session=botocore.session.Session({"profile": (None, None, None, None)}))


def start_services(
    data_dir: DataDir,
    port: int,
    supervisor: Supervisor,
    *,
    lock: int | None = None,
    access: Access = Access.ALL,
    page_port: int | None = None,
    extra_env: Mapping[str, str] | None = None,
) -> Services:
    """Start MiniStack on the directory's state, with `extra_env`; raises UserError if it does not start.

    It inherits the file descriptor `lock`, so that the directory stays locked until it has exited. `close_services`
    narrows the access to a library once it is provisioned. The page on `page_port` may sign in.
    """
    python = PROJECT / ".venv-cloud" / "bin" / "python"
    if not python.exists():
        raise UserError("MiniStack is not installed: run `make .venv-cloud/.made` (`make run` does this, too).")
    endpoint = f"http://{HOST}:{port}"
    if data_dir.has_lost_credentials:
        print(f"The access key in {data_dir.credentials} is missing; a new one was made.", flush=True)
    key = ensure_access_key(data_dir.credentials, endpoint=endpoint, region=REGION)
    provisioning_key = new_access_key() if access is Access.LIBRARY else None
    services = Services(port, data_dir.credentials, key, provisioning_key)
    environment = clean_environment() | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": NO_DOCKER,
        "SSL_CERT_FILE": os.devnull,  # it connects to no other machine: reading their certificates would only take time
        "TMPDIR": str(data_dir.scratch),
        "STATE_DIR": str(data_dir.scratch),
        "SERVICE_STATE_DIR": str(data_dir.state),
        "TABLES_FILE": str(data_dir.tables),
        "DAMAGED_DIR": str(data_dir.damaged),
        "QUEUES_FILE": str(data_dir.queues),
        "OBJECTS_DIR": str(data_dir.objects),
        "FREE_SPACE_RESERVE_MB": os.environ.get("FREE_SPACE_RESERVE_MB", str(FREE_SPACE_RESERVE_MB)),
        "LOG_LEVEL": "WARNING",  # MiniStack's information lines hold addresses and subjects of messages
        "ACCESS": access,
        "PAGE_PORT": str(page_port or ""),
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": key.key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        **({PROVISIONING_KEY: f"{provisioning_key.key_id}:{provisioning_key.secret}"} if provisioning_key else {}),
    }
    command = [str(python), "-m", "local.ministack"]
    inherited = [] if lock is None else [lock]
    child = supervisor.start("services", command, environment | dict(extra_env or {}), pass_fds=inherited)
    try:
        supervisor.wait_until_ready("MiniStack", services.is_ready, timeout_seconds=START_TIMEOUT_SECONDS)
    except UserError as error:
        if child.exit_status == EXIT_REFUSED and (lines := child.log.read_text(errors="replace").splitlines()):
            raise DamagedLibraryError(lines[-1] + lost_tables.advice(data_dir)) from error
        raise
    for line in child.new_lines(DAMAGED):
        print(line, flush=True)
    return services


def close_services(services: Services, supervisor: Supervisor) -> None:
    """End provisioning: its key is valid no longer, not even after a restart of the services."""
    services.for_provisioning().request("POST", END_PROVISIONING)
    for child in supervisor.children:
        child.environment = {name: value for name, value in child.environment.items() if name != PROVISIONING_KEY}


@contextmanager
def run_services(
    data: Path, port: int | None = None, *, access: Access = Access.ALL, extra_env: Mapping[str, str] | None = None
) -> Iterator[Services]:
    """The services alone, stopped at the end of the block."""
    data_dir = open_data_dir(data)
    supervisor = Supervisor(data_dir.logs)
    with lock_data_dir(data_dir) as lock:
        try:
            yield start_services(
                data_dir, port or free_ports()[0], supervisor, lock=lock, access=access, extra_env=extra_env
            )
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
