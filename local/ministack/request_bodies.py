"""Request bodies that are not read to their end, because the client stalls or the app answers early.

Either would leave a connection that is never closed. Hypercorn itself closes those that are idle or stall in the head
of a request.
"""

import asyncio
from http import HTTPStatus

from local.http_server import STALL_SECONDS
from local.ministack.asgi import Asgi, Message, Receive, Scope, Send


class _Stalled(Exception):
    """No byte of the body has arrived for too long."""


def end_unread_bodies(app: Asgi, seconds: float = STALL_SECONDS) -> Asgi:
    """The app, which may answer without reading the body, but reads nothing of it once it answers.

    A client that sends no byte of its body for this long is answered with 408; a slow body may take any time.
    """
    discarding = set[asyncio.Task[None]]()  # the loop itself does not keep tasks

    async def wrapped_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request = _Request(receive, send, seconds, discarding)
        try:
            await app(scope, request.receive, request.send)
        except _Stalled:
            if not request.answered:
                await _refuse(request.send)
        finally:
            request.discard_rest()

    return wrapped_app


class _Request:
    """The two channels of one request."""

    def __init__(self, receive: Receive, send: Send, seconds: float, discarding: set[asyncio.Task[None]]) -> None:
        self.answered = False
        self._receive = receive
        self._send = send
        self._seconds = seconds
        self._discarding = discarding
        self._complete = self._discards = False

    async def receive(self) -> Message:
        """The next message; raises _Stalled. Once the body is complete, the client may take any time to disconnect."""
        if self._complete:
            return await self._receive()
        try:
            return await asyncio.wait_for(self._receive_noting_end(), self._seconds)
        except TimeoutError:
            raise _Stalled from None

    async def send(self, message: Message) -> None:
        """Send a part of the answer, and discard what was not read of the body."""
        self.answered = True
        self.discard_rest()
        await self._send(message)

    def discard_rest(self) -> None:
        """Discard what comes: Hypercorn's queue for a body is bounded, and while it is full, nothing can be closed."""
        if not (self._complete or self._discards):
            self._discards = True
            task = asyncio.create_task(self._discard())
            self._discarding.add(task)
            task.add_done_callback(self._discarding.discard)

    async def _discard(self) -> None:
        while not self._complete:
            await self._receive_noting_end()

    async def _receive_noting_end(self) -> Message:
        message = await self._receive()
        self._complete = not message.get("more_body", False)
        return message


async def _refuse(send: Send) -> None:
    status = HTTPStatus.REQUEST_TIMEOUT
    content = f"{status.phrase}.\n".encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(content)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
