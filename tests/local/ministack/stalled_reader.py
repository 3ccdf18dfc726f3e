"""A program for MiniStack's environment: a client of Hypercorn that stops reading its answer is disconnected."""

import asyncio
import socket
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.ministack.asgi import Receive, Scope, Send
from local.ministack.lost_connections import stop_writing_when_lost
from local.ministack.stalled_readers import disconnect_stalled_readers

SECONDS = 0.1
BLOCK = bytes(1 << 20)
BLOCKS = 16  # more than the system's buffers hold


async def main() -> None:
    """Serve a client that reads nothing; exits with a traceback if its connection is held."""
    disconnect_stalled_readers(SECONDS)
    stop_writing_when_lost()
    released, stop = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-length", b"%d" % (len(BLOCK) * BLOCKS))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(BLOCKS):
            await send({"type": "http.response.body", "body": BLOCK, "more_body": True})
        released.set()

    listener = socket.create_server(("127.0.0.1", 0))
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    server: asyncio.Task[Any] = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    with socket.create_connection(listener.getsockname()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(released.wait(), 10)
    stop.set()
    await server


if __name__ == "__main__":
    asyncio.run(main())
