"""Hypercorn: a client that stops reading its answer is disconnected, so that its connection is not held for ever."""

import asyncio

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Event, RawData

from local.http_server import STALL_SECONDS
from local.ministack.write_watch import WriteWatch


def disconnect_stalled_readers(seconds: float = STALL_SECONDS) -> None:
    """Abort each connection that has accepted no byte of what waits to be sent for this long."""
    protocol_send, close = TCPServer.protocol_send, TCPServer._close
    watches = dict[TCPServer, WriteWatch]()

    async def send_and_watch(self: TCPServer, event: Event) -> None:
        if isinstance(event, RawData):
            watch = watches.get(self)
            if watch is None:
                watch = watches[self] = WriteWatch(asyncio.get_running_loop(), self.writer.transport, seconds)
            watch.note_written(len(event.data))
        await protocol_send(self, event)

    async def close_and_forget(self: TCPServer) -> None:
        try:
            await close(self)
        finally:
            if watch := watches.pop(self, None):
                watch.stop()

    TCPServer.protocol_send = send_and_watch
    TCPServer._close = close_and_forget
