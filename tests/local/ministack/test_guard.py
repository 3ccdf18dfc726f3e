import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.ministack.guard import Receive, Scope, Send, guarded


def call(method: str, path: str, target: str = "") -> tuple[list[int], list[str], list[str]]:
    """The statuses answered, the paths the app behind saw, and what was noted as a change."""
    statuses: list[int] = []
    seen: list[str] = []
    noted: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"x-amz-target", target.encode())]}

    async def once() -> None:
        await guarded(app, lambda: noted.append(path))(scope, receive, send)

    # In a thread of its own: a browser's tests in the same process leave an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(once())).result()
    return statuses, seen, noted


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config"])
def test_what_would_erase_the_library_is_closed(path: str) -> None:
    assert call("POST", path) == ([403], [], [])


def test_what_only_tells_stays_open() -> None:
    assert call("GET", "/_ministack/health") == ([200], ["/_ministack/health"], [])


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", ""),
        ("POST", "DynamoDB_20120810.PutItem"),
        ("POST", "AmazonSQS.SendMessage"),
    ],
)
def test_a_call_that_may_change_something_is_noted(method: str, target: str) -> None:
    assert call(method, "/", target)[2] == ["/"]


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", ""), ("HEAD", ""), ("POST", "DynamoDB_20120810.Query"), ("POST", "AmazonSQS.ReceiveMessage")],
)
def test_a_call_that_only_looks_is_not(method: str, target: str) -> None:
    assert call(method, "/", target)[2] == []
