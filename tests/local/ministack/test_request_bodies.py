import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from local.ministack.asgi import Message, Receive, Scope, Send
from local.ministack.request_bodies import end_unread_bodies
from tests.support.event_loop import run_coroutine

TIMEOUT = 0.2
HALF = {"type": "http.request", "body": b"half", "more_body": True}
END = {"type": "http.request", "body": b"", "more_body": False}
GONE = {"type": "http.disconnect"}
PIECES = [{"type": "http.request", "body": b"piece", "more_body": True}] * 50


async def read_body(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers when the body is complete."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def wait_for_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that reads until the client has gone, then answers."""
    while (await receive())["type"] != "http.disconnect":
        pass
    await read_body(scope, receive, send)


async def answer_early(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers, then reads the body."""
    await send({"type": "http.response.start", "status": 403, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    await read_body(scope, receive, send)


def respond(app: Any, arrivals: Sequence[tuple[float, Message]]) -> list[Message]:
    """What the app sends; each message of the request arrives some seconds after the one before, then nothing."""
    sent: list[Message] = []

    async def send_request() -> None:
        left = list(arrivals)

        async def receive() -> Message:
            if not left:
                await asyncio.Event().wait()
            await asyncio.sleep(left[0][0])
            return left.pop(0)[1]

        async def send(message: Message) -> None:
            sent.append(message)

        await end_unread_bodies(app, TIMEOUT)({"type": "http"}, receive, send)

    run_coroutine(lambda: asyncio.wait_for(send_request(), 10))
    return sent


def status(messages: Sequence[Message]) -> list[int]:
    return [message["status"] for message in messages if message["type"] == "http.response.start"]


@pytest.mark.parametrize("arrivals", [[], [(0, HALF)], [(0, HALF), (0, HALF)]])
def test_stalled_body_gets_408_and_is_disconnected(arrivals: list[tuple[float, Message]]) -> None:
    messages = respond(read_body, arrivals)
    assert status(messages) == [408]
    assert (b"connection", b"close") in messages[0]["headers"]


def test_slow_body_is_received() -> None:
    assert status(respond(read_body, [(TIMEOUT / 4, HALF)] * 8 + [(0, END)])) == [200]


def test_complete_request_may_wait_for_its_answer() -> None:
    assert status(respond(wait_for_disconnect, [(0, END), (2 * TIMEOUT, GONE), (0, END)])) == [200]


def test_second_answer_is_not_sent() -> None:
    assert status(respond(answer_early, [(0, HALF)])) == [403]


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
                await end_unread_bodies(app)({"type": "http"}, queue.get, send)
            except ValueError:
                await close()

        await asyncio.gather(put(), end())
        while len(asyncio.all_tasks()) > 1:  # nothing waits for more
            await asyncio.sleep(0)

    run_coroutine(lambda: asyncio.wait_for(request(), 10))


@pytest.mark.parametrize("app", [answer, read_one, fail, read_body])
@pytest.mark.parametrize("close_on", ["http.response.start", "http.response.body"])
@pytest.mark.parametrize("messages", [[*PIECES, END], [END], PIECES])
def test_connection_can_be_closed_whatever_was_read(app: Any, messages: list[Message], close_on: str) -> None:
    if app is read_body and END not in messages:
        messages = [*messages, GONE]
    serve(app, messages, close_on)
