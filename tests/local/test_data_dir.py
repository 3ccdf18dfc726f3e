from pathlib import Path

import pytest

from local import data_dir as homes
from local.errors import Problem


def test_a_home_is_made_where_it_is_wanted(tmp_path: Path) -> None:
    home = homes.at(tmp_path / "photos" / "mine")
    assert home.objects.is_dir()
    assert home.logs.is_relative_to(tmp_path / "photos" / "mine")


def test_a_home_inside_the_project_lies_outside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, shelf = tmp_path / "project", tmp_path / "shelf"
    project.mkdir()
    monkeypatch.setattr(homes, "PROJECT", project)
    monkeypatch.setenv("XDG_DATA_HOME", str(shelf))
    home = homes.at(project / ".local")
    (home.objects / "photo.jpg").write_bytes(b"bytes")
    assert (project / ".local").is_symlink()
    assert [path.name for path in shelf.rglob("*.jpg")] == ["photo.jpg"]
    assert (homes.at(project / ".local").objects / "photo.jpg").read_bytes() == b"bytes"


def test_removing_the_link_begins_a_new_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "PROJECT", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path.parent / "shelf"))
    (homes.at(tmp_path / ".local").objects / "photo.jpg").touch()
    (tmp_path / ".local").unlink()
    assert not list(homes.at(tmp_path / ".local").objects.iterdir())


def test_a_place_that_cannot_hold_a_library_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="choose another folder") as told:
        homes.at(tmp_path / "file" / "photos")
    assert "\n" not in str(told.value)


def test_two_libraries_do_not_share_a_home(tmp_path: Path) -> None:
    home = homes.at(tmp_path)
    with homes.alone(home), pytest.raises(Problem, match="already running"), homes.alone(home):
        pass
    with homes.alone(home):
        pass
