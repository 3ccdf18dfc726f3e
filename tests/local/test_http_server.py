import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

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


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer((HOST, 0), Handler) as server:
        yield server


def serve(server: HttpServer) -> None:
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_request_is_answered_while_the_log_can_not_be_written(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", buffering=1) as full_disk:
        monkeypatch.setattr("sys.stderr", full_disk)
        serve(server)
        with closing(socket.create_connection((HOST, server.server_port), timeout=5)) as client:
            for _ in range(3):
                client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
                assert client.recv(10_000).endswith(b"\r\n\r\nbody")
        server.shutdown()
        monkeypatch.undo()
        with suppress(OSError):
            full_disk.close()
