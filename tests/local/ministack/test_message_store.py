"""The store of queue messages: what survives, in which order messages come, and that the wall clock does not matter."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.database import Database, open_database
from local.ministack.message_store import SCHEMA, MessageStore, import_messages

QUEUE, DEAD_LETTERS = "arn:aws:sqs:us-east-1:000000000000:bundles", "arn:aws:sqs:us-east-1:000000000000:dead"


class Clock:
    """Seconds of a monotonic clock and of the wall clock."""

    def __init__(self) -> None:
        self.monotonic = 1000.0
        self.now = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


def open_messages(folder: Path) -> Database:
    return open_database(folder / "queues.sqlite", SCHEMA, folder / "damaged")


@pytest.fixture
def open_store(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], MessageStore]]:
    """A function that opens the same file again, as a new process does."""
    databases: list[Database] = []

    def reopen() -> MessageStore:
        if databases:
            databases[-1].close()
        databases.append(open_messages(tmp_path))
        return MessageStore(databases[-1], monotonic=lambda: clock.monotonic, now=lambda: clock.now)

    yield reopen
    databases[-1].close()


@pytest.fixture
def store(open_store: Callable[[], MessageStore]) -> MessageStore:
    return open_store()


def message(body: str) -> dict[str, object]:
    return {"id": body, "body": body, "receive_count": 0, "visible_at": 5, "receipt_handle": None, "sys": {}}


def bodies(store: MessageStore, limit: int = 10, visibility: float = 70) -> list[str]:
    return [received["body"] for received in store.receive(QUEUE, limit, visibility)]


def test_messages_come_in_order_and_only_once(store: MessageStore) -> None:
    store.add(QUEUE, [message("one"), message("two")])
    store.add(QUEUE, [message("three")])
    assert bodies(store, 2) == ["one", "two"]
    assert bodies(store) == ["three"]
    assert bodies(store) == []


def test_added_message_survives_process_that_is_killed(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from local.database import open_database
from local.ministack.message_store import SCHEMA, MessageStore
folder = Path(sys.argv[1])
store = MessageStore(open_database(folder / "queues.sqlite", SCHEMA, folder / "damaged"))
store.add("queue", [{"id": "1", "body": "accepted"}])
store.add("queue", [{"id": "2", "body": "received"}])
store.receive("queue", 1, 60)
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    database = open_messages(tmp_path)
    received = MessageStore(database).receive("queue", 10, 60)
    assert [(message["body"], message["receive_count"]) for message in received] == [("accepted", 2), ("received", 1)]
    database.close()


def test_failed_addition_is_undone(store: MessageStore) -> None:
    with pytest.raises(sqlite3.Error):
        store.add(QUEUE, [message("one"), {**message("two"), "receive_count": None}])
    assert store.count(QUEUE) == (0, 0, 0)


def test_received_message_is_hidden_for_visibility_timeout(store: MessageStore, clock: Clock) -> None:
    store.add(QUEUE, [message("one")])
    bodies(store)
    assert store.count(QUEUE) == (0, 1, 0)
    clock.monotonic += 69.9
    assert bodies(store) == []
    clock.monotonic += 0.1
    assert bodies(store) == ["one"]


def test_clock_set_back_hides_nothing(store: MessageStore, clock: Clock) -> None:
    store.add(QUEUE, [message("received"), message("new")])
    bodies(store, 1)
    clock.now -= 3600
    store.add(QUEUE, [message("newer")])
    assert bodies(store) == ["new", "newer"]
    clock.monotonic += 70
    assert bodies(store) == ["received", "new", "newer"]


def test_messages_in_flight_are_visible_after_restart(open_store: Callable[[], MessageStore], clock: Clock) -> None:
    before = open_store()
    before.add(QUEUE, [message("one")])
    bodies(before, visibility=3600)
    clock.monotonic = 3.0  # the machine was restarted, too
    (received,) = open_store().receive(QUEUE, 10, 70)
    assert (received["body"], received["receive_count"]) == ("one", 2)


def test_delayed_message(store: MessageStore, clock: Clock) -> None:
    store.add(QUEUE, [message("one")], delay_seconds=30)
    assert store.count(QUEUE) == (0, 0, 1)
    assert store.seconds_until_visible(QUEUE) == 30
    assert bodies(store) == []
    clock.monotonic += 30
    assert bodies(store) == ["one"]


def test_delete_takes_latest_receipt_handle_only(store: MessageStore, clock: Clock) -> None:
    store.add(QUEUE, [message("one")])
    (first,) = store.receive(QUEUE, 1, 70)
    clock.monotonic += 70
    (second,) = store.receive(QUEUE, 1, 70)
    assert not store.delete(QUEUE, first["receipt_handle"])
    assert not store.delete(DEAD_LETTERS, second["receipt_handle"])
    assert store.delete(QUEUE, second["receipt_handle"])
    assert store.count(QUEUE) == (0, 0, 0)


def test_change_visibility(store: MessageStore, clock: Clock) -> None:
    store.add(QUEUE, [message("one")])
    (received,) = store.receive(QUEUE, 1, 70)
    assert store.change_visibility(QUEUE, received["receipt_handle"], 10)
    clock.monotonic += 10
    assert bodies(store) == ["one"]
    assert not store.change_visibility(QUEUE, received["receipt_handle"], 0)


def test_exhausted_message_moves_to_dead_letters(open_store: Callable[[], MessageStore]) -> None:
    store = open_store()
    store.add(QUEUE, [message("poison"), message("fine")])
    for _ in range(3):
        assert store.move_exhausted(QUEUE, DEAD_LETTERS, 3) == 0
        (received,) = store.receive(QUEUE, 1, 70)
        assert received["body"] == "poison"
        store = open_store()  # it kills the process each time
    assert store.move_exhausted(QUEUE, DEAD_LETTERS, 3) == 1
    assert bodies(store) == ["fine"]
    (dead,) = store.receive(DEAD_LETTERS, 10, 70)
    assert (dead["body"], dead["sys"]["DeadLetterQueueSourceArn"]) == ("poison", QUEUE)


def test_message_in_flight_is_not_moved(store: MessageStore) -> None:
    store.add(QUEUE, [message("one")])
    bodies(store)
    assert store.move_exhausted(QUEUE, DEAD_LETTERS, 1) == 0


def test_purge(store: MessageStore) -> None:
    store.add(QUEUE, [message("one")])
    store.add(DEAD_LETTERS, [message("two")])
    store.purge(QUEUE)
    assert (store.count(QUEUE), store.count(DEAD_LETTERS)) == ((0, 0, 0), (1, 0, 0))


def test_import_keeps_receive_counts(tmp_path: Path) -> None:
    old = {"id": "1", "body": "one", "receive_count": 2, "first_receive_at": 5.0, "visible_at": 1e12}
    assert import_messages(tmp_path / "queues.sqlite", {QUEUE: [old], DEAD_LETTERS: []}) == 1
    database = open_messages(tmp_path)
    (received,) = MessageStore(database).receive(QUEUE, 10, 70)
    assert (received["body"], received["receive_count"], received["first_receive_at"]) == ("one", 3, 5.0)
    database.close()


def test_arrivals_are_announced(tmp_path: Path) -> None:
    announced: list[str] = []
    database = open_messages(tmp_path)
    MessageStore(database, announced.append).add(QUEUE, [message("one")])
    assert announced == [QUEUE]
    database.close()


def test_receive_reads_no_more_of_a_long_queue_than_of_a_short_one(store: MessageStore) -> None:
    store.add(QUEUE, [message(str(number)) for number in range(2000)])
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    store._database.connection.set_progress_handler(count, 100)
    assert bodies(store, 1) == ["0"]
    store.move_exhausted(QUEUE, DEAD_LETTERS, 3)
    assert steps < 5
