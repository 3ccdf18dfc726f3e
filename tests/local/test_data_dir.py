from pathlib import Path

import pytest

from local import data_dir
from local.data_dir import lock_data_dir, open_data_dir
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


def test_unusable_directory_raises_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="choose another folder") as raised:
        open_data_dir(tmp_path / "file" / "photos")
    assert "\n" not in str(raised.value)


def test_second_lock_raises_error(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    with lock_data_dir(opened), pytest.raises(UserError, match="already running"), lock_data_dir(opened):
        pass
    with lock_data_dir(opened):
        pass
