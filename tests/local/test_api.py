import errno
import functools
import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from typing import Any, Protocol

import pytest
from chalice.app import Chalice
from chalice.config import Config

from infrastructure.deploy.gateway import ERROR_RESPONSES
from local import api
from local.http_server import HttpServer
from local.ports import HOST

STALLED = 25  # more clients than requests that are handled at once
LARGE = api.SMALL_BODY_BYTES + 1


class Send(Protocol):
    """Opens a connection and sends this head and body."""

    def __call__(self, head: str, body: bytes = b"") -> socket.socket: ...


def echo_app() -> Chalice:
    """An app that returns the length of a body, or a page of zeros."""
    app = Chalice("echo")

    @app.route("/", methods=["GET", "HEAD"])
    def get() -> Any:
        return {}

    @app.route("/", methods=["POST"], content_types=["application/octet-stream"])
    def echo() -> Any:
        assert app.current_request is not None
        return {"length": len(app.current_request.raw_body)}

    @app.route("/zeros", methods=["GET", "HEAD"])
    def zeros() -> Any:
        return {"zeros": "0" * 9_000_000}

    return app


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    """A function that serves the app, with a timeout of the connections."""
    with ExitStack() as stack:

        @contextmanager
        def serve(timeout: float) -> Iterator[Send]:
            handler = type("Handler", (api.RequestHandler,), {"timeout": timeout})
            config = Config.create(chalice_stage="local", app_name="echo")
            with HttpServer((HOST, 0), functools.partial(handler, app_object=echo_app(), config=config)) as server:
                threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()

                def send(head: str, body: bytes = b"") -> socket.socket:
                    client = stack.enter_context(closing(socket.create_connection((HOST, server.server_port))))
                    client.settimeout(10)
                    first, *more = head.split("\n")
                    lines = [first, f"Host: {HOST}:{server.server_port}", *more, "", ""]
                    client.sendall("\r\n".join(lines).encode("latin-1") + body)
                    return client

                yield send
                server.shutdown()

        yield serve


def post(size: int) -> str:
    return f"POST / HTTP/1.1\nContent-Type: application/octet-stream\nContent-Length: {size}\nConnection: close"


GET = "GET / HTTP/1.1\nConnection: close"


def receive_all(client: socket.socket) -> tuple[int, Message, bytes]:
    """Status, headers and body of the response, after which the server has closed the connection."""
    content = b""
    with suppress(ConnectionResetError):  # the server closes without reading the rest of a request that it refuses
        while block := client.recv(1_000_000):
            content += block
    head, _, body = content.partition(b"\r\n\r\n")
    first, _, headers = head.partition(b"\r\n")
    return int(first.split()[1]), message_from_bytes(headers), body


def receive(client: socket.socket) -> tuple[int, bytes]:
    """Status and body of the response."""
    status, _, body = receive_all(client)
    return status, body


def status(client: socket.socket) -> int:
    return receive(client)[0]


def error(name: str) -> tuple[int, dict[str, str]]:
    """What the deployed API Gateway answers."""
    response = ERROR_RESPONSES[name]
    return response.status, {"error": response.message, "code": response.code}


@pytest.mark.parametrize("size", [100, LARGE])
def test_stalled_bodies_hold_up_no_other_request(serve: Any, size: int) -> None:
    with serve(timeout=60) as send:
        stalled = [send(post(size), b"half") for _ in range(STALLED)]
        assert status(send(GET)) == 200
        assert receive(send(post(4), b"body")) == (200, b'{"length":4}')
        assert len(stalled) == STALLED


def test_stalled_large_bodies_hold_up_no_other_large_body(serve: Any) -> None:
    with serve(timeout=60) as send:
        stalled = [send(post(2 * LARGE), b"x" * LARGE) for _ in range(STALLED)]
        assert receive(send(post(LARGE), b"x" * LARGE)) == (200, b'{"length":%d}' % LARGE)
        assert len(stalled) == STALLED


def test_full_disk_is_reported_before_a_large_body_is_handled(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", fail)
    with serve(timeout=60) as send:
        found, body = receive(send(post(LARGE), b"x" * LARGE))
        assert (found, json.loads(body)["code"]) == (507, "storage_full")


@pytest.mark.parametrize("size", [100, LARGE])
def test_stalled_body_is_answered_with_408_and_closed(serve: Any, size: int) -> None:
    with serve(timeout=0.1) as send:
        stalled = [send(post(size), b"half") for _ in range(STALLED)]
        answers = [receive(client) for client in stalled]
        assert [(found, json.loads(answer)["code"]) for found, answer in answers] == [(408, "timeout")] * STALLED
        assert receive(send(post(LARGE), b"x" * LARGE)) == (200, b'{"length":%d}' % LARGE)


def test_client_that_does_not_read_holds_up_no_other_request(serve: Any) -> None:
    with serve(timeout=60) as send:
        stalled = [send("GET /zeros HTTP/1.1") for _ in range(STALLED)]
        assert [client.recv(9) for client in stalled] == [b"HTTP/1.1 "] * STALLED
        assert status(send(GET)) == 200


def test_slow_body_is_received_as_long_as_it_makes_progress(serve: Any) -> None:
    with serve(timeout=1) as send:
        client = send(post(20))
        timer = threading.Event()
        for _ in range(20):  # in total twice the timeout
            timer.wait(0.1)
            client.sendall(b"x")
        assert receive(client) == (200, b'{"length":20}')


@pytest.mark.parametrize("start", ["GET / HT", "POST / HTTP/1.1\nContent-Le"])
def test_stalled_head_and_idle_connection_are_closed(serve: Any, start: str) -> None:
    with serve(timeout=0.1) as send:
        idle = send("GET / HTTP/1.1")
        assert idle.recv(9) == b"HTTP/1.1 "
        while idle.recv(10_000):
            pass
        client = send("GET / HTTP/1.1")
        client.sendall(start.encode())
        while client.recv(10_000):
            pass


@pytest.mark.parametrize("sent", [0, 3, LARGE - 1])
def test_client_that_closes_early_leaves_no_stack_trace(
    serve: Any, sent: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with serve(timeout=60) as send:
        with closing(send(post(LARGE), b"x" * sent)) as client:
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100) == b""  # it is not handled
        for head in ("GET /zeros HTTP/1.1", post(LARGE)):
            with closing(send(head, b"x" * sent)) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close by reset
        assert status(send(GET)) == 200
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("head", "expected", "code"),
    [
        ("POST / HTTP/1.1\nContent-Length: x", 400, "invalid"),
        ("POST / HTTP/1.1\nContent-Length: -1", 400, "invalid"),
        ("POST / HTTP/1.1\nContent-Length: ²", 400, "invalid"),
        ("POST / HTTP/1.1\nContent-Length: 3\nContent-Length: 4", 400, "invalid"),
        ("POST / HTTP/1.1\nTransfer-Encoding: gzip, chunked", 400, "invalid"),
        ("POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 3", 400, "invalid"),
        ("POST / HTTP/1.1\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked", 400, "invalid"),
        ("GET / HTTP/1.1\nHost: another.example", 400, "invalid"),
        ("GET http://127.0.0.1/ HTTP/1.1", 400, "invalid"),
        ("GET / HTTP/x", 400, "invalid"),
        ("GET / a b HTTP/1.1", 400, "invalid"),
        ("nonsense", 400, "invalid"),
        ("GET / HTTP/2.0", 505, "invalid"),
        ("PROPFIND / HTTP/1.1", 501, "method_not_allowed"),
        (f"GET /{'x' * 70_000} HTTP/1.1", 414, "url_too_long"),
        (f"GET / HTTP/1.1\nX: {'x' * 70_000}", 431, "headers_too_large"),
        ("GET / HTTP/1.1\n" + "\n".join(f"X-{number}: x" for number in range(200)), 431, "headers_too_large"),
    ],
)
def test_refusal_has_the_format_of_errors(
    serve: Any, head: str, expected: int, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with serve(timeout=10) as send:
        found, headers, body = receive_all(send(head))
    assert (found, json.loads(body)["code"]) == (expected, code)
    assert json.loads(body)["error"].endswith(".")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Content-Type"] == "application/json"
    assert "Traceback" not in capfd.readouterr().err


def test_request_to_another_host_is_refused_in_the_format_of_errors(serve: Any) -> None:
    with serve(timeout=10) as send, closing(socket.create_connection(send(GET).getpeername())) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: another.example\r\n\r\n")
        found, body = receive(client)
    assert (found, json.loads(body)["code"]) == (421, "misdirected_request")


CHUNKED = "POST / HTTP/1.1\nContent-Type: application/octet-stream\nTransfer-Encoding: Chunked\nConnection: close"


def chunks(*data: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%X;a=b\r\n%b\r\n" % (len(chunk), chunk) for chunk in data) + end


def test_body_in_chunks_is_received(serve: Any) -> None:
    with serve(timeout=10) as send:
        for body, length in {
            chunks(): 0,
            chunks(b"a\r\n0\r\n\r\n", b"b"): 9,
            chunks(b"x" * LARGE, b"x", b"x" * LARGE): 2 * LARGE + 1,
            chunks(b"a", end=b"00\r\nX-Trailer: 1\r\n\r\n"): 1,
        }.items():
            assert receive(send(CHUNKED, body)) == (200, b'{"length":%d}' % length)
        client = send(CHUNKED.replace("close", "keep-alive"), chunks(b"first"))
        assert b'{"length":5}' in client.recv(10_000)
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: %b:%d\r\nConnection: close\r\n\r\n" % (HOST.encode(), client.getpeername()[1])
        )
        assert status(client) == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"x\r\n", 400),
        (b"-1\r\n", 400),
        (b"\r\n", 400),
        (b"1\na\n0\n\n", 400),
        (b"1\r\nab\r\n", 400),
        (b"f" * 17 + b"\r\n", 400),
        (b"1;" + b"x" * 10_000, 400),
        (chunks(end=b"0\r\n" + b"X: y\r\n" * 200), 400),
        (b"f" * 16 + b"\r\n", 413),
        (chunks(b"x" * LARGE, end=b"%x\r\n" % api.MAX_BODY_BYTES), 413),
        (b"5\r\nhal", 408),
        (b"5", 408),
    ],
)
def test_malformed_large_or_stalled_chunks_are_refused(serve: Any, body: bytes, expected: int) -> None:
    with serve(timeout=0.2) as send:
        found, answer = receive(send(CHUNKED, body))
    assert found == expected
    assert set(json.loads(answer)) == {"error", "code"}


@pytest.mark.parametrize("body", [b"5\r\nhal", b"5", b""])
def test_chunks_that_end_early_are_not_handled(serve: Any, body: bytes) -> None:
    with serve(timeout=10) as send:
        client = send(CHUNKED, body)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b""


def test_response_to_head_is_that_to_get_without_its_body(serve: Any) -> None:
    with serve(timeout=10) as send:
        for path in ("/", "/zeros"):
            _, headers, body = receive_all(send(f"GET {path} HTTP/1.1\nConnection: close"))
            found, head_headers, nothing = receive_all(send(f"HEAD {path} HTTP/1.1\nConnection: close"))
            assert (found, nothing) == (200, b"")
            assert head_headers["Content-Length"] == headers["Content-Length"] == str(len(body))
            assert head_headers["Content-Type"] == headers["Content-Type"]


def test_errors_are_those_of_api_gateway(serve: Any) -> None:
    with serve(timeout=10) as send:
        code, body = receive(send(post(api.MAX_BODY_BYTES + 1)))
        assert (code, json.loads(body)) == error("REQUEST_TOO_LARGE")
        for authorization in ("Bearer x", "Bearer é"):
            head = f"GET /unknown HTTP/1.1\nConnection: close\nAuthorization: {authorization}"
            code, body = receive(send(head))
            assert (code, json.loads(body)) == error("MISSING_AUTHENTICATION_TOKEN")
