"""A whole library on this machine: services, page, event pump and API, started in order and ended in reverse.

`make run` is this with a banner and reload of code; a test starts a throwaway one on free ports in a folder of its own.
"""

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import data_dir as homes
from local import services, users
from local.data_dir import Home
from local.errors import Problem
from local.events.queues import wake
from local.ports import HOST, Ports, is_taken
from local.processes import READY, Child, Children, module, plain_environment
from local.provision import Provisioned, provision
from local.services import ACCOUNT, REGION, Services, answers

START_SECONDS = 60.0
WORKERS = ("worker-1", "worker-2")  # as many events are in hand at the same time


@dataclass(frozen=True, slots=True)
class Library:
    """A running library."""

    home: Home
    ports: Ports
    provisioned: Provisioned
    children: Children

    @property
    def api(self) -> str:
        """The API's address, without a slash at its end."""
        return f"http://{HOST}:{self.ports.api}"

    @property
    def page(self) -> str:
        """The page's address, with one."""
        return f"http://{HOST}:{self.ports.page}/"

    def client(self, service: str) -> Any:
        """A boto3 client of its cloud."""
        return self.provisioned.client(service)

    def token(self, who: str = "demo") -> str:
        """An id token of one of its people."""
        outputs = self.provisioned.outputs
        return users.id_token(self.client("cognito-idp"), outputs["UserPoolId"], outputs["UserPoolClientId"], who)

    def code(self) -> Sequence[Child]:
        """The processes that run the app's own code."""
        return [child for child in self.children.started if child.name not in {"services", "page"}]


@contextmanager
def running(data: Path, ports: Ports, *, api: bool = True) -> Iterator[Library]:
    """A library for as long as the block lasts, without its API if so told; raises Problem where it cannot start."""
    refuse_taken(ports)
    home = homes.at(data)
    children = Children(home.logs)
    with homes.alone(home):
        try:
            yield _start(home, ports, children, api=api)
        finally:
            children.stop()


def refuse_taken(ports: Ports) -> None:
    """Raise Problem naming the first port that somebody else listens on."""
    for what, port in ports.named().items():
        if is_taken(port):
            other = ports.api + 1000 if ports.api < 60000 else 8000
            raise Problem(f"Port {port} ({what}) is taken; free it or choose another: make run PORT={other}")


def _start(home: Home, ports: Ports, children: Children, *, api: bool) -> Library:
    cloud = services.start(home, ports.services, children)
    provisioned = provision(cloud, ports.page, ports.api)
    wake(cloud.client("sqs"), _waiting(cloud))
    environment = plain_environment() | provisioned.environment()
    if api:
        children.start("api", module("local.api", str(ports.api)), environment)
    pump = [children.start(name, module("local.events.pump", "worker"), environment) for name in WORKERS]
    pump.append(children.start("clock", module("local.events.pump", "clock"), environment))
    addresses = {"port": ports.page, "api": ports.api, "services": ports.services}
    options = [f"--{name}={port}" for name, port in addresses.items()]
    children.start("page", module("local.site.page", *options), environment)
    ready = {
        "The event pump": lambda: all(child.said(READY) for child in pump),
        "The page": lambda: answers(ports.page, "/config.json"),
        **({"The API": lambda: answers(ports.api, "/health")} if api else {}),
    }
    for what, is_ready in ready.items():
        children.wait_for(what, is_ready, seconds=START_SECONDS)
    return Library(home, ports, provisioned, children)


def _waiting(cloud: Services) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every queue's messages, by the queue's address, without receiving them."""
    with urllib.request.urlopen(f"{cloud.endpoint}/_ministack/sqs/messages", timeout=10) as answer:  # noqa: S310 (127.0.0.1)
        held = json.load(answer)["messages"]
    queues: Mapping[str, Sequence[Mapping[str, Any]]] = held.get(ACCOUNT, {}).get(REGION, {})
    return queues
