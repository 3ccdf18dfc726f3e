"""Watches whether what was written to a connection is also sent."""

import asyncio

CHECKS = 4  # in the time after which a transport is aborted


class WriteWatch:
    """Aborts a transport that has bytes to send, but has sent none of them for some seconds, or up to a quarter more.

    It has one timer while there are bytes to send, whatever the number of writes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.WriteTransport, seconds: float) -> None:
        self._loop = loop
        self._transport = transport
        self._seconds = seconds
        self._written = self._sent = 0
        self._progress_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def note_written(self, count: int) -> None:
        """Note that this many bytes are about to be written."""
        if self._timer is None:
            self._sent = self._written
            self._progress_at = self._loop.time()
            self._start()
        self._written += count

    def stop(self) -> None:
        """End the watch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self._timer = self._loop.call_later(self._seconds / CHECKS, self._check)

    def _check(self) -> None:
        self._timer = None
        waiting = self._transport.get_write_buffer_size()
        sent, now = self._written - waiting, self._loop.time()
        if sent != self._sent:
            self._sent, self._progress_at = sent, now
        if not waiting:
            return
        if now - self._progress_at >= self._seconds:
            self._transport.abort()
        else:
            self._start()
