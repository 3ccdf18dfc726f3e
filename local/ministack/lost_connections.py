"""Hypercorn: nothing is written to a connection whose client has gone."""

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Closed, Event, RawData


def stop_writing_when_lost() -> None:
    """Write nothing to a lost connection.

    asyncio raises the same exception for each write to it: its traceback would grow, and keep the data of each.
    """
    protocol_send = TCPServer.protocol_send

    async def send_while_open(self: TCPServer, event: Event) -> None:
        if isinstance(event, RawData) and self.writer.transport.is_closing():
            await self.protocol.handle(Closed())
            return
        await protocol_send(self, event)
        if error := self.reader.exception():
            error.__traceback__ = None

    TCPServer.protocol_send = send_while_open
