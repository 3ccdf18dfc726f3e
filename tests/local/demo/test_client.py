import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local.demo.client import Answer, LibraryClient, wait_seconds
from local.demo.photos import DemoPhoto
from local.errors import UserError
from local.ports import HOST, free_ports

PHOTO = DemoPhoto("lake-000001.jpg", b"pixels", "lake", ["mountain"], public=False)


@dataclass
class Server:
    """Answers requests with these responses in turn: status, headers, JSON."""

    responses: list[tuple[int, dict[str, str], object]]
    requests: list[tuple[str, str, str, bytes]] = field(default_factory=list)  # method, path, authorization, body
    port: int = 0


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server([])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            state.requests.append((self.command, self.path, self.headers.get("Authorization", ""), body))
            status, headers, content = state.responses[len(state.requests) - 1]
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as http_server:
        state.port = http_server.server_port
        threading.Thread(target=http_server.serve_forever, args=[0.02], daemon=True).start()
        yield state
        http_server.shutdown()


def ticket(server: Server) -> dict[str, object]:
    return {"photo_id": "p1", "upload": {"url": f"http://{HOST}:{server.port}/bucket", "fields": {"key": "uploads/1"}}}


def test_upload_requests_a_ticket_and_sends_the_file_to_its_url(server: Server) -> None:
    server.responses = [(201, {}, ticket(server)), (204, {}, None)]
    assert LibraryClient(server.port, lambda: "token").upload(PHOTO) == "p1"
    (_, path, authorization, metadata), (_, bucket, anonymous, form) = server.requests
    assert (path, authorization) == ("/uploads", "Bearer token")
    assert json.loads(metadata) == {
        "filename": PHOTO.filename,
        "bytes": 6,
        "sha256": sha256(b"pixels").hexdigest(),
        "label": "lake",
        "tags": ["mountain"],
        "status": "private",
    }
    assert (bucket, anonymous) == ("/bucket", "")
    assert b'name="key"\r\n\r\nuploads/1\r\n' in form
    assert form.index(b"uploads/1") < form.index(b"pixels")


def test_bytes_that_the_library_has_are_not_sent_again(server: Server) -> None:
    server.responses = [(200, {}, {"duplicate_of": "p0"})]
    assert LibraryClient(server.port, lambda: "token").upload(PHOTO) is None
    assert len(server.requests) == 1


def test_busy_library_is_asked_again_after_the_time_it_names(server: Server) -> None:
    server.responses = [(429, {"Retry-After": "7"}, {}), (503, {}, {}), (200, {}, {"items": []})]
    waited: list[float] = []
    assert LibraryClient(server.port, lambda: "token", waited.append).request("GET", "/photos") == {"items": []}
    assert waited == [7.0, 1.0]


def test_wait_is_limited() -> None:
    assert wait_seconds(Answer(429, {"retry-after": "86400"}, b"")) == 30.0
    assert wait_seconds(Answer(429, {"retry-after": "soon"}, b"")) == 1.0


def test_expired_token_is_renewed(server: Server) -> None:
    server.responses = [(401, {}, {"error": "expired"}), (200, {}, {})]
    tokens = iter(["old", "new"])
    LibraryClient(server.port, lambda: next(tokens)).request("GET", "/photos")
    assert [authorization for _, _, authorization, _ in server.requests] == ["Bearer old", "Bearer new"]


def test_error_names_status_and_reason(server: Server) -> None:
    server.responses = [(507, {}, {"error": "The disk is full."})]
    with pytest.raises(UserError, match=r"507: The disk is full\."):
        LibraryClient(server.port, lambda: "token").upload(PHOTO)


def test_missing_library_is_an_error_of_one_line() -> None:
    (port,) = free_ports()
    with pytest.raises(UserError, match=f"port {port}"):
        LibraryClient(port, lambda: "token").request("GET", "/photos")


def test_lists_are_read_to_the_end(server: Server) -> None:
    server.responses = [
        (200, {}, {"items": [{"n": 1}], "cursor": "c"}),
        (200, {}, {"items": [{"n": 2}], "cursor": None}),
    ]
    assert list(LibraryClient(server.port, lambda: "token").list_all("/photos?scope=mine")) == [{"n": 1}, {"n": 2}]
    assert [path for _, path, _, _ in server.requests] == [
        "/photos?scope=mine&limit=100",
        "/photos?scope=mine&limit=100&cursor=c",
    ]
