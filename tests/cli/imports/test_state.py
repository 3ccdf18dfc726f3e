"""The file with the state of an import."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.imports.sources import photo
from tintype_cli.imports.errors import StateError
from tintype_cli.imports.state import VERSION, ImportState
from tintype_cli.imports.uploads import Form, Join, Stage, Upload
from tintype_cli.photos import ImportPhoto, Problem

UPLOAD = Upload("00", "a.jpg", 1, Stage.TICKET, "p1", form=Form("https://bucket.test", {"key": "k"}, 1000.0))


def test_uploads_survive_with_their_forms(tmp_path: Path) -> None:
    file = tmp_path / "new" / "state.sqlite"
    with ImportState(file) as state:
        assert not state.has_uploads()
        state.save(UPLOAD)
    with ImportState(file) as state:
        assert (state.run, state.has_uploads(), state.find_upload("00")) == (2, True, UPLOAD)
        assert state.move(UPLOAD, Stage.SENT).form is None
        assert [each.stage for each in state.list_uploads(Stage.SENT)] == [Stage.SENT]
        other = state.move(Upload("/earlier", "b.jpg", 1, Stage.TICKET, "p2"), Stage.SENT)
        assert [each.sha256 for each in state.list_uploads(Stage.SENT)] == ["00", other.sha256]
        assert (state.count_uploads(Stage.SENT), len(state.list_uploads(Stage.SENT, limit=1))) == (2, 1)


def test_hash_counts_only_for_the_same_file(tmp_path: Path) -> None:
    with ImportState(tmp_path / "state.sqlite") as state:
        listed = photo("a.jpg", b"1234")
        state.add_file(listed, "00")
        changed = ImportPhoto("a.jpg", "a.jpg", 4, 2.0, listed.open)
        assert (state.find_sha256(listed), state.find_sha256(changed)) == ("00", None)


def test_joins_are_listed_album_by_album_once_photos_are_there(tmp_path: Path) -> None:
    with ImportState(tmp_path / "state.sqlite") as state:
        for sha256, stage in (("00", Stage.DONE), ("01", Stage.PRESENT), ("02", Stage.SENT)):
            state.save(Upload(sha256, f"{sha256}.jpg", 1, stage, f"p{sha256}"))
            state.add_joins(sha256, ["a1"])
        state.add_joins("00", ["a2"])
        first = state.list_joins()
        assert first == [Join("a1", "00", "00.jpg", "p00"), Join("a1", "01", "01.jpg", "p01")]
        for join in first:
            state.remove_join(join)
        assert state.list_joins() == [Join("a2", "00", "00.jpg", "p00")]


def test_problems_are_those_of_this_run(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    with ImportState(file) as state:
        state.add_problem(Problem("a.txt", "No photo."))
        state.add_problem(Problem("a.txt", "No photo."))
        assert list(state.problems()) == [Problem("a.txt", "No photo.")]
    with ImportState(file) as state:
        assert list(state.problems()) == []


def test_files_that_are_no_state_are_explained(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is not a database, but long enough to be read as one. " * 20)
    with pytest.raises(StateError, match=r"text is damaged\. Delete it"):
        ImportState(tmp_path / "text")
    with pytest.raises(StateError, match=r"can't be written"):
        ImportState(tmp_path / "text" / "state.sqlite")
    database = sqlite3.connect(tmp_path / "newer")
    database.execute(f"PRAGMA user_version={VERSION + 1}")
    database.close()
    with pytest.raises(StateError, match="A newer version of this command"):
        ImportState(tmp_path / "newer")


def test_full_disk_is_explained(tmp_path: Path) -> None:
    class SmallState(ImportState):
        def limit(self) -> None:
            self._db.execute("PRAGMA max_page_count=1")

    with SmallState(tmp_path / "state.sqlite") as state:
        state.limit()
        large = Problem("a.txt", "No photo." * 10_000)
        with pytest.raises(StateError, match=r"The disk of .* is full\. Free some space"):
            state.add_problem(large)
