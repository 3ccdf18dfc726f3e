import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from local.ministack.asgi import Message, Receive, Scope, Send
from local.ministack.unread_bodies import discard_unread_bodies
from tests.support.event_loop import run_coroutine

PIECES = [{"type": "http.request", "body": b"piece", "more_body": True}] * 50
END = {"type": "http.request", "body": b"", "more_body": False}
GONE = {"type": "http.disconnect"}


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    """An app that does not read."""
    await send({"type": "http.response.start", "status": 403, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def read_one(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that reads a piece."""
    await receive()
    await answer(scope, receive, send)


async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError


async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that reads to the end of the body."""
    while (await receive()).get("more_body"):
        pass
    await answer(scope, receive, send)


def serve(app: Any, messages: Sequence[Message], close_on: str) -> None:
    """Serve a request as Hypercorn does: it can send a message that ends the connection once the queue has room."""

    async def request() -> None:
        queue = asyncio.Queue[Message](10)
        closed = asyncio.Event()

        async def put() -> None:
            for message in messages:
                if not closed.is_set():
                    await queue.put(message)

        async def close() -> None:
            closed.set()
            await queue.put(GONE)

        async def send(message: Message) -> None:
            if message["type"] == close_on:
                await close()

        async def end() -> None:
            try:
                await discard_unread_bodies(app)({"type": "http"}, queue.get, send)
            except ValueError:
                await close()

        await asyncio.gather(put(), end())
        while len(asyncio.all_tasks()) > 1:  # nothing waits for more
            await asyncio.sleep(0)

    run_coroutine(lambda: asyncio.wait_for(request(), 10))


@pytest.mark.parametrize("app", [answer, read_one, fail, read_all])
@pytest.mark.parametrize("close_on", ["http.response.start", "http.response.body"])
@pytest.mark.parametrize("messages", [[*PIECES, END], [END], PIECES])
def test_connection_can_be_closed_whatever_was_read(app: Any, messages: list[Message], close_on: str) -> None:
    if app is read_all and END not in messages:
        messages = [*messages, GONE]
    serve(app, messages, close_on)
