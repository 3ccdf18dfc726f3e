"""The three ports of a library: API, page and services."""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Three ports on this machine."""

    api: int
    page: int
    services: int

    @classmethod
    def from_api_port(cls, api: int) -> "Ports":
        """The API's port, with the page on the next one and the services on the one after."""
        return cls(api, api + 1, api + 2)

    def by_label(self) -> Mapping[str, int]:
        """Each port by its name in messages."""
        return {"the API": self.api, "the page": self.page, "the services": self.services}


def free_ports(count: int = 1) -> list[int]:
    """Different ports that are not in use at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def is_in_use(port: int) -> bool:
    """Whether a process listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False
