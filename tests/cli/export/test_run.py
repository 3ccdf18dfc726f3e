"""Exports of a library in memory: complete, incremental, and interrupted anywhere."""

import errno
import json
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.cli.fake_library import FakeLibrary, full_library, never
from tintype_cli.api.errors import LibraryError
from tintype_cli.catalogue.schema import SCHEMA
from tintype_cli.export.destination import is_unfinished
from tintype_cli.export.report import Report
from tintype_cli.export.run import Export
from tintype_cli.export.store import StoreError
from tintype_cli.xmp import parse


class Impatient(Event):
    """A stop signal whose waits end at once."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def export(
    library: FakeLibrary, root: Path, *, delete: bool = False, jobs: int = 2, allow_other_files: bool = False
) -> Report:
    return Export(
        library.client(),
        root,
        jobs,
        "0.1.0",
        is_deleting=delete,
        allows_other_files=allow_other_files,
        stop=Impatient(),
    ).run()


def catalogue(root: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (root / "catalogue.jsonl").read_text().splitlines()]
    validator = Draft202012Validator(SCHEMA)
    for line in lines:
        validator.validate(line)
    return lines


def paths(root: Path) -> dict[str, str]:
    """The path of each photo; checks that the file is what the catalogue says."""
    found = {line["photo_id"]: line for line in catalogue(root) if line["type"] == "photo"}
    for line in found.values():
        content = (root / line["path"]).read_bytes()
        assert (line["bytes"], line["sha256"]) == (len(content), sha256(content).hexdigest())
    return {photo_id: line["path"] for photo_id, line in found.items()}


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in (root / "originals").rglob("*") if path.is_file()}


def assert_complete(library: FakeLibrary, root: Path) -> None:
    """The folder holds the library, and nothing else."""
    found = paths(root)
    assert {photo_id: (root / path).read_bytes() for photo_id, path in found.items()} == library.originals
    assert len(files(root)) == 2 * len(found)
    assert not is_unfinished(root)


def test_everything_is_copied(tmp_path: Path) -> None:
    library = full_library()
    report = export(library, tmp_path)
    assert_complete(library, tmp_path)
    assert (report.photos, report.albums, report.shares, report.copied) == (7, 1, 1, 7)
    assert report.is_complete
    kinds = [line["type"] for line in catalogue(tmp_path)]
    assert kinds == ["catalogue", *["photo"] * 7, "album", "share", "end"]
    assert catalogue(tmp_path)[-1] == {"type": "end", "photos": 7, "albums": 1, "shares": 1}


def test_names_are_by_date_unique_and_safe(tmp_path: Path) -> None:
    export(full_library(), tmp_path, jobs=1)
    assert paths(tmp_path) == {
        "p1": "originals/2019/07/p1 (2).jpg",
        "p2": "originals/2019/07/p1.jpg",
        "p3": "originals/2026/11/IMG_3.CR3",
        "p4": "originals/2019/07/p4.jpg",
        "p5": "originals/2026/11/_CON.txt",
        "p6": "originals/2019/07/p6.jpg",
        "p7": "originals/2019/07/_.._p7.jpg",
    }
    assert {"originals/2026/11/IMG_3.xmp", "originals/2019/07/p1.jpg.xmp"} <= files(tmp_path)


def test_sidecar_says_what_the_library_says(tmp_path: Path) -> None:
    export(full_library(), tmp_path)
    details = parse((tmp_path / "originals/2019/07/p4.jpg.xmp").read_bytes())
    assert (details.tags, details.caption, details.rating) == (("lisbon", "tram"), "Tram 28", 4)
    assert (details.taken_local, details.offset, details.latitude) == ("2019-07-04T13:12:11", "+01:00", 38.7)


def test_album_has_order_and_people(tmp_path: Path) -> None:
    export(full_library(), tmp_path)
    (album,) = (line for line in catalogue(tmp_path) if line["type"] == "album")
    assert album["photo_ids"] == ["p2", "p1"]
    assert [person["email"] for person in album["members"]] == ["ada@tintype.example"]


def test_key_without_share_leaves_people_out(tmp_path: Path) -> None:
    library = full_library()
    library.can = ("read",)
    report = export(library, tmp_path)
    *_, album, end = catalogue(tmp_path)
    assert (album["type"], album["members"], end["shares"]) == ("album", None, None)
    assert any("lacks the permission `share`" in line for line in report.lines())


def test_second_run_copies_nothing(tmp_path: Path) -> None:
    library = full_library()
    export(library, tmp_path)
    times = {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)}
    library.requests.clear()
    assert export(library, tmp_path).copied == 0
    assert library.downloads() == []
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)} == times


def test_second_run_copies_what_changed(tmp_path: Path) -> None:
    library = full_library()
    export(library, tmp_path)
    before = paths(tmp_path)
    library.replace("p1", b"another original")
    library.edit("p2", caption="Uphill", taken_local="2018-01-01T00:00:00.000")
    library.edit("p7", state="ready", sha256=sha256(b"p7").hexdigest(), bytes=2)
    library.add("p8")
    (tmp_path / before["p3"]).unlink()
    (tmp_path / before["p4"]).write_bytes(b"cut")
    library.requests.clear()
    export(library, tmp_path)
    assert library.downloads() == ["p1", "p3", "p4", "p8"]
    assert paths(tmp_path) == before | {"p8": "originals/2019/07/p8.jpg"}
    assert parse((tmp_path / f"{before['p2']}.xmp").read_bytes()).caption == "Uphill"
    assert_complete(library, tmp_path)


def test_library_without_checksums_is_copied_by_version(tmp_path: Path) -> None:
    library = FakeLibrary()
    library.add("p1", sha256=None)
    export(library, tmp_path)
    library.requests.clear()
    export(library, tmp_path)
    assert library.downloads() == []
    library.edit("p1", rating=1)
    export(library, tmp_path)
    assert library.downloads() == ["p1"]


@pytest.mark.parametrize("delete", [False, True])
def test_gone_photos_are_named(tmp_path: Path, delete: bool) -> None:
    library = full_library()
    export(library, tmp_path)
    before = paths(tmp_path)
    library.remove("p4")
    for _ in range(2):
        report = export(library, tmp_path, delete=delete)
    assert "p4" not in paths(tmp_path)
    assert (tmp_path / before["p4"]).exists() is not delete
    if delete:
        assert_complete(library, tmp_path)
    else:
        assert report.gone == [before["p4"]]
        assert any("--delete" in line for line in report.lines())


def test_photo_that_moves_while_photos_are_listed_is_not_gone(tmp_path: Path) -> None:
    library = full_library()
    export(library, tmp_path)
    first = next(iter(library.photos.values()))

    def hide(number: int) -> None:
        first["state"] = "hidden" if library.requests[-1] == "/api/photos" else "ready"

    library.fail = hide
    assert export(library, tmp_path, delete=True).gone == []
    assert_complete(library, tmp_path)


class Killed(BaseException):
    """The process ends."""


def stop_at(number: int, error: Callable[[], BaseException]) -> Callable[[int], None]:
    def fail(request: int) -> None:
        if request >= number:
            raise error()

    return fail


@pytest.mark.parametrize(
    ("error", "step"), [(Killed, 1), (lambda: httpx.ReadError("reset"), 3)], ids=["killed", "offline"]
)
def test_interrupted_export_is_completed(tmp_path: Path, error: Callable[[], BaseException], step: int) -> None:
    for number in count(1, step):  # the request that fails, until there are not that many
        root = tmp_path / str(number)
        library = full_library()
        library.fail = stop_at(number, error)
        try:
            export(library, root)
        except (Killed, LibraryError):
            pass
        else:
            break
        library.fail = never
        export(library, root)
        assert_complete(library, root)
    assert number > 15


def test_broken_connections_are_no_matter(tmp_path: Path) -> None:
    def fail(number: int) -> None:
        if number % 3 == 0:
            raise httpx.ReadError("reset")

    library = full_library()
    library.fail = fail
    assert export(library, tmp_path).is_complete
    assert_complete(library, tmp_path)


def test_file_of_killed_run_is_not_copied_again(tmp_path: Path) -> None:
    library = FakeLibrary()
    for photo_id in ("p1", "p2", "p3"):
        library.add(photo_id)
    library.fail = stop_at(10, Killed)  # the profile, six pages, and two originals
    with pytest.raises(Killed):
        export(library, tmp_path, jobs=1)
    library.fail = never
    there = {name for name in files(tmp_path) if name.endswith(".jpg")}
    library.requests.clear()
    assert there
    export(library, tmp_path)
    assert {f"originals/2019/07/{name}.jpg" for name in library.downloads()}.isdisjoint(there)
    assert_complete(library, tmp_path)


def test_expired_url_is_asked_for_again(tmp_path: Path) -> None:
    library = full_library()
    library.expired = {"p1", "p4"}
    assert export(library, tmp_path).is_complete
    assert_complete(library, tmp_path)


def test_busy_storage_is_waited_out(tmp_path: Path) -> None:
    library = full_library()
    library.busy = 5
    assert export(library, tmp_path).is_complete
    assert_complete(library, tmp_path)


def test_photo_that_was_deleted_during_the_export_is_named(tmp_path: Path) -> None:
    library = full_library()

    def delete(_: int) -> None:
        if library.requests[-1] == "/p3" and "p3" in library.photos:
            library.remove("p3")

    library.fail = delete
    report = export(library, tmp_path)
    assert [reason.partition(":")[0] for _, reason in report.problems] == ["The library no longer has the photo"]


def test_wrong_or_missing_original_is_named(tmp_path: Path) -> None:
    library = full_library()
    library.originals["p1"] = b"altered in the bucket"
    library.originals["p2"] = b"12"
    del library.originals["p3"]
    report = export(library, tmp_path)
    assert sorted(report.problems) == [
        ("IMG_3.CR3", "The library has lost the original."),
        ("p1.jpg", "The original has another SHA-256 than the library says."),
        ("p1.jpg", "The original has another SHA-256 than the library says."),
    ]
    lines = {line["photo_id"]: line for line in catalogue(tmp_path) if line["type"] == "photo"}
    assert [lines[photo_id]["path"] for photo_id in ("p1", "p2", "p3")] == [None, None, None]
    assert len(files(tmp_path)) == 2 * 4


def test_full_disk_ends_the_run_and_a_second_one_completes(tmp_path: Path) -> None:
    library = full_library()

    def fill(number: int) -> None:
        if number > 9:
            raise OSError(errno.ENOSPC, "No space left on device")

    library.fail = fill
    with pytest.raises(OSError, match="No space left"):
        export(library, tmp_path)
    library.fail = never
    export(library, tmp_path)
    assert_complete(library, tmp_path)


def test_lost_state_is_restored_from_catalogue_and_files(tmp_path: Path) -> None:
    library = full_library()
    export(library, tmp_path)
    before = paths(tmp_path)
    (tmp_path / before["p2"]).write_bytes(b"p9")
    for path in (tmp_path / ".tintype").glob("export.sqlite*"):
        path.unlink()
    library.requests.clear()
    export(library, tmp_path)
    assert library.downloads() == ["p2"]
    assert paths(tmp_path) == before
    assert_complete(library, tmp_path)


def test_damaged_state_is_named(tmp_path: Path) -> None:
    (tmp_path / ".tintype").mkdir()
    (tmp_path / ".tintype" / "export.sqlite").write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match=r"export\.sqlite is damaged\. Delete it"):
        export(full_library(), tmp_path)


def test_unknown_files_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "originals" / "2019" / "07" / "p4.jpg"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"mine")
    export(full_library(), tmp_path, allow_other_files=True)
    assert other.read_bytes() == b"mine"
    assert paths(tmp_path)["p4"] == "originals/2019/07/p4 (2).jpg"


def test_folder_of_another_library_is_refused(tmp_path: Path) -> None:
    export(full_library(), tmp_path)
    with pytest.raises(StoreError, match="another person or another library"):
        export(FakeLibrary(owner="owner2"), tmp_path)


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    library = full_library()

    def start_another(number: int) -> None:
        if number == 5:
            with pytest.raises(StoreError, match="Another export into"):
                export(full_library(), tmp_path)

    library.fail = start_another
    export(library, tmp_path)
    assert_complete(library, tmp_path)
