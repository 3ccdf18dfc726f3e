"""Logs that are damaged behind their header: what is before the damage is there, and one line says what is lost."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from local.database import open_database
from local.database.files import index_file, log_file
from local.database.log import Log, read_log
from tests.local.database.test_database import PADDING, add, create, kill, numbers, open_at, reported

HEADER_BYTES, FRAME_BYTES, PAGE_BYTES = 32, 24, 4096
COMMITTED = list(range(1, 21))


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A database that was killed with a transaction for each of COMMITTED in its log."""
    create(tmp_path / "db", 0)
    database = open_at(tmp_path / "db")
    for number in COMMITTED:
        add(database, number)
    (tmp_path / "killed").mkdir()
    kill(database, tmp_path / "killed")
    database.close()
    return tmp_path / "killed" / "db"


def frame_at(number: int) -> int:
    """Where a frame starts, from 1."""
    return HEADER_BYTES + (number - 1) * (FRAME_BYTES + PAGE_BYTES)


def frame_count(path: Path) -> int:
    return (log_file(path).stat().st_size - HEADER_BYTES) // (FRAME_BYTES + PAGE_BYTES)


def change(path: Path, offset: int, length: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[offset : offset + length] = bytes(byte ^ 1 for byte in content[offset : offset + length])
    path.write_bytes(content)


def change_page(path: Path) -> None:
    change(log_file(path), frame_at(frame_count(path) // 2) + FRAME_BYTES + 100)


def change_frame_header(path: Path) -> None:
    change(log_file(path), frame_at(frame_count(path) // 2), FRAME_BYTES)


def change_salt(path: Path) -> None:
    change(log_file(path), frame_at(frame_count(path) // 2) + 8)


def change_middle(path: Path) -> None:
    size = log_file(path).stat().st_size
    change(log_file(path), size // 3, size // 3)


def change_first_frame(path: Path) -> None:
    change(log_file(path), frame_at(1) + FRAME_BYTES)


def cut(path: Path) -> None:
    content = log_file(path).read_bytes()
    log_file(path).write_bytes(content[: len(content) // 2])


def cut_last_byte(path: Path) -> None:
    log_file(path).write_bytes(log_file(path).read_bytes()[:-1])


def change_last_frame(path: Path) -> None:
    change(log_file(path), frame_at(frame_count(path)) + FRAME_BYTES)


WITH_LATER_FRAMES = [change_page, change_frame_header, change_salt, change_middle, change_first_frame]
AT_THE_END = [cut, cut_last_byte, change_last_frame]


@pytest.mark.parametrize("damage", [*WITH_LATER_FRAMES, *AT_THE_END])
def test_lost_transactions_are_reported_and_the_others_are_there(
    damage: Callable[[Path], None], killed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(killed)
    left = log_file(killed).read_bytes()
    database = open_at(killed)
    found = numbers(database)
    assert found == list(range(len(found)))
    assert len(found) <= len(COMMITTED)
    (line,) = reported(capsys)
    assert line.startswith("damaged: db-wal is damaged: at least ")
    assert 1 <= int(line.split()[6]) <= len(COMMITTED) + 1 - len(found)
    (moved,) = (killed.parent / "damaged").iterdir()
    assert moved.read_bytes() == left
    assert str(moved) in line
    database.close()
    open_at(killed).close()
    assert reported(capsys) == []


@pytest.mark.parametrize("damage", WITH_LATER_FRAMES)
def test_later_transactions_are_found_without_the_index(damage: Callable[[Path], None], killed: Path) -> None:
    damage(killed)
    index_file(killed).unlink()
    log = read_log(log_file(killed), index_file(killed))
    assert log.lost


@pytest.mark.parametrize("damage", AT_THE_END)
def test_log_without_its_end_and_without_the_index_looks_unfinished(
    damage: Callable[[Path], None], killed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(killed)
    index_file(killed).write_bytes(b"")
    database = open_at(killed)
    found = numbers(database)
    assert found == list(range(len(found)))
    assert reported(capsys) == []
    database.close()


def test_damage_is_not_reported_again_after_the_next_kill(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_page(killed)
    database = open_at(killed)
    add(database, 100)
    (killed.parent / "again").mkdir()
    kill(database, killed.parent / "again")
    assert len(reported(capsys)) == 1
    assert numbers(open_at(killed.parent / "again" / "db"))[-1] == 100
    assert reported(capsys) == []


def test_kill_at_the_start_before_the_first_commit_is_no_damage(
    killed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        open_database(killed, "not SQL", killed.parent / "damaged")
    assert not log_file(killed).exists() or not log_file(killed).stat().st_size
    assert numbers(open_at(killed)) == [0, *COMMITTED]
    assert reported(capsys) == []


def test_log_whose_damaged_frames_are_in_the_file_is_not_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create(tmp_path / "db", 0)
    database = open_at(tmp_path / "db")
    for number in COMMITTED:
        add(database, number)
    database.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    (tmp_path / "killed").mkdir()
    kill(database, tmp_path / "killed")
    path = tmp_path / "killed" / "db"
    change_page(path)
    assert read_log(log_file(path), index_file(path)) == Log(usable=False, replayed=0, lost=0)
    assert numbers(open_at(path)) == [0, *COMMITTED]
    (line,) = reported(capsys)
    assert "nothing is lost" in line


def test_transactions_that_were_rolled_back_or_not_finished_are_no_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "db"
    create(path, 0)
    database = open_at(path)
    database.connection.execute("PRAGMA cache_size = 1")  # pages go to the log before the commit
    add(database, *range(1000, 1200))
    for number in (-1, -2):
        database.connection.execute("BEGIN")
        database.connection.executemany("INSERT INTO numbers VALUES (?, ?)", [(n, PADDING) for n in range(1, 900)])
        database.connection.execute("ROLLBACK")
        add(database, number)
    database.connection.execute("BEGIN")
    database.connection.executemany("INSERT INTO numbers VALUES (?, ?)", [(n, PADDING) for n in range(1, 400)])
    (tmp_path / "killed").mkdir()
    kill(database, tmp_path / "killed")
    index_file(tmp_path / "killed" / "db").unlink()
    assert numbers(open_at(tmp_path / "killed" / "db")) == [-2, -1, 0, *range(1000, 1200)]
    assert reported(capsys) == []


def test_log_after_a_restart_still_holds_older_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "db"
    create(path, 0)
    database = open_at(path)
    for number in COMMITTED:
        add(database, number)
    database.connection.execute("PRAGMA wal_checkpoint(RESTART)")
    add(database, 21)
    (tmp_path / "killed").mkdir()
    kill(database, tmp_path / "killed")
    killed = tmp_path / "killed" / "db"
    log = read_log(log_file(killed), index_file(killed))
    assert log == Log(usable=True, replayed=1, lost=0)
    assert frame_count(killed) > 20
    assert numbers(open_at(killed)) == [0, *COMMITTED, 21]
    assert reported(capsys) == []


def test_transaction_torn_by_a_power_cut_is_no_damage(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Frames of the last transaction reach the disk in any order before it is synced, and FILE-shm is older."""
    before = killed.parent / "before"
    shutil.copy2(index_file(killed), before)
    with closing(sqlite3.connect(killed)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        committed = frame_count(killed)
        connection.executemany("INSERT INTO numbers VALUES (?, ?)", [(n, PADDING) for n in range(1000, 1100)])
        connection.commit()
        (killed.parent / "torn").mkdir()
        for file in killed.parent.glob("db*"):
            shutil.copy2(file, killed.parent / "torn")
    torn = killed.parent / "torn" / "db"
    shutil.copy2(before, index_file(torn))
    change(log_file(torn), frame_at(committed + 1), FRAME_BYTES + PAGE_BYTES)
    assert numbers(open_at(torn)) == [0, *COMMITTED]
    assert reported(capsys) == []


def test_reading_agrees_with_sqlite(killed: Path) -> None:
    for number in range(1, frame_count(killed) + 1, 7):
        copy = killed.parent / str(number) / "db"
        copy.parent.mkdir()
        for file in killed.parent.glob("db*"):
            shutil.copy2(file, copy.parent)
        change(log_file(copy), frame_at(number) + FRAME_BYTES)
        log = read_log(log_file(copy), index_file(copy))
        with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
            found = len(connection.execute("SELECT number FROM numbers").fetchall())
        # The first transaction of a run counts it; the first row was there before.
        assert log.replayed == (found if number > 1 else 0), number
        assert log.usable
