from typing import Any

import pytest

from local.ministack.asgi import Receive, Scope, Send
from local.ministack.guard import guard
from tests.support.event_loop import run_coroutine


def send_request(method: str, path: str) -> tuple[list[int], list[str]]:
    """The response statuses and the paths that reached the app."""
    statuses: list[int] = []
    forwarded: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        forwarded.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": method, "path": path, "headers": []}

    async def once() -> None:
        await guard(app)(scope, receive, send)

    run_coroutine(once)
    return statuses, forwarded


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config"])
def test_destructive_endpoint_is_forbidden(path: str) -> None:
    assert send_request("POST", path) == ([403], [])


def test_get_request_is_forwarded() -> None:
    assert send_request("GET", "/_ministack/health") == ([200], ["/_ministack/health"])
