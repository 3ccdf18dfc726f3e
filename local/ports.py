"""The three ports of a library: the API, the page beside it, the cloud's services beside that."""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Three free or chosen ports on this machine."""

    api: int
    page: int
    services: int

    @classmethod
    def beside(cls, api: int) -> "Ports":
        """The API's port as chosen, the page one above it, the services two."""
        return cls(api, api + 1, api + 2)

    def named(self) -> Mapping[str, int]:
        """Each port under the word a person knows it by."""
        return {"the API": self.api, "the page": self.page, "the services": self.services}


def free(count: int = 1) -> list[int]:
    """Ports that nobody listens on right now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for held in sockets:
            held.bind((HOST, 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()


def is_taken(port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False
