import asyncio
from typing import Any

import pytest

from local.ministack.write_watch import CHECKS, WriteWatch

SECONDS = 60.0
CHECK_SECONDS = SECONDS / CHECKS


class Connection:
    """A watched connection with a manual clock; `waiting` is the number of bytes that are not sent."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waiting = 0
        self.aborted = False
        self.timers: list[tuple[float, Any]] = []
        self.watch = WriteWatch(self, self, SECONDS)  # type: ignore[arg-type] # what it needs of both

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Any) -> asyncio.TimerHandle:
        self.timers.append((self.now + delay, callback))
        return self  # type: ignore[return-value]

    def cancel(self) -> None:
        self.timers.clear()

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.aborted = True

    def write(self, count: int, *, sent: int = 0) -> None:
        self.watch.note_written(count)
        self.waiting += count - sent

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while self.timers and self.timers[0][0] <= end:
            self.now, callback = self.timers.pop(0)
            callback()
        self.now = end


@pytest.fixture
def connection() -> Connection:
    return Connection()


@pytest.mark.parametrize("sent", [0, 40])
def test_connection_without_progress_is_aborted(connection: Connection, sent: int) -> None:
    connection.write(100, sent=sent)
    connection.advance(SECONDS - 1)
    assert not connection.aborted
    connection.advance(1 + CHECK_SECONDS)
    assert connection.aborted


def test_slow_connection_is_not_aborted(connection: Connection) -> None:
    connection.write(100)
    for _ in range(90):
        connection.advance(SECONDS - CHECK_SECONDS)
        connection.waiting -= 1
    assert not connection.aborted
    connection.advance(SECONDS + CHECK_SECONDS)
    assert connection.aborted


def test_writes_are_no_progress(connection: Connection) -> None:
    for _ in range(20):
        connection.write(100)
        connection.advance(CHECK_SECONDS)
    assert connection.aborted


def test_what_was_sent_before_does_not_hide_a_stall_and_has_no_timer(connection: Connection) -> None:
    connection.write(100, sent=100)
    assert len(connection.timers) == 1
    connection.advance(10 * SECONDS)
    assert (connection.aborted, connection.timers) == (False, [])
    connection.write(100)
    connection.advance(SECONDS + CHECK_SECONDS)
    assert connection.aborted


def test_closed_connection_has_no_timer(connection: Connection) -> None:
    connection.write(100)
    connection.watch.stop()
    assert connection.timers == []
    connection.watch.stop()
