"""An app behind the access checks, called without a server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.ministack.access.middleware import Access, check_access
from local.ministack.asgi import Receive, Scope, Send
from local.signatures.signing import Request
from tests.local.signatures.requests import NOW, SECRETS
from tests.support.event_loop import run_coroutine

PORT = 8002
PAGE = "http://127.0.0.1:8001"


def access(**changes: Any) -> Access:
    """The access to a library: one key, and a page."""
    arguments: dict[str, Any] = {
        "port": PORT,
        "region": "us-east-1",
        "secrets": SECRETS,
        "page_origins": {PAGE, "http://localhost:8001"},
        "now": lambda: NOW,
    }
    return Access(**(arguments | changes))


@dataclass
class Result:
    """What the client got, and what reached the app."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    scope: Scope | None = None
    content: bytes = b""

    @property
    def forwarded(self) -> bool:
        """Whether the app received all of the request."""
        return self.scope is not None


def send(request: Request, body: Sequence[bytes] = (b"",), *, to: Access | None = None, **scope: Any) -> Result:
    """Send the request, whose body arrives in pieces; after no piece, the client has gone."""
    result = Result()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        content, more = b"", True
        while more:
            message = await receive()
            content += message["body"]
            more = message["more_body"]
        result.scope, result.content = scope, content
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answer"})

    pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    if pieces:
        pieces[-1]["more_body"] = False

    async def receive() -> Any:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send_back(message: Any) -> None:
        if message["type"] == "http.response.start":
            result.status = message["status"]
            result.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            result.body += message["body"]

    asgi = {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query_string.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in request.headers],
    }

    async def handle() -> None:
        await check_access(app, to or access())(asgi | scope, receive, send_back)

    run_coroutine(handle)
    return result


def unsigned(
    method: str, url: str, headers: Mapping[str, str] | None = None, *, host: str = f"127.0.0.1:{PORT}"
) -> Request:
    """A request without a signature."""
    path, _, query_string = url.partition("?")
    return Request(method, path, query_string, [("host", host), *(headers or {}).items()])
