"""The Host check of every port: only a request for this machine's own name and port is answered.

A page whose domain name resolves to 127.0.0.1 (DNS rebinding) has the same origin as the port it connects to, so the
browser lets it read everything. Its requests still name its own domain in Host.
"""

from collections.abc import Sequence
from http import HTTPStatus

from local.http_server import BufferedHandler

NAMES = ("127.0.0.1", "localhost", "[::1]")


def host_error(target: str, hosts: Sequence[str], port: int) -> HTTPStatus | None:
    """The status with which a port refuses a request with this target and these Host headers; None for a valid one.

    An absolute target (`GET http://name/ HTTP/1.1`) would override Host (RFC 9112), and no client of ours sends one.
    """
    if not target.startswith("/") or len(hosts) != 1:
        return HTTPStatus.BAD_REQUEST
    if hosts[0].strip().lower() not in {f"{name}:{port}" for name in NAMES}:
        return HTTPStatus.MISDIRECTED_REQUEST
    return None


class HostCheck(BufferedHandler):
    """Mixin of a request handler: refuses requests for other hosts before any of its methods runs."""

    def parse_request(self) -> bool:
        """Whether to handle the request; otherwise it has been answered."""
        if not super().parse_request():
            return False
        port: int = self.server.server_port  # type: ignore[attr-defined] # it is an HTTPServer
        status = host_error(self.path, self.headers.get_all("Host", []), port)
        if status is None:
            return True
        self.refuse(status)
        return False
