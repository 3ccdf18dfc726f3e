import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from local.data_dir import PROJECT
from local.database import DAMAGED, Database, UnusableDatabase, damage, files, open_database
from local.database.files import copy_database, copy_file, digest_file, log_file, state_file

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY, padding TEXT)"
PADDING = "x" * 200
TIMEOUT_SECONDS = 120
COMMIT_FOREVER = """
import itertools, pathlib, sys
from local.database import open_database
path = pathlib.Path(sys.argv[1])
database = open_database(path, sys.argv[2], path.parent / "damaged")
(last,) = database.connection.execute("SELECT coalesce(max(number), 0) FROM numbers").fetchone()
for number in itertools.count(last + 1):
    with database.transaction() as connection:
        connection.execute("INSERT INTO numbers VALUES (?, 'x')", (number,))
    print(number, flush=True)
"""


def open_at(path: Path) -> Database:
    return open_database(path, SCHEMA, path.parent / "damaged")


def add(database: Database, *numbers: int) -> None:
    with database.transaction() as connection:
        connection.executemany("INSERT INTO numbers VALUES (?, ?)", [(number, PADDING) for number in numbers])


def numbers(database: Database) -> list[int]:
    return [number for (number,) in database.connection.execute("SELECT number FROM numbers ORDER BY number")]


def create(path: Path, *committed: int) -> None:
    """A closed database."""
    database = open_at(path)
    add(database, *committed)
    database.close()


def kill(database: Database, target: Path) -> None:
    """Copy the files as they are on the disk at this moment, which is what a killed process leaves."""
    for file in database.path.parent.glob(f"{database.path.name}*"):
        shutil.copy2(file, target)


def reported(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith(DAMAGED)]


def test_commits_are_synced(tmp_path: Path) -> None:
    database = open_at(tmp_path / "db")
    assert database.connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert database.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.connection.execute("PRAGMA fullfsync").fetchone() == (1,)
    database.close()


def test_transaction_is_one_commit(tmp_path: Path) -> None:
    database = open_at(tmp_path / "db")
    with pytest.raises(sqlite3.IntegrityError):
        add(database, 1, 2, 1)
    assert numbers(database) == []
    with suppress(KeyError), database.transaction():
        add(database, 3)  # joins the outer one
        raise KeyError
    assert numbers(database) == []
    add(database, 4)
    database.close()
    assert numbers(open_at(tmp_path / "db")) == [4]


def test_transactions_of_threads_are_separate(tmp_path: Path) -> None:
    database = open_at(tmp_path / "db")
    other = threading.Thread(target=lambda: add(database, 2))
    with suppress(KeyError), database.transaction():
        add(database, 1)
        other.start()
        raise KeyError
    other.join()
    assert numbers(database) == [2]
    database.close()


def test_new_and_closed_databases_are_no_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create(tmp_path / "db", 1)
    (tmp_path / "interrupted").touch()  # killed between the creation of the file and its first byte
    database, interrupted = open_at(tmp_path / "db"), open_at(tmp_path / "interrupted")
    assert numbers(database) == [1]
    assert numbers(interrupted) == []
    database.close()
    open_at(tmp_path / "db").close()  # without a change
    assert numbers(open_at(tmp_path / "db")) == [1]
    assert reported(capsys) == []


def test_commits_survive_a_kill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "killed").mkdir()
    database = open_at(tmp_path / "db")
    add(database, 1)
    database.connection.execute("BEGIN")
    database.connection.execute("INSERT INTO numbers VALUES (2, '')")
    kill(database, tmp_path / "killed")
    assert numbers(open_at(tmp_path / "killed" / "db")) == [1]
    assert reported(capsys) == []


def test_kill_at_any_moment_loses_no_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = 0
    for round_number in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", COMMIT_FOREVER, str(tmp_path / "db"), SCHEMA],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(7 * round_number + 1):
            last = int(process.stdout.readline())
        process.kill()
        last = max([last, *(int(line) for line in process.stdout.read().split())])
        process.wait()
        process.stdout.close()
        database = open_at(tmp_path / "db")
        found = numbers(database)
        database.close()
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= last
    assert reported(capsys) == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble_start(path: Path) -> None:
    path.write_bytes(b"?" * 100 + path.read_bytes()[100:])


def garble_value(path: Path) -> None:
    """Change bytes that belong to a row's value: SQLite's integrity check accepts that."""
    path.write_bytes(path.read_bytes().replace(b"xxxx", b"yyyy", 1))


DAMAGES = (cut, empty, garble_start, garble_value, Path.unlink)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_replaced_by_the_copy(
    damage: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "db"
    create(path, *range(200))
    damage(path)
    left = path.read_bytes() if path.exists() else None
    database = open_at(path)
    assert numbers(database) == list(range(200))
    (line,) = reported(capsys)
    assert "using the copy of" in line
    moved = [file for file in (tmp_path / "damaged").glob("*") if file.name.startswith("db.")]
    assert [file.read_bytes() for file in moved] == ([] if left is None else [left])
    add(database, 200)
    database.close()
    assert numbers(open_at(path)) == list(range(201))
    assert reported(capsys) == []


@pytest.mark.parametrize("damage", [cut, empty, garble_start, Path.unlink])
def test_file_damaged_after_a_kill_is_replaced_by_the_copy(
    damage: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create(tmp_path / "db", *range(200))
    database = open_at(tmp_path / "db")
    add(database, 200)
    (tmp_path / "killed").mkdir()
    kill(database, tmp_path / "killed")
    damage(tmp_path / "killed" / "db")
    assert numbers(open_at(tmp_path / "killed" / "db")) == list(range(200))
    assert len(reported(capsys)) == 1
    assert any(file.name.startswith("db-wal") for file in (tmp_path / "killed" / "damaged").iterdir())


@pytest.mark.parametrize("damage", [empty, garble_start, Path.unlink])
def test_damaged_log_is_reported(
    damage: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create(tmp_path / "db", 1)
    database = open_at(tmp_path / "db")
    add(database, 2)
    (tmp_path / "killed").mkdir()
    kill(database, tmp_path / "killed")
    damage(log_file(tmp_path / "killed" / "db"))
    reopened = open_at(tmp_path / "killed" / "db")
    assert numbers(reopened) == [1]
    (line,) = reported(capsys)
    assert "db-wal" in line
    assert "are lost" in line
    reopened.close()


def digest_of_copy(path: Path) -> Path:
    return digest_file(copy_file(path))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("other_file", [state_file, digest_of_copy])
def test_damage_of_other_files_loses_nothing(
    other_file: Callable[[Path], Path],
    damage: Callable[[Path], object],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "db"
    create(path, 1)
    damage(other_file(path))
    database = open_at(path)
    assert numbers(database) == [1]
    database.close()
    assert numbers(open_at(path)) == [1]
    assert [line for line in reported(capsys) if "using the copy" not in line] == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_copy_is_reported_and_renewed(
    damage: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "db"
    create(path, *range(200))
    damage(copy_file(path))
    left = copy_file(path).read_bytes() if copy_file(path).exists() else None
    database = open_at(path)
    assert numbers(database) == list(range(200))
    database.close()  # the copy is checked while the database is in use already
    (line,) = reported(capsys)
    assert line.startswith("damaged: db.previous is ")
    assert "a new copy is made" in line
    assert [file.read_bytes() for file in (tmp_path / "damaged").glob("*")] == ([] if left is None else [left])
    cut(path)
    assert numbers(open_at(path)) == list(range(200))  # from the new copy


@pytest.mark.parametrize("digests", ["", "0" * 64 + "\n", "0" * 128 + "\n", "?"])
def test_copy_is_intact_after_a_kill_while_it_was_replaced(
    digests: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "db"
    create(path, 1)
    known = digest_of_copy(path).read_text()
    digest_of_copy(path).write_text(f"{known}{digests}" if digests.endswith("\n") else digests)
    database = open_at(path)
    database.copy()
    database.close()
    again = open_at(path)
    assert numbers(again) == [1]
    again.close()
    assert reported(capsys) == []


def test_copy_that_could_not_be_renewed_is_made_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "db"
    create(path, 1)
    cut(copy_file(path))
    os.utime(copy_file(path), (time.time() + 60,) * 2)  # newer than the file: nothing has changed since
    with monkeypatch.context() as patched:

        def fail(*_: object) -> None:
            raise OSError("No space left on device")

        patched.setattr("local.database.database.copy_database", fail)
        database = open_at(path)
        while not list((tmp_path / "damaged").glob("*")):
            time.sleep(0.01)
        database._closing.set()
        database._copier.join()
    assert not copy_file(path).exists()
    database.close()
    assert copy_file(path).exists()


def test_copy_that_cannot_be_read_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "db"
    create(path, 1)
    before = copy_file(path).stat().st_ino

    def fail(*_: object) -> bool:
        raise OSError("Input/output error")

    monkeypatch.setattr(damage, "repair_copy", fail)
    database = open_at(path)
    database._closing.set()
    database._copier.join()
    assert capsys.readouterr().out == "db.previous could not be read: Input/output error\n"
    assert copy_file(path).stat().st_ino != before
    database.close()


def test_start_does_not_wait_for_the_check_of_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "db"
    create(path, 1)
    hashed: list[Path] = []
    digest = files.digest

    def remember(file: Path, algorithm: str) -> str:
        hashed.append(file)
        return digest(file, algorithm)

    monkeypatch.setattr(files, "digest", remember)
    damage.repair(path, tmp_path / "damaged")
    assert hashed == [path]


def test_digests_of_an_earlier_version_are_recognized(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "db"
    create(path, 1)
    state_file(path).write_text(f"closed {files.digest(path, 'blake2b')}\n")
    digest_of_copy(path).write_text(f"{files.digest(copy_file(path), 'blake2b')}\n")
    database = open_at(path)
    assert numbers(database) == [1]
    database.close()
    assert reported(capsys) == []
    garble_value(path)
    state_file(path).write_text(state_file(path).read_text()[:7] + "0" * 128)
    assert numbers(open_at(path)) == [1]  # from the copy
    (line,) = reported(capsys)
    assert line.startswith("damaged: db has changed since it was closed: using the copy")


@pytest.mark.parametrize("damage", [cut, empty, garble_start, Path.unlink])
@pytest.mark.parametrize("copy_damage", DAMAGES)
@pytest.mark.parametrize("killed", [False, True])
def test_database_without_a_readable_copy_is_refused_and_left_unchanged(
    damage: Callable[[Path], object],
    copy_damage: Callable[[Path], object],
    killed: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "db"
    create(path, *range(200))
    if killed:
        add(open_at(path), 200)
        path = tmp_path / "killed" / "db"
        path.parent.mkdir()
        for file in tmp_path.glob("db*"):
            shutil.copy2(file, path.parent)
    damage(path)
    copy_damage(copy_file(path))
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if not file.name.endswith("-shm")}
    for _ in range(2):
        with pytest.raises(UnusableDatabase) as refused:
            open_at(path)
        (line,) = str(refused.value).splitlines()
        assert line.startswith(f"damaged: {path} ")
        assert "db.previous" in line
        assert "back from a backup" in line
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if not file.name.endswith("-shm")} == before
    assert reported(capsys) == []


def test_readable_file_that_has_changed_is_used_if_its_copy_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "db"
    create(path, *range(200))
    garble_value(path)
    garble_start(copy_file(path))
    database = open_at(path)
    assert numbers(database) == list(range(200))
    database.close()
    (line,) = reported(capsys)
    assert line.startswith("damaged: db has changed since it was closed, and its copy is damaged")
    assert "some of its content may be wrong" in line


def test_damaged_database_never_replaces_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "db"
    create(path, *range(200))
    before = copy_file(path).read_bytes()
    cut(path)
    with pytest.raises(sqlite3.DatabaseError):
        copy_database(path, copy_file(path))
    assert copy_file(path).read_bytes() == before


def test_copies_are_made_while_there_are_changes(tmp_path: Path) -> None:
    path = tmp_path / "db"
    database = open_database(path, SCHEMA, tmp_path / "damaged", copy_interval_seconds=0.01)
    add(database, 1)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while PADDING.encode() not in copy_file(path).read_bytes():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    database.close()


def test_change_committed_after_a_copy_is_copied_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "db"
    database = open_at(path)
    copy = threading.Thread(target=database.copy)
    with database.transaction() as connection:
        connection.execute("INSERT INTO numbers VALUES (1, ?)", (PADDING,))
        copy.start()  # waits for the transaction, or copies without it
    copy.join()
    database.close()
    assert PADDING.encode() in copy_file(path).read_bytes()
