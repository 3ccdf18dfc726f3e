"""What an answered request left on the disk: the order of syncs, kills at each step, and full disks."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from local.data_dir import PROJECT
from local.ministack.objects.opening import sweep
from tests.local.ministack.objects.conftest import PLAIN, VERSIONED, S3Client, close_client, open_client

# Of the first file in its directory.
STEPS = ("write", "fsync parent directory", "fsync file", "rename", "fsync directory", "commit", "answer")
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

    parent = s3.storage.files.path("x00").parent.parent.stat()

    def synced(descriptor: int) -> str:
        status = os.fstat(descriptor)
        if not stat.S_ISDIR(status.st_mode):
            return "fsync file"
        return "fsync parent directory" if os.path.samestat(status, parent) else "fsync directory"

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
import os, signal, stat, sys, uuid
from pathlib import Path
from tests.local.ministack.objects.conftest import PLAIN, open_client

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step, root = sys.argv[1], Path(sys.argv[2])
s3 = open_client(root)
uuid.uuid4 = lambda: uuid.UUID(int=1)
if step == "write": os.write = die
if step == "fsync file": os.fsync = die
if step == "rename": Path.rename = die
if "directory" in step:
    fsync = os.fsync
    parent = (root / "data").stat()
    def sync(descriptor):
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode) and os.path.samestat(status, parent) == ("parent" in step): die()
        fsync(descriptor)
    os.fsync = sync
if step == "commit":
    writer = s3.storage.connections.database.connection
    writer.set_trace_callback(lambda sql: die() if sql == "COMMIT" else None)
if step == "answer": s3.buckets.notify = die
s3.put(PLAIN, "a", [b"new" * 500_000] * 3)
"""


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_any_step_leaves_the_old_or_the_new_object(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "objects"
    old = UUID(int=0)  # the new file is in another directory, the first there
    monkeypatch.setattr(uuid, "uuid4", lambda: old)
    before = open_client(root)
    before.put(PLAIN, "a", b"old")
    close_client(before)
    command = [sys.executable, "-c", KILLED_WRITER, step, str(root)]
    killed = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    s3 = open_client(root)
    assert s3.get(PLAIN, "a").data == (b"new" * 1_500_000 if step == "answer" else b"old")
    swept = sweep(s3.storage, tmp_path / "damaged")
    assert (swept.missing, swept.damaged, swept.unknown) == (0, 0, 1 if step in {"fsync directory", "commit"} else 0)
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


def test_sweep_counts_damaged_files_and_moves_unknown_ones(tmp_path: Path) -> None:
    first = open_client(tmp_path / "objects")
    for key in ("kept", "lost", "cut", "emptied", "longer"):
        first.put(VERSIONED, f"private/{key}", key.encode())
    close_client(first)
    files = {path.read_bytes().decode(): path for path in first.files()}
    files["lost"].rename(files["lost"].with_name(f"1-00{files['lost'].name[-2:]}"))
    files["cut"].write_bytes(b"c")
    files["emptied"].write_bytes(b"")
    files["longer"].write_bytes(b"longer than before")
    s3 = open_client(tmp_path / "objects")
    s3.put(PLAIN, "new", b"new")
    swept = sweep(s3.storage, tmp_path / "damaged")
    assert (swept.missing, swept.damaged, swept.unknown) == (1, 3, 1)
    assert swept.damage() == "files of objects are damaged (1 missing, 3 cut short or changed)"
    assert swept.unknown_files().startswith(f"1 files that belong to no object are now in {tmp_path}/damaged/objects: ")
    assert "private" not in swept.damage() + swept.unknown_files()
    assert [path.read_bytes() for path in (tmp_path / "damaged" / "objects").iterdir()] == [b"lost"]
    assert s3.get(VERSIONED, "private/kept").data == b"kept"
    assert s3.get(PLAIN, "new").data == b"new"
    assert [s3.get(VERSIONED, f"private/{key}").status for key in ("lost", "cut", "emptied", "longer")] == [500] * 4
    assert s3.put(VERSIONED, "private/lost", b"again").status == 200
    close_client(s3)


def test_objects_without_damage_are_not_reported(tmp_path: Path) -> None:
    first = open_client(tmp_path / "objects")
    first.put(PLAIN, "a", b"sea")
    first.put(PLAIN, "empty", b"")
    close_client(first)
    s3 = open_client(tmp_path / "objects")
    swept = sweep(s3.storage, tmp_path / "damaged")
    assert (swept.damage(), swept.unknown_files()) == ("", "")
    close_client(s3)


def test_objects_whose_entries_were_lost_are_moved_aside_at_the_same_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_client(open_client(tmp_path / "objects"))
    first = open_client(tmp_path / "objects")
    first.put(PLAIN, "a", b"sea")
    shutil.copytree(tmp_path / "objects", tmp_path / "killed" / "objects")
    close_client(first)
    (tmp_path / "killed" / "objects" / "objects.sqlite-wal").write_bytes(b"")
    s3 = open_client(tmp_path / "killed" / "objects")
    swept = sweep(s3.storage, tmp_path / "killed" / "damaged")
    assert swept.unknown == 1
    assert "whose entries were lost" in swept.unknown_files()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("damaged: objects.sqlite-wal is empty: changes after ")
    close_client(s3)


@pytest.fixture(params=["missing", "emptied", "cut", "longer"])
def damage_largest_file(request: pytest.FixtureRequest, s3: S3Client) -> Callable[[], None]:
    """Damages the largest file."""

    def damage() -> None:
        path = max(s3.files(), key=lambda file: file.stat().st_size)
        match request.param:
            case "missing":
                path.unlink()
            case "longer":
                path.write_bytes(path.read_bytes() + b"x")
            case how:
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 if how == "cut" else 0])

    return damage


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_object_with_a_damaged_file_is_an_error_and_never_a_short_response(
    s3: S3Client, damage_largest_file: Callable[[], None], size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.put(PLAIN, "other", b"other")
    s3.put(PLAIN, "private name", b"s" * size)
    damage_largest_file()
    copied = {"x-amz-copy-source": f"/{PLAIN}/private%20name"}
    upload = s3.send("POST", f"/{PLAIN}/copy?uploads").text("UploadId")
    answers = [
        s3.get(PLAIN, "private name"),
        s3.get(PLAIN, "private name", Range="bytes=0-0"),
        s3.get(PLAIN, "private name", Range=f"bytes={size - 1}-"),
        s3.send("PUT", f"/{PLAIN}/copy", headers=copied),
        s3.send("PUT", f"/{PLAIN}/copy?partNumber=1&uploadId={upload}", headers=copied),
    ]
    assert [(answer.status, answer.code) for answer in answers] == [(500, "InternalError")] * 5
    assert {answer.text("Message") for answer in answers} == {"The file of this object is missing or damaged."}
    assert s3.get(PLAIN, "other").data == b"other"
    assert s3.get(PLAIN, "copy").status == 404
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("damaged: ")
    assert "private" not in line
    s3.put(PLAIN, "private name", b"again")
    assert s3.get(PLAIN, "private name").data == b"again"


def test_damaged_part_is_an_error_only_for_ranges_that_need_it(s3: S3Client) -> None:
    upload = s3.send("POST", f"/{PLAIN}/a?uploads").text("UploadId")
    part = b"s" * 5 * 1024 * 1024
    etags = [
        s3.send("PUT", f"/{PLAIN}/a?partNumber={number}&uploadId={upload}", part).headers["etag"] for number in (1, 2)
    ]
    xml = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in enumerate(etags, 1)
    )
    body = f"<CompleteMultipartUpload>{xml}</CompleteMultipartUpload>".encode()
    assert s3.send("POST", f"/{PLAIN}/a?uploadId={upload}", body).status == 200
    version = s3.storage.find(PLAIN, "a")
    assert version is not None
    s3.storage.files.path(version.content.files[1].name).write_bytes(part[:-1])
    assert s3.get(PLAIN, "a", Range="bytes=0-9").data == b"s" * 10
    assert s3.get(PLAIN, "a", Range=f"bytes={len(part)}-{len(part) + 9}").status == 500
    assert s3.get(PLAIN, "a").status == 500


def test_unreadable_sector_is_an_error(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.put(PLAIN, "a", b"sea")

    def fail(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", fail)
        assert (s3.get(PLAIN, "a").status, s3.get(PLAIN, "a").code) == (500, "InternalError")
    assert s3.get(PLAIN, "a").data == b"sea"


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
