import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local import data_dir, library
from local.cli import main
from local.data_dir import LAYOUT_VERSION, lock_data_dir, open_data_dir
from local.errors import UserError


def test_open_creates_missing_directory(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path / "photos" / "library")
    assert opened.objects.is_dir()
    assert opened.logs.is_relative_to(tmp_path / "photos" / "library")


def test_directory_inside_project_is_link_to_directory_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, base = tmp_path / "project", tmp_path / "base"
    project.mkdir()
    monkeypatch.setattr(data_dir, "PROJECT", project)
    monkeypatch.setenv("XDG_DATA_HOME", str(base))
    opened = open_data_dir(project / ".local")
    (opened.objects / "photo.jpg").write_bytes(b"bytes")
    assert (project / ".local").is_symlink()
    assert [path.name for path in base.rglob("*.jpg")] == ["photo.jpg"]
    assert (open_data_dir(project / ".local").objects / "photo.jpg").read_bytes() == b"bytes"


def test_removing_link_starts_new_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_dir, "PROJECT", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path.parent / "base"))
    (open_data_dir(tmp_path / ".local").objects / "photo.jpg").touch()
    (tmp_path / ".local").unlink()
    assert not list(open_data_dir(tmp_path / ".local").objects.iterdir())


@pytest.mark.parametrize("name", ["file", "file/photos", "pipe", "x" * 300])
def test_unusable_directory_raises_one_line_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="choose another folder") as raised:
        open_data_dir(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_second_lock_raises_error(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    with (
        lock_data_dir(opened),
        pytest.raises(UserError, match="already running"),
        lock_data_dir(opened, timeout_seconds=0),
    ):
        pass
    with lock_data_dir(opened):
        pass


def test_child_holds_lock_until_it_exits(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    with lock_data_dir(opened) as lock:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    with pytest.raises(UserError, match="already running"), lock_data_dir(opened, timeout_seconds=0):
        pass
    child.communicate()
    with lock_data_dir(opened, timeout_seconds=0):
        pass


def contents(root: Path) -> dict[str, tuple[int, bytes | None]]:
    """Every path below the directory, with its time of change and its bytes."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in (root, *root.rglob("*"))
    }


def test_new_library_stores_its_layout_version(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a file of the user's own")
    opened = open_data_dir(tmp_path)
    assert opened.version_file.read_text() == f"{LAYOUT_VERSION}\n"
    (opened.objects / "photo.jpg").write_bytes(b"bytes")
    assert open_data_dir(tmp_path) == opened


def test_interrupted_first_start_can_be_repeated(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    opened.version_file.write_text("")
    assert open_data_dir(tmp_path).version_file.read_text() == f"{LAYOUT_VERSION}\n"


@pytest.mark.parametrize("folder", ["objects", "state", "snapshots"])
@pytest.mark.parametrize(
    ("version", "message"),
    [
        (None, f"an older layout (1, not {LAYOUT_VERSION})"),
        ("1\n", f"an older layout (1, not {LAYOUT_VERSION})"),
        ("", f"an older layout (unknown, not {LAYOUT_VERSION})"),
        (f"{LAYOUT_VERSION + 1}\n", f"a newer layout ({LAYOUT_VERSION + 1}, not {LAYOUT_VERSION})"),
    ],
)
def test_library_of_another_layout_is_refused_and_left_unchanged(
    tmp_path: Path, folder: str, version: str | None, message: str
) -> None:
    data = tmp_path / "data"
    (data / folder).mkdir(parents=True)
    (data / folder / "file").write_bytes(b"bytes")
    if version is not None:
        (data / "layout-version").write_text(version)
    before = contents(data)
    with pytest.raises(UserError) as error:
        open_data_dir(data)
    assert str(error.value) == (
        f"{data} holds a library of {message}; this version can't read it. Start a new one with "
        "`make run DATA=<other folder>` (your old files stay where they are)."
    )
    assert contents(data) == before


def test_run_on_library_of_another_layout_fails_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "photo.jpg").write_bytes(b"bytes")
    before = contents(tmp_path)
    monkeypatch.setattr(library, "check_ports_free", lambda _: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["local", "run", "--data", str(tmp_path)])
    with pytest.raises(SystemExit) as result:
        main()
    assert str(result.value).startswith(f"{tmp_path} holds a library of an older layout")
    assert "\n" not in str(result.value)
    assert contents(tmp_path) == before


def test_newer_library_is_refused(tmp_path: Path) -> None:
    open_data_dir(tmp_path).version_file.write_text(f"{LAYOUT_VERSION + 1}\n")
    before = contents(tmp_path)
    with pytest.raises(UserError, match="a newer layout"):
        open_data_dir(tmp_path)
    assert contents(tmp_path) == before


def test_unreadable_version_of_older_library_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "layout-version").write_bytes(b"\xff\xfe")
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "photo.jpg").write_bytes(b"bytes")
    with pytest.raises(UserError, match="holds a library of an older layout"):
        open_data_dir(tmp_path)


@pytest.mark.parametrize("version", [None, b"", b"\xff\xfe", b"1"])
def test_damaged_layout_version_is_reported_in_one_line_and_written_again(
    tmp_path: Path, version: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = open_data_dir(tmp_path)
    (opened.objects / "photo.jpg").write_bytes(b"bytes")
    opened.version_file.unlink()
    if version is not None:
        opened.version_file.write_bytes(version)
    assert open_data_dir(tmp_path) == opened
    assert opened.version_file.read_text() == f"{LAYOUT_VERSION}\n"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("damaged: ")
    open_data_dir(tmp_path)
    assert capsys.readouterr().out == ""


def test_hidden_files_of_a_file_manager_are_not_a_library(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / ".DS_Store").write_bytes(b"")
    assert open_data_dir(tmp_path).version_file.read_text() == f"{LAYOUT_VERSION}\n"


def test_missing_credentials_of_a_used_library_are_noticed(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    assert not opened.has_lost_credentials
    (opened.state / "services.json").touch()
    assert opened.has_lost_credentials
    opened.credentials.touch()
    assert not opened.has_lost_credentials
