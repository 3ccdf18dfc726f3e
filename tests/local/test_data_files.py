import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local.data_dir import DataDir, open_data_dir
from local.data_files import FOLDERS, damaged_files_message
from local.database.files import copy_file, digest_file, index_file, log_file, state_file
from local.errors import UserError
from local.files import TEMPORARY_SUFFIX
from local.services import Services

DATABASES = ("library/tables.sqlite", "library/queues.sqlite", "library/objects/objects.sqlite")


def database_files(path: Path) -> list[str]:
    """A database and the files beside it."""
    copy = copy_file(path)
    return [str(file) for file in (path, log_file(path), index_file(path), copy, digest_file(copy), state_file(path))]


STATE_FILES = [f"library/state/{name}.json" for name in ("services", "services.copy", "inbox", "inbox.copy")]
OTHERS = ["layout-version", "credentials", "lock", "logs/api.log", "logs/api.previous.log"]
NAMES = [*(file for name in DATABASES for file in database_files(Path(name))), *STATE_FILES, *OTHERS]


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "missing" / "file")


def put(path: Path, make: Callable[[Path], object]) -> Path:
    """The path, with something new there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        for folder in sorted(path.rglob("*"), reverse=True):
            folder.rmdir()
        path.rmdir()
    path.unlink(missing_ok=True)
    make(path)
    return path


@pytest.mark.parametrize("name", [*NAMES, f"credentials{TEMPORARY_SUFFIX}", f"{STATE_FILES[0]}{TEMPORARY_SUFFIX}"])
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, link_to_itself, link_to_nothing])
def test_what_is_no_file_is_refused_in_one_line(tmp_path: Path, name: str, make: Callable[[Path], object]) -> None:
    path = put(tmp_path / name, make)
    with pytest.raises(UserError) as raised:
        open_data_dir(tmp_path)
    message = str(raised.value)
    assert message.startswith(str(path))
    assert message.endswith("Move it away and start again.")
    assert "\n" not in message


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("make", [Path.touch, os.mkfifo, link_to_nothing])
def test_what_is_no_folder_is_refused_in_one_line(tmp_path: Path, name: str, make: Callable[[Path], object]) -> None:
    open_data_dir(tmp_path)
    path = put(tmp_path / name, make)
    with pytest.raises(UserError, match=f"^{path} is .*Move it away"):
        open_data_dir(tmp_path)


@pytest.mark.parametrize("name", ["credentials", "lock", DATABASES[0], STATE_FILES[0], "library"])
def test_file_of_another_user_is_refused_in_one_line(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_data_dir(tmp_path)
    (tmp_path / name).touch()
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path / name)  # as root, everything is allowed
    with pytest.raises(UserError, match=f"^You may not read and write {tmp_path / name}\\. Change"):
        open_data_dir(tmp_path)


def test_files_of_a_library_and_files_of_the_user_are_fine(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    for name in NAMES:
        (tmp_path / name).touch()
    (opened.version_file).unlink()
    (tmp_path / "my folder").mkdir()
    assert open_data_dir(tmp_path) == DataDir(tmp_path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_command_for_a_running_library_refuses_credentials_that_are_no_file(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "credentials")
    with pytest.raises(UserError, match="Move it away"):
        Services.with_credentials(1, tmp_path / "credentials")


def test_command_for_a_running_library_refuses_a_file_as_data_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"Cannot read .* \(Not a directory\)\."):
        Services.with_credentials(1, tmp_path / "file" / "credentials")


def test_message_counts_damaged_files(tmp_path: Path) -> None:
    assert damaged_files_message(tmp_path / "damaged") == ""
    (tmp_path / "damaged" / "objects").mkdir(parents=True)
    assert damaged_files_message(tmp_path / "damaged") == ""
    (tmp_path / "damaged" / "objects" / "a").write_bytes(b"x" * 2_097_152)
    assert "holds 1 file (2.0 MB) from" in damaged_files_message(tmp_path / "damaged")
    (tmp_path / "damaged" / "tables.sqlite").write_bytes(b"x" * 1_048_576)
    message = damaged_files_message(tmp_path / "damaged")
    assert message.startswith(f"{tmp_path / 'damaged'} holds 2 files (3.0 MB) from a crash")
    assert message.endswith("If you miss nothing, delete that folder.")
