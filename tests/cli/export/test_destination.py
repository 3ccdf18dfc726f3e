"""Folders that an export may go to."""

from pathlib import Path

import pytest

from tests.cli.export.test_run import assert_complete, export
from tests.cli.fake_library import full_library
from tintype_cli.export.destination import is_unfinished, prepare
from tintype_cli.export.store import StoreError


def test_folder_with_other_files_is_refused_unless_allowed(tmp_path: Path) -> None:
    (tmp_path / "Camera").mkdir()
    with pytest.raises(StoreError, match=r"neither empty nor an export: it has Camera\. Choose a new folder\."):
        export(full_library(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["Camera"]
    export(full_library(), tmp_path, allow_other_files=True)
    export(full_library(), tmp_path)  # an export now
    assert_complete(full_library(), tmp_path)


@pytest.mark.parametrize("name", [".DS_Store", "lost+found", "Thumbs.db"])
def test_files_of_systems_do_not_count(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert prepare(tmp_path, allows_other_files=False).is_dir()


def test_new_folder_is_created(tmp_path: Path) -> None:
    prepare(tmp_path / "a" / "b", allows_other_files=False)
    assert is_unfinished(tmp_path / "a" / "b")


def test_catalogue_of_another_program_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "catalogue.jsonl").write_text('{"type":"books"}\n')
    with pytest.raises(StoreError, match=r"it has catalogue\.jsonl"):
        prepare(tmp_path, allows_other_files=False)


def test_export_whose_state_is_lost_is_one(tmp_path: Path) -> None:
    export(full_library(), tmp_path)
    (tmp_path / ".tintype").rename(tmp_path.parent / "lost")
    export(full_library(), tmp_path)
    assert_complete(full_library(), tmp_path)
