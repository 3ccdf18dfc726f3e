"""Request bodies and responses over ASGI, a block at a time."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from local.ministack.asgi import Receive, Scope, Send
from local.ministack.objects.errors import entity_too_large
from local.ministack.objects.responses import FileRange, Response

Run = Callable[..., Awaitable[Any]]  # calls a function in a thread

BLOCK_BYTES = 1024 * 1024


class ClientDisconnected(Exception):
    """The client went away before its body was complete."""


class BodyReader:
    """The body of one request."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._started = False
        self.more = True

    async def read_block(self) -> bytes:
        """The next bytes, about a block of them; `more` says whether others follow."""
        self._started = True
        pieces, size = list[bytes](), 0
        while self.more and size < BLOCK_BYTES:
            message = await self._receive()
            if message["type"] != "http.request":
                raise ClientDisconnected
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            self.more = message.get("more_body", False)
        return b"".join(pieces)

    async def read_all(self, limit: int) -> bytes:
        """The whole body; raises S3Error if it is larger than the limit."""
        body = b""
        while self.more:
            body += await self.read_block()
            if len(body) > limit:
                raise entity_too_large()
        return body

    async def drain(self) -> None:
        """Discard the rest: a client that is still sending would not see the response.

        A client that waits for `100 Continue` has not sent anything yet.
        """
        waits = dict(self._scope["headers"]).get(b"expect", b"").lower() == b"100-continue"
        if self._started or not waits:
            while self.more:
                await self.read_block()

    def trailers(self) -> Mapping[str, str]:
        """The headers that followed the body."""
        trailers: Mapping[str, str] = self._scope.get("tintype.trailers") or {}
        return trailers


async def send_response(
    receive: Receive, send: Send, response: Response, extra_headers: Mapping[str, str], run: Run
) -> None:
    """Send a response; ranges of files are read in threads and sent block by block, until the client has gone."""
    headers = {"Content-Length": str(len(response.data)), **response.headers, **extra_headers}
    if response.status in {204, 304}:
        headers.pop("Content-Length", None)
    headers["x-amz-request-id"] = uuid.uuid4().hex[:16].upper()
    encoded = [(name.lower().encode("latin-1"), _encode(value)) for name, value in headers.items()]
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": encoded})
        if response.ranges and not await _send_ranges(receive, send, response.ranges, run):
            return
        await send({"type": "http.response.body", "body": response.data, "more_body": False})
    finally:
        for each in response.ranges:
            each.close()


async def _send_ranges(receive: Receive, send: Send, ranges: Sequence[FileRange], run: Run) -> bool:
    """Whether all blocks were sent; False if the client has gone. The request's body has been read before."""
    gone = asyncio.create_task(_wait_for_disconnect(receive))
    try:
        for each in ranges:
            for position in range(0, each.length, BLOCK_BYTES):
                block = await run(each.read, position, BLOCK_BYTES)
                if gone.done():
                    return False
                await send({"type": "http.response.body", "body": block, "more_body": True})
    finally:
        gone.cancel()
    return True


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _encode(value: str) -> bytes:
    # Metadata is ASCII as clients encode it; what is not is returned as it came.
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")
