"""A whole library on this machine: services, API, event pollers, scheduler and page.

`make run` adds a startup message and code reload; tests run a temporary library on free ports in its own folder.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local import services, users
from local.data_dir import DataDir, lock_data_dir, open_data_dir
from local.disk_space import explain_full_disk
from local.errors import UserError
from local.leases import end_leases
from local.migration import migrate
from local.ports import HOST, Ports, is_in_use
from local.processes import READY_MARKER, ChildProcess, Supervisor, clean_environment, module_command
from local.provision import ProvisionedStack, provision, read_parameter
from local.services import Access, responds_ok

START_TIMEOUT_SECONDS = 60.0
MAX_POLLERS = 8  # the services, one process, have no time for more


@dataclass(frozen=True, slots=True)
class Library:
    """A running library."""

    data_dir: DataDir
    ports: Ports
    provisioned: ProvisionedStack
    supervisor: Supervisor

    @property
    def api_url(self) -> str:
        """URL of the API, without a trailing slash."""
        return f"http://{HOST}:{self.ports.api}"

    @property
    def page_url(self) -> str:
        """URL of the page, with a trailing slash."""
        return f"http://{HOST}:{self.ports.page}/"

    def client(self, service: str) -> Any:
        """A boto3 client of one of its services."""
        return self.provisioned.client(service)

    def token(self, user_name: str = "demo") -> str:
        """An id token of one of its users."""
        outputs = self.provisioned.outputs
        return users.id_token(self.client("cognito-idp"), outputs["UserPoolId"], outputs["UserPoolClientId"], user_name)

    def app_processes(self) -> Sequence[ChildProcess]:
        """The processes that run the app's code."""
        return [child for child in self.supervisor.children if child.name not in {"services", "page"}]


@contextmanager
def run_library(
    data: Path, ports: Ports, *, api: bool = True, pam: str = "", choices: Mapping[str, str] | None = None
) -> Iterator[Library]:
    """A running library, stopped at the end of the block; `api=False` omits the API. Raises UserError.

    `pam` is the URL of the Photo Asset Manager's client; an empty one keeps that of the run before, `no` removes it.
    `choices` are settings by name; an empty value keeps the present one.
    """
    check_ports_free(ports)
    data_dir = open_data_dir(data)
    supervisor = Supervisor(data_dir.logs)
    with lock_data_dir(data_dir) as lock:
        try:
            with explain_full_disk(data_dir.root):
                migrate(data_dir)
                library = _start(data_dir, ports, supervisor, lock, api=api, pam=pam, choices=choices or {})
            yield library
        finally:
            supervisor.stop()


def check_ports_free(ports: Ports) -> None:
    """Raise UserError for the first port that is in use, or that this user may not use."""
    other = ports.api + 1000 if ports.api < 60000 else 8000
    for label, port in ports.by_label().items():
        try:
            if is_in_use(port):
                raise UserError(f"Port {port} ({label}) is in use; free it, or choose another: make run PORT={other}")
        except OSError as error:
            raise UserError(
                f"Port {port} ({label}) can't be used ({error.strerror}); choose another: make run PORT={other}"
            ) from error


def poller_count() -> int:
    """One for each core that this process may use: each processes one event of each source at a time."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MAX_POLLERS)


def _start(
    data_dir: DataDir,
    ports: Ports,
    supervisor: Supervisor,
    lock: int,
    *,
    api: bool,
    pam: str,
    choices: Mapping[str, str],
) -> Library:
    cloud = services.start_services(
        data_dir, ports.services, supervisor, lock=lock, access=Access.LIBRARY, page_port=ports.page
    )
    provisioned = provision(cloud.for_provisioning(), ports.page, ports.api, pam, choices)
    services.close_services(cloud, supervisor)
    provisioned = replace(provisioned, services=cloud)
    ssm = provisioned.client("ssm")
    photos, bundles = read_parameter(ssm, "photos-table"), read_parameter(ssm, "bundles-table")
    end_leases(provisioned.client("dynamodb"), photos, bundles, datetime.now(UTC))
    environment = clean_environment() | provisioned.environment()
    if api:
        supervisor.start("api", module_command("local.api", str(ports.api)), environment)
    event_processes = [
        supervisor.start(f"poller-{number}", module_command("local.events", "poller"), environment)
        for number in range(1, poller_count() + 1)
    ]
    event_processes.append(supervisor.start("scheduler", module_command("local.events", "scheduler"), environment))
    options = [
        f"--{name}={port}" for name, port in (("port", ports.page), ("api", ports.api), ("services", ports.services))
    ]
    supervisor.start("page", module_command("local.site.server", *options), environment)
    checks = {
        "Event processing": lambda: all(child.has_logged(READY_MARKER) for child in event_processes),
        "The page": lambda: responds_ok(ports.page, "/config.json"),
        **({"The API": lambda: responds_ok(ports.api, "/health")} if api else {}),
    }
    for label, is_ready in checks.items():
        supervisor.wait_until_ready(label, is_ready, timeout_seconds=START_TIMEOUT_SECONDS)
    return Library(data_dir, ports, provisioned, supervisor)
