"""Messages of the local queues in one SQLite file: a message that was accepted survives a kill and a power cut.

Every change is committed and on the disk before it is answered. Messages do not expire: a laptop may be off for
longer than the retention period of a queue.

How long a received message stays hidden is counted by a clock that only this process knows, so that setting the
system's clock back hides nothing. When the file is opened again, every message is visible: whoever had received it may
be gone, and handlers must expect a message twice anyway. Receive counts survive, so a message that stops the process
that reads it still reaches the dead-letter queue.
"""

import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.database import Database, open_database

Message = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY,      -- in the order of arrival
    queue TEXT NOT NULL,             -- the queue's ARN
    content TEXT NOT NULL,           -- MiniStack's message as JSON, without the columns below
    receive_count INTEGER NOT NULL,
    first_receive_at REAL,           -- seconds since 1970
    receipt_handle TEXT UNIQUE,      -- of the latest receive
    visible_at REAL NOT NULL         -- by the monotonic clock of the process; 0 after a start
) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_queue ON messages (queue, number);
CREATE INDEX IF NOT EXISTS messages_received ON messages (queue, receive_count) WHERE receive_count > 0;
"""
COLUMNS = frozenset({"receive_count", "first_receive_at", "receipt_handle", "visible_at"})


class MessageStore:
    """The messages of all queues; safe for several threads.

    `on_arrival` is called with the queue of new messages. `monotonic` counts seconds, `now` is the time since 1970.
    """

    def __init__(
        self,
        database: Database,
        on_arrival: Callable[[str], None] = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._on_arrival = on_arrival
        self._monotonic = monotonic
        self._now = now
        with database.transaction() as connection:
            connection.execute("UPDATE messages SET visible_at = 0 WHERE visible_at != 0")

    def add(self, queue: str, messages: Sequence[Message], delay_seconds: float = 0) -> None:
        """Store messages; they become visible after the delay."""
        visible_at = self._monotonic() + delay_seconds if delay_seconds > 0 else 0
        with self._database.transaction() as connection:
            insert_messages(connection, queue, messages, visible_at)
        self._on_arrival(queue)

    def receive(self, queue: str, limit: int, visibility_seconds: float) -> list[Message]:
        """The oldest visible messages, hidden from now on, each with a new receipt handle."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT number, content, receive_count, first_receive_at FROM messages"
                " WHERE queue = ? AND visible_at <= ? ORDER BY number LIMIT ?",
                (queue, self._monotonic(), limit),
            ).fetchall()
            received = [
                json.loads(content)
                | {
                    "receipt_handle": str(uuid.uuid4()),
                    "receive_count": count + 1,
                    "first_receive_at": self._now() if first is None else first,
                }
                for _, content, count, first in rows
            ]
            connection.executemany(
                "UPDATE messages SET visible_at = ?, receipt_handle = ?, receive_count = ?, first_receive_at = ?"
                " WHERE number = ?",
                [
                    (
                        self._monotonic() + visibility_seconds,
                        message["receipt_handle"],
                        message["receive_count"],
                        message["first_receive_at"],
                        number,
                    )
                    for (number, *_), message in zip(rows, received, strict=True)
                ],
            )
        return received

    def delete(self, queue: str, receipt_handle: str) -> bool:
        """Delete the message that was last received with this receipt handle; False if there is none."""
        with self._database.transaction() as connection:
            return bool(_by_receipt(connection, "DELETE FROM messages", (), queue, receipt_handle))

    def change_visibility(self, queue: str, receipt_handle: str, seconds: float) -> bool:
        """Hide a received message for this long from now; False if it was received again or deleted."""
        visible_at = self._monotonic() + seconds if seconds > 0 else 0
        with self._database.transaction() as connection:
            found = _by_receipt(connection, "UPDATE messages SET visible_at = ?", (visible_at,), queue, receipt_handle)
        self._on_arrival(queue)
        return bool(found)

    def move_exhausted(self, queue: str, dead_letters: str, max_receives: int) -> int:
        """Move the visible messages that were received so often to the dead-letter queue; returns their number."""
        with self._database.transaction() as connection:
            moved = connection.execute(
                "UPDATE messages SET queue = ?, receipt_handle = NULL, visible_at = 0,"
                " content = json_set(content, '$.sys.DeadLetterQueueSourceArn', queue)"
                " WHERE queue = ? AND receive_count > 0 AND receive_count >= ? AND visible_at <= ?",
                (dead_letters, queue, max_receives, self._monotonic()),
            ).rowcount
        if moved:
            self._on_arrival(dead_letters)
        return moved

    def purge(self, queue: str) -> None:
        """Delete all messages of a queue."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM messages WHERE queue = ?", (queue,))

    def count(self, queue: str) -> tuple[int, int, int]:
        """The numbers of visible, received, and delayed messages."""
        hidden = "visible_at > :now AND receive_count"
        row = self._database.connection.execute(
            f"SELECT count(*), total({hidden} > 0), total({hidden} = 0) FROM messages WHERE queue = :queue",  # noqa: S608
            {"queue": queue, "now": self._monotonic()},
        ).fetchone()
        stored, received, delayed = map(int, row)
        return stored - received - delayed, received, delayed

    def seconds_until_visible(self, queue: str) -> float | None:
        """Seconds until the next message of the queue becomes visible; None without messages."""
        (visible_at,) = self._database.connection.execute(
            "SELECT min(visible_at) FROM messages WHERE queue = ?", (queue,)
        ).fetchone()
        return None if visible_at is None else max(0.0, visible_at - self._monotonic())


def import_messages(path: Path, queues: Mapping[str, Sequence[Message]]) -> int:
    """Store MiniStack's messages of each queue, by ARN, in a new file; returns their number."""
    database = open_database(path, SCHEMA, path.parent)
    store = MessageStore(database)
    for queue, messages in queues.items():
        store.add(queue, messages)
    database.close()
    return sum(map(len, queues.values()))


def insert_messages(
    connection: sqlite3.Connection, queue: str, messages: Iterable[Mapping[str, Any]], visible_at: float = 0
) -> None:
    """Insert MiniStack's messages, in order, within the current transaction."""
    connection.executemany(
        "INSERT INTO messages (queue, content, receive_count, first_receive_at, visible_at) VALUES (?, ?, ?, ?, ?)",
        [
            (
                queue,
                json.dumps({name: value for name, value in message.items() if name not in COLUMNS}),
                message.get("receive_count", 0),
                message.get("first_receive_at"),
                visible_at,
            )
            for message in messages
        ],
    )


def _by_receipt(
    connection: sqlite3.Connection, statement: str, values: tuple[float, ...], queue: str, receipt_handle: str
) -> int:
    where = " WHERE queue = ? AND receipt_handle = ?"
    return connection.execute(statement + where, (*values, queue, receipt_handle)).rowcount
