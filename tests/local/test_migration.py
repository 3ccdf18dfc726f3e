"""Migration of a library of layout 2.

`layout_2.txt` holds its files by path, without signing keys and logs, as JSON that is compressed by xz, in base64. The
code of commit fd66eec made it, with four photos (one of them trashed), an API key and a subscription; its pollers were
killed before two more uploads.
"""

import base64
import json
import lzma
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from local.data_dir import DataDir, open_data_dir
from local.errors import UserError
from local.library import run_library
from local.migration import migrate
from local.ports import Ports, free_ports
from tests.support.fault_injection import ProcessKilled
from tests.support.kills.process import Client

FILES: dict[str, Any] = json.loads(
    lzma.decompress(base64.b64decode((Path(__file__).parent / "layout_2.txt").read_bytes()))
)
WRITES = {"fsync", "rename", "replace", "link", "mkdir", "sync", "rmdir", "unlink"}
PENDING_SECONDS = 120.0


@pytest.fixture
def old_data(tmp_path: Path) -> Path:
    """A data directory of layout 2."""
    for name, content in FILES.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else base64.b64decode(content["base64"]))
    return tmp_path / "data"


def old_files(folder: Path) -> set[str]:
    """The old files that are unchanged in the folder, but the version file."""
    contents = {
        name: content.encode() if isinstance(content, str) else base64.b64decode(content["base64"])
        for name, content in FILES.items()
        if name != "layout-version"
    }
    return {name for name, content in contents.items() if (folder / name).read_bytes() == content}


@contextmanager
def killed_at_write(number: int) -> Iterator[list[str]]:
    """Raise ProcessKilled instead of the write of this number to the file system; yields the names of the writes."""
    writes: list[str] = []

    def profile(_frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and function.__module__ == "posix" and function.__name__ in WRITES:
            writes.append(function.__name__)
            if len(writes) == number:
                sys.setprofile(None)
                raise ProcessKilled(function.__name__)

    sys.setprofile(profile)
    try:
        yield writes
    finally:
        sys.setprofile(None)


def structure(library: Path) -> set[str]:
    """The files of a library, but for random names."""
    return {str(path.relative_to(library)) for path in library.rglob("*") if path.is_file() and len(path.name) < 32}


def services(library: Path) -> Any:
    """The saved state of the services."""
    return json.loads((library / "state" / "services.json").read_bytes().partition(b"\n")[2])


def test_old_files_are_moved_unchanged(old_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = open_data_dir(old_data)
    migrate(opened)
    assert old_files(old_data / "layout-2") == FILES.keys() - {"layout-version"}
    assert sorted(path.name for path in old_data.iterdir()) == [
        "layout-2",
        "layout-version",
        "library",
        "logs",
        "scratch",
    ]
    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"The library was converted; its old files are kept in {old_data / 'layout-2'}."
    migrate(open_data_dir(old_data))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("step", "last"), [(61, 5), pytest.param(1, 0, marks=pytest.mark.proof)])
def test_migration_can_be_killed_at_any_write_and_run_again(
    tmp_path: Path, old_data: Path, step: int, last: int
) -> None:
    complete = tmp_path / "complete"
    old_data.rename(complete)
    with killed_at_write(-1) as writes:
        migrate(open_data_dir(complete))
    expected = structure(complete / "library"), services(complete / "library")
    assert len(writes) > 50
    # Objects get random names, and directories are made for those that come first: some runs have fewer writes.
    spread = 5
    numbers = sorted({*range(1, len(writes) + 1, step), *range(len(writes) + 1 - last - spread, len(writes) + 1)})
    killed = 0
    for number in numbers:
        data = tmp_path / f"killed-{number}"
        for name, content in FILES.items():
            path = data / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else base64.b64decode(content["base64"]))
        try:
            with killed_at_write(number):
                migrate(open_data_dir(data))
        except ProcessKilled:
            killed += 1
        migrate(open_data_dir(data))
        assert (structure(data / "library"), services(data / "library")) == expected, writes[number - 1]
        assert old_files(data / "layout-2") == FILES.keys() - {"layout-version"}, writes[number - 1]
        assert not (data / "library.part").exists()
    assert killed >= len(numbers) - spread


def test_damaged_snapshot_is_reported_and_the_one_before_is_used(
    old_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (newest,) = (old_data / "snapshots").iterdir()
    damaged = newest.with_name(f"{int(newest.name) + 1:08d}")
    damaged.mkdir()
    for path in newest.iterdir():
        (damaged / path.name).write_bytes(path.read_bytes()[:-100])
    migrate(open_data_dir(old_data))
    assert capsys.readouterr().out.startswith(f"damaged: {damaged} is not readable")
    assert "tintype-local-photos" in json.dumps(services(old_data / "library"))


def test_library_without_readable_snapshot_is_refused_and_left_unchanged(old_data: Path) -> None:
    for path in (old_data / "snapshots").rglob("*.json"):
        path.write_bytes(b"")
    with pytest.raises(UserError, match="nothing was changed"):
        migrate(open_data_dir(old_data))
    assert DataDir(old_data).version_file.read_text() == "2\n"
    assert (old_data / "snapshots").is_dir()
    assert not DataDir(old_data).library.exists()


@pytest.mark.cloud
def test_migrated_library_has_everything_and_processes_pending_events(old_data: Path) -> None:
    with run_library(old_data, Ports(*free_ports(3))) as library:
        client = Client(library.api_url, library.token())
        deadline = time.monotonic() + PENDING_SECONDS
        photos = {photo["filename"]: photo for photo in client.photos()}
        while (
            photos.get("pending.jpg", {}).get("state") != "ready"
            or photos.get("dropped.jpg", {}).get("state") != "ready"
        ):
            assert time.monotonic() < deadline, photos.keys()
            time.sleep(0.2)
            photos = {photo["filename"]: photo for photo in client.photos()}
        assert {name: photo["state"] for name, photo in photos.items()} == {
            **dict.fromkeys(("red.jpg", "green.jpg", "navy.jpg", "pending.jpg", "dropped.jpg"), "ready"),
            "olive.jpg": "trashed",
        }
        assert all(photo["mine"] for photo in photos.values())
        assert "old" in photos["green.jpg"]["tags"]
        assert (photos["green.jpg"]["status"], photos["red.jpg"]["status"]) == ("public", "private")
        assert client.send("GET", photos["red.jpg"]["thumbnail_url"], None, "").startswith(b"\xff\xd8")
        assert client.send("GET", photos["red.jpg"]["original_url"], None, "").startswith(b"\xff\xd8")
        assert [key["name"] for key in client.json("GET", "/keys")["items"]] == ["old key"]
        assert [each["channel"] for each in client.json("GET", "/me/notifications")["subscriptions"]] == ["sms"]
