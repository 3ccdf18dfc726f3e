"""A disk without free space: what fails says why, in one line."""

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Never

import pytest
from botocore.exceptions import ClientError

from local import data_dir
from local.data_dir import lock_data_dir, open_data_dir
from local.disk_space import explain_full_disk, free_bytes, is_full_disk_error
from local.errors import DamagedLibraryError, UserError
from local.library import run_library
from local.ports import Ports, free_ports
from local.services import Services
from local.tokens import fetch_token


def client_error(status: int) -> ClientError:
    response = {"Error": {"Code": "Code", "Message": "…"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "AdminInitiateAuth")


def failing(error: Exception) -> Callable[..., Never]:
    def fail(*_: object, **__: object) -> Never:
        raise error

    return fail


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def disk_full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def no_free_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=0, f_frsize=4096))


@pytest.mark.parametrize(
    "error",
    [
        disk_full(),
        OSError(errno.EDQUOT, ""),
        client_error(507),
        sqlite_error(sqlite3.SQLITE_FULL),
        sqlite_error(sqlite3.SQLITE_IOERR_WRITE),  # of a quota
    ],
)
def test_error_of_a_full_disk_is_explained(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="The disk is full") as raised, explain_full_disk(tmp_path):
        raise error
    assert "\n" not in str(raised.value)
    assert str(tmp_path) in str(raised.value)


@pytest.mark.parametrize("error", [UserError("process services exited"), client_error(500), ValueError()])
@pytest.mark.usefixtures("no_free_space")
def test_any_failure_without_free_space_is_explained(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The disk is full: 0\.0 MB are free"), explain_full_disk(tmp_path):
        raise error


@pytest.mark.usefixtures("no_free_space")
def test_damage_is_reported_also_without_free_space(tmp_path: Path) -> None:
    with pytest.raises(DamagedLibraryError, match="damaged: x"), explain_full_disk(tmp_path):
        raise DamagedLibraryError("damaged: x")


@pytest.mark.parametrize(
    "error",
    [
        UserError("process services exited"),
        OSError(errno.EACCES, ""),
        client_error(500),
        sqlite_error(sqlite3.SQLITE_IOERR_READ),
    ],
)
def test_other_errors_stay_as_they_are(error: Exception, tmp_path: Path) -> None:
    assert not is_full_disk_error(error)
    with pytest.raises(type(error)) as raised, explain_full_disk(tmp_path):
        raise error
    assert raised.value is error


def test_free_space_of_a_missing_directory_is_that_of_its_parent(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "photos" / "library") > 0


def test_new_library_on_a_full_disk_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_dir, "write_atomically", failing(disk_full()))
    with pytest.raises(UserError, match="The disk is full"):
        open_data_dir(tmp_path)


def test_lock_on_a_full_disk_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_data_dir(tmp_path)
    monkeypatch.setattr(Path, "touch", failing(disk_full()))
    with pytest.raises(UserError, match="The disk is full"), lock_data_dir(opened):
        pass


@pytest.mark.usefixtures("no_free_space")
def test_services_that_exit_on_a_full_disk_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exited = UserError("MiniStack failed to start: process services exited; see services.log")
    monkeypatch.setattr("local.services.start_services", failing(exited))
    with pytest.raises(UserError, match="The disk is full"), run_library(tmp_path, Ports(*free_ports(3))):
        pass


@pytest.mark.parametrize(
    ("status", "message"), [(507, "is full: a sign-in can't be saved"), (403, "is not that of")], ids=["full", "other"]
)
def test_token_on_a_full_disk_says_so(
    status: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_client = SimpleNamespace(get_parameter=failing(client_error(status)))
    monkeypatch.setattr(Services, "with_credentials", lambda *_: SimpleNamespace(client=lambda _: failing_client))
    with pytest.raises(UserError, match=message):
        fetch_token(tmp_path, Ports.from_api_port(8000), "demo")
