"""Files in folders."""

import inspect
import os
import sys
from pathlib import Path

import pytest

from tintype_cli.photos import Problem
from tintype_cli.sources.files import MAX_TEXT_BYTES, FileEntry, read_text_file, walk


def walk_all(root: Path) -> tuple[list[FileEntry], dict[str, str]]:
    items = list(walk(root))
    problems = {item.path: item.reason for item in items if isinstance(item, Problem)}
    return [item for item in items if isinstance(item, FileEntry)], problems


def test_files_come_sorted_with_what_is_known_of_them(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.jpg").write_bytes(b"22")
    (tmp_path / "a.jpg").write_bytes(b"1")
    (tmp_path / "c.jpg").write_bytes(b"333")
    os.utime(tmp_path / "c.jpg", (5, 5))
    files, problems = walk_all(tmp_path)
    assert [(file.path, file.folder, file.name, file.size) for file in files] == [
        ("a.jpg", "", "a.jpg", 1),
        ("b/2.jpg", "b", "2.jpg", 2),
        ("c.jpg", "", "c.jpg", 3),
    ]
    assert (files[2].modified, problems) == (5, {})
    with files[1].open() as file:
        assert file.read() == b"22"


def test_linked_files_are_read_and_linked_folders_and_pipes_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"1")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nothing.jpg").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.jpg")
    files, problems = walk_all(tmp_path)
    assert [file.path for file in files] == ["a.jpg", "link.jpg"]
    assert list(problems) == ["loop", "nothing.jpg", "pipe.jpg"]


def test_missing_folder_is_a_problem(tmp_path: Path) -> None:
    assert walk_all(tmp_path / "gone") == ([], {".": "This folder can't be read: No such file or directory."})


def test_names_that_are_no_utf_8_can_be_printed(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9.jpg")).write_bytes(b"1")
    except OSError:
        pytest.skip("this file system has only names in UTF-8")
    files, _ = walk_all(tmp_path)
    assert files[0].path == r"\xe9.jpg"
    assert read_text_file(files[0]) == b"1"


def test_large_text_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(bytes(MAX_TEXT_BYTES + 1))
    (tmp_path / "b.json").write_bytes(bytes(MAX_TEXT_BYTES))
    files, _ = walk_all(tmp_path)
    with pytest.raises(OSError, match="larger than 1 MiB"):
        read_text_file(files[0])
    assert len(read_text_file(files[1])) == MAX_TEXT_BYTES


def test_deep_folders_need_no_deep_calls(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 100)
    deep.mkdir(parents=True)
    (deep / "a.jpg").write_bytes(b"1")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 60)
    try:
        files, _ = walk_all(tmp_path)
    finally:
        sys.setrecursionlimit(limit)
    assert [file.name for file in files] == ["a.jpg"]
