import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from local.ministack.asgi import Message, Receive, Scope, Send
from local.ministack.request_timeout import time_out_stalled_requests
from tests.support.event_loop import run_coroutine

TIMEOUT = 0.2
HALF = {"type": "http.request", "body": b"half", "more_body": True}
END = {"type": "http.request", "body": b"", "more_body": False}
GONE = {"type": "http.disconnect"}


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

        await time_out_stalled_requests(app, TIMEOUT)({"type": "http"}, receive, send)

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
