import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from local.http_server import BufferedHandler, HttpServer
from local.ports import HOST

CONNECTIONS = 100


class Handler(BufferedHandler, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        """Log nothing."""


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer((HOST, 0), Handler) as server:
        yield server


def serve(server: HttpServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()


def test_hundred_connections_wait_until_the_server_accepts(server: HttpServer) -> None:
    waiting = [socket.create_connection((HOST, server.server_port), timeout=5) for _ in range(CONNECTIONS)]
    try:
        for each in waiting:
            each.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
        serve(server)
        assert [each.recv(20).split()[1] for each in waiting] == [b"200"] * CONNECTIONS
    finally:
        for each in waiting:
            each.close()
        server.shutdown()


def test_response_is_one_packet_and_100_continue_is_not_delayed(server: HttpServer) -> None:
    serve(server)
    with closing(socket.create_connection((HOST, server.server_port), timeout=5)) as client:
        client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(b"body")
        assert client.recv(10_000).endswith(b"\r\n\r\nbody")
    server.shutdown()
