"""Clients that stall while sending a request body: answered with 408 and disconnected, so that none waits for ever.

Hypercorn itself closes connections that are idle or stall in the head of a request.
"""

import asyncio
from http import HTTPStatus

from local.http_server import STALL_SECONDS
from local.ministack.asgi import Asgi, Message, Receive, Scope, Send


class _Stalled(Exception):
    """No byte of the body has arrived for too long."""


def time_out_stalled_requests(app: Asgi, seconds: float = STALL_SECONDS) -> Asgi:
    """The app, whose requests end when no byte of their body arrives for this long; a slow body may take any time."""

    async def wrapped_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        complete = started = False

        async def receive_in_time() -> Message:
            nonlocal complete
            if complete:  # the app waits for the client to disconnect, which may take any time
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), seconds)
            except TimeoutError:
                raise _Stalled from None
            complete = not message.get("more_body", False)
            return message

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await app(scope, receive_in_time, send_and_note)
        except _Stalled:
            if not started:
                await _refuse(send)

    return wrapped_app


async def _refuse(send: Send) -> None:
    status = HTTPStatus.REQUEST_TIMEOUT
    content = f"{status.phrase}.\n".encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(content)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
