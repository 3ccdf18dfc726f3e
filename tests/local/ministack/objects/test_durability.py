"""What an answered request left on the disk: the order of syncs, kills at each step, and full disks."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from local.data_dir import PROJECT
from local.ministack.objects.opening import sweep
from tests.local.ministack.objects.conftest import PLAIN, VERSIONED, S3Client, close_client, open_client

STEPS = ("write", "fsync file", "rename", "fsync directory", "commit", "answer")
# What a multipart upload's completion and a deletion need.
COMMITTED = ("commit", "answer")


@pytest.fixture
def steps(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of the following requests, in order, as the operating system and SQLite see them."""
    found: list[str] = []

    def record[**P, T](name: Callable[P, str], function: Callable[P, T]) -> Callable[P, T]:
        def recorded(*arguments: P.args, **named: P.kwargs) -> T:
            result = function(*arguments, **named)
            found.append(name(*arguments, **named))
            return result

        return recorded

    def synced(descriptor: int) -> str:
        return f"fsync {'directory' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file'}"

    monkeypatch.setattr(os, "write", record(lambda *_: "write", os.write))
    monkeypatch.setattr(os, "fsync", record(synced, os.fsync))
    monkeypatch.setattr(Path, "rename", record(lambda *_: "rename", Path.rename))
    monkeypatch.setattr(Path, "unlink", record(lambda *_, **__: "unlink", Path.unlink))
    writer = s3.storage.connections.database.connection
    writer.set_trace_callback(lambda statement: found.append("commit") if statement == "COMMIT" else None)
    return found


def answered(steps: list[str]) -> Callable[[object], None]:
    """Records the first message of a response."""
    return lambda message: steps.append("answer") if "status" in dict(message) else None  # type: ignore[call-overload]


def test_bytes_name_and_row_are_synced_before_the_answer(s3: S3Client, steps: list[str]) -> None:
    s3.send("PUT", f"/{PLAIN}/a", b"sea", on_send=answered(steps))
    assert tuple(steps) == STEPS


def test_part_is_synced_before_the_answer(s3: S3Client, steps: list[str]) -> None:
    upload = s3.send("POST", f"/{PLAIN}/a?uploads", on_send=answered(steps)).text("UploadId")
    assert tuple(steps) == COMMITTED
    steps.clear()
    etag = s3.send("PUT", f"/{PLAIN}/a?partNumber=1&uploadId={upload}", b"sea", on_send=answered(steps)).headers["etag"]
    assert tuple(steps) == STEPS
    steps.clear()
    xml = f"<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
    body = f"<CompleteMultipartUpload>{xml}</CompleteMultipartUpload>".encode()
    s3.send("POST", f"/{PLAIN}/a?uploadId={upload}", body, on_send=answered(steps))
    assert tuple(steps) == COMMITTED


def test_replaced_and_deleted_files_go_after_the_commit(s3: S3Client, steps: list[str]) -> None:
    s3.put(PLAIN, "a", b"old")
    steps.clear()
    s3.send("PUT", f"/{PLAIN}/a", b"sea", on_send=answered(steps))
    assert [step for step in steps if step in {"commit", "unlink", "answer"}] == ["commit", "unlink", "answer"]
    steps.clear()
    s3.send("DELETE", f"/{PLAIN}/a", on_send=answered(steps))
    assert steps == ["commit", "unlink", "answer"]


def test_every_commit_is_synced(s3: S3Client) -> None:
    writer = s3.storage.connections.database.connection
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


KILLED_WRITER = """
import os, signal, stat, sys
from pathlib import Path
from tests.local.ministack.objects.conftest import PLAIN, open_client

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step, root = sys.argv[1], Path(sys.argv[2])
s3 = open_client(root)
if step == "write": os.write = die
if step == "fsync file": os.fsync = die
if step == "rename": Path.rename = die
if step == "fsync directory":
    fsync = os.fsync
    os.fsync = lambda descriptor: die() if stat.S_ISDIR(os.fstat(descriptor).st_mode) else fsync(descriptor)
if step == "commit":
    writer = s3.storage.connections.database.connection
    writer.set_trace_callback(lambda sql: die() if sql == "COMMIT" else None)
if step == "answer": s3.buckets.notify = die
s3.put(PLAIN, "a", [b"new" * 500_000] * 3)
"""


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_any_step_leaves_the_old_or_the_new_object(tmp_path: Path, step: str) -> None:
    root = tmp_path / "objects"
    before = open_client(root)
    before.put(PLAIN, "a", b"old")
    close_client(before)
    command = [sys.executable, "-c", KILLED_WRITER, step, str(root)]
    killed = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    s3 = open_client(root)
    assert s3.get(PLAIN, "a").data == (b"new" * 1_500_000 if step == "answer" else b"old")
    swept = sweep(s3.storage, tmp_path / "damaged")
    assert (swept.missing, swept.unknown) == ([], 1 if step in {"fsync directory", "commit"} else 0)
    assert len(s3.files()) == 1  # what the killed process left is gone
    assert s3.get(PLAIN, "a").status == 200
    close_client(s3)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes one step fail as on a full disk."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill(step: str) -> None:
        match step:
            case "write":
                monkeypatch.setattr(os, "write", fail)
            case "fsync":
                monkeypatch.setattr(os, "fsync", fail)
            case "rename":
                monkeypatch.setattr(Path, "rename", fail)

    return fill


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
@pytest.mark.parametrize("pieces", [[b"new"], [b"n" * 1_500_000] * 2])
def test_full_disk_is_507_and_loses_nothing(
    s3: S3Client,
    full_disk: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    pieces: Sequence[bytes],
) -> None:
    s3.put(PLAIN, "a", b"old")
    with monkeypatch.context():
        full_disk(step)
        answer = s3.put(PLAIN, "a", pieces)
        assert (answer.status, answer.code) == (507, "InsufficientStorage")
        assert "full" in answer.text("Message")
    monkeypatch.undo()
    assert s3.get(PLAIN, "a").data == b"old"
    assert len(s3.files()) == 1
    assert s3.put(PLAIN, "a", pieces).status == 200  # there is room again
    assert s3.get(PLAIN, "a").data == b"".join(pieces)


def test_reserve_stays_free(tmp_path: Path) -> None:
    status = os.statvfs(tmp_path)
    s3 = open_client(tmp_path / "objects", reserve=status.f_bavail * status.f_frsize + 2**40)
    for answer in (s3.put(PLAIN, "a", b"sea"), s3.put(PLAIN, "a", [b"s" * 1_500_000] * 2, content_length="3000000")):
        assert (answer.status, answer.code) == (507, "InsufficientStorage")
        assert "must stay free" in answer.text("Message")
    assert s3.files() == []
    close_client(s3)


def test_full_index_is_507(s3: S3Client) -> None:
    (pages,) = s3.storage.connections.database.connection.execute("PRAGMA page_count").fetchone()
    s3.storage.connections.database.connection.execute(f"PRAGMA max_page_count = {pages}")
    answers = [s3.put(PLAIN, f"{number:0100d}", b"sea" * number) for number in range(100)]
    assert {answer.status for answer in answers} == {200, 507}
    stored = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert all(s3.get(PLAIN, f"{number:0100d}").data == b"sea" * number for number in stored)
    assert len(s3.files()) == len(stored)


def test_sweep_names_missing_files_and_moves_unknown_ones(tmp_path: Path) -> None:
    first = open_client(tmp_path / "objects")
    for key in ("kept", "lost"):
        first.put(VERSIONED, key, key.encode())
    close_client(first)
    (lost,) = [path for path in first.files() if path.read_bytes() == b"lost"]
    lost.rename(lost.with_name(f"1-00{lost.name[-2:]}"))
    s3 = open_client(tmp_path / "objects")
    s3.put(PLAIN, "new", b"new")
    swept = sweep(s3.storage, tmp_path / "damaged")
    assert list(swept.lines()) == [
        f"damaged: the files of 1 objects are missing: {VERSIONED}/lost",
        f"1 files of objects that were not completely stored are now in {tmp_path}/damaged/objects",
    ]
    assert [path.read_bytes() for path in (tmp_path / "damaged" / "objects").iterdir()] == [b"lost"]
    assert s3.get(VERSIONED, "kept").data == b"kept"
    assert s3.get(PLAIN, "new").data == b"new"
    assert s3.get(VERSIONED, "lost").status == 500
    assert s3.put(VERSIONED, "lost", b"again").status == 200
    close_client(s3)


def test_files_that_a_killed_process_did_not_delete_are_deleted(tmp_path: Path) -> None:
    before = open_client(tmp_path / "objects")
    before.put(PLAIN, "a", b"old")
    before.storage.files.remove = lambda _: None  # type: ignore[assignment,method-assign]
    before.put(PLAIN, "a", b"new")
    before.storage.connections.forget = lambda _: None  # type: ignore[assignment,method-assign]
    close_client(before)
    s3 = open_client(tmp_path / "objects")
    assert [path.read_bytes() for path in s3.files()] == [b"new"]
    s3.put(PLAIN, "b", b"other")
    assert s3.storage.connections.garbage() == []
    close_client(s3)


def test_readers_see_one_whole_object_while_it_is_replaced(s3: S3Client) -> None:
    contents = [bytes([number]) * (2_000_000 + number) for number in range(4)]
    s3.put(PLAIN, "a", contents[0])
    problems: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            got = s3.get(PLAIN, "a")
            if got.status != 200 or got.data not in contents:
                problems.append(f"get: {got.status} {len(got.data)}")

    def write(number: int) -> None:
        pieces = [contents[number][:1_500_000], contents[number][1_500_000:]]
        statuses = {s3.put(PLAIN, "a", pieces).status for _ in range(5)}
        problems.extend(f"put: {status}" for status in statuses - {200})

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert problems == []
    assert len(s3.files()) == 1
