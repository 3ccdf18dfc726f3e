"""Malformed and misdirected requests to each port of a running library, byte by byte."""

import socket
from contextlib import closing

import pytest

from local.ports import HOST
from tests.e2e.conftest import Client

PORTS = ("api", "page", "services")
PATHS = {"api": "/health", "page": "/inbox", "services": "/oauth2/authorize"}


def send(port: int, request: str, *, ends: bool = True) -> str:
    """All that the server answers before it closes the connection; `ends`: the client sends no more."""
    with closing(socket.create_connection((HOST, port), timeout=10)) as connection:
        connection.sendall(request.encode("latin-1"))
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while data := connection.recv(65_536):
            answer += data
        return answer.decode("latin-1")


def status(answer: str) -> str:
    """The status of the only response."""
    assert answer.count("HTTP/1.") == 1, answer
    return answer.split(" ", 2)[1]


@pytest.fixture(params=PORTS)
def name(request: pytest.FixtureRequest) -> str:
    """The name of a port."""
    return str(request.param)


@pytest.fixture
def port(client: Client, name: str) -> int:
    """The port."""
    return int(getattr(client.library.ports, name))


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.:{port}",
        "127.0.0.1:{port}.attacker.example",
        "127.0.0.1:{port}, attacker.example",
        "x@127.0.0.1:{port}",
    ],
)
def test_other_host_is_misdirected(port: int, name: str, host: str) -> None:
    answer = send(port, f"GET {PATHS[name]} HTTP/1.1\r\nHost: {host.format(port=port)}\r\nConnection: close\r\n\r\n")
    assert status(answer) in {"400", "421"}
    assert "<" not in answer.partition("\r\n\r\n")[2]


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_own_host_is_answered(port: int, name: str, host: str) -> None:
    answer = send(port, f"GET {PATHS[name]} HTTP/1.1\r\nHost: {host.format(port=port)}\r\nConnection: close\r\n\r\n")
    assert status(answer) == {"api": "200", "page": "200", "services": "400"}[name]  # sign-in without its parameters


@pytest.mark.parametrize(
    "head",
    [
        "GET {path} HTTP/1.1\r\n\r\n",
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: attacker.example\r\n\r\n",
        "GET http://attacker.example{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "GET {path} HTTP/1.0\r\n\r\n",
        "GET {path} HTTP/1.0\r\nHost: attacker.example\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "CONNECT attacker.example:80 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "POST {path} HTTP/1.1\r\nHost: attacker.example\r\nContent-Length: 24\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n",
    ],
)
def test_unusual_request_is_refused_once(port: int, name: str, head: str) -> None:
    answer = send(port, head.format(path=PATHS[name], port=port))
    assert status(answer) in {"400", "421", "501"}


def test_no_protocol_but_http_1_is_spoken(client: Client) -> None:
    port = client.library.ports.services
    upgrade = (
        f"GET /oauth2/authorize HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
    )
    websocket = (
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert status(send(port, upgrade)) == "400"  # as without the upgrade: the sign-in page needs parameters
    assert status(send(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) == "505"
    assert status(send(port, websocket, ends=False)) == "403"


EVIL = {"Origin": "http://attacker.example", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/x/.well-known/jwks.json?Action=ListTopics&Version=2010-03-31", {}),
        ("GET", "/x/.well-known/jwks.json?Action=DeleteStack&StackName=tintype-local", EVIL),
        ("GET", "/x/.well-known/jwks.json", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}),
        ("GET", "/x/.well-known/jwks.json", {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b/c/sqs/aws4_request"}),
        ("HEAD", "/logout?Action=CreateTopic&Name=headtopic", {}),
        ("OPTIONS", "/tintype-local-x", {**EVIL, "Access-Control-Request-Method": "POST"}),
        ("POST", "/tintype-local-x", {**EVIL, "Content-Type": "multipart/form-data; boundary=x"}),
        (
            "POST",
            "/tintype-local-x",
            {"Content-Type": "multipart/form-data; boundary=x", "X-Amz-Target": "AmazonSSM.GetParameter"},
        ),
        (
            "POST",
            "/tintype-local-originals-000000000000",
            {"Content-Type": "Multipart/Form-Data; boundary=x", "X-Amz-Target": "DynamoDB_20120810.ListTables"},
        ),
    ],
)
def test_unsigned_request_never_reaches_a_service(
    client: Client, method: str, path: str, headers: dict[str, str]
) -> None:
    port = client.library.ports.services
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    answer = send(port, f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{lines}Connection: close\r\n\r\n")
    assert status(answer).startswith("4"), answer
    assert "Access-Control-Allow-Origin" not in answer
    assert not any(word in answer for word in ("TableNames", "ListTopicsResult", "Parameter"))
