"""Whole imports into a library in memory."""

import csv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.imports.fake_library import STORAGE, FakeLibrary, lose_every
from tests.cli.imports.runs import REPORT, Steps, run_import
from tests.cli.imports.sources import MemorySource, photo
from tintype_cli.api.errors import ApiError, UnreachableError
from tintype_cli.imports.errors import ImportStoppedError, StateError
from tintype_cli.imports.library import ImportLibrary
from tintype_cli.imports.state import ImportState
from tintype_cli.photos import ImportAlbum, ImportPhoto, Problem

ID = "0123456789abcdef0123456789abcdef"


def report_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / REPORT).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reasons(folder: Path) -> dict[str, str]:
    return {row["file"]: row["what to know"] for row in report_rows(folder) if row["what to know"]}


def test_photo_arrives_with_all_details(tmp_path: Path) -> None:
    library = FakeLibrary()
    details: dict[str, Any] = {
        "tags": ("Beach", "beach", "tram 28"),
        "label": "lisbon",
        "weight": 0.25,
        "status": "public",
        "caption": "",
        "rating": 0,
        "favorite": True,
        "taken_local": "1955-03-02T10:00:00",
        "offset": "+01:00",
        "place": "Lisbon",
    }
    added = datetime(2020, 5, 1, 12, tzinfo=UTC)
    source = MemorySource([photo("a/b.jpg", photo_id=ID, created_at=added, albums=("k",), **details)])
    source.wanted = [ImportAlbum("k", "Lisbon", description="Two weeks.", order="oldest")]
    summary = run_import(source, library, tmp_path)
    stored = library.photos[ID]
    assert (stored["filename"], stored["state"], stored["content"]) == ("b.jpg", "ready", b"a/b.jpg")
    assert stored["details"] == details | {
        "tags": ["Beach", "tram 28"],
        "created_at": "2020-05-01T12:00:00.000+00:00",
    }
    album = library.album("Lisbon")
    assert (album["description"], album["order"], library.members("Lisbon")) == ("Two weeks.", "oldest", ["b.jpg"])
    assert (list(summary.lines()), summary.is_complete) == (["1 imported"], True)


def test_second_run_sends_nothing_and_asks_once_per_hundred(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo(f"{number}.jpg") for number in range(250)])
    run_import(source, library, tmp_path)
    library.requests.clear()
    summary = run_import(source, library, tmp_path)
    assert summary.results == {"imported by an earlier run": 250}
    assert library.requests == {"POST /uploads/check": 3}
    assert len(library.ready()) == 250


def test_progress_is_of_the_work_of_this_run(tmp_path: Path) -> None:
    library = FakeLibrary()
    run_import(MemorySource([photo(f"{number}.jpg") for number in range(5)]), library, tmp_path)
    steps = Steps()
    resumed = MemorySource([photo(f"{number}.jpg") for number in range(7)])
    run_import(resumed, library, tmp_path, monitor=steps)
    assert (steps.photos, steps.size, steps.skipped) == (2 + 2, 10, 5)  # sent, then processed


@pytest.mark.parametrize("jobs", [1, 8])
def test_nothing_is_lost_or_doubled_when_every_seventh_request_breaks(tmp_path: Path, jobs: int) -> None:
    library = FakeLibrary(checks_until_ready=2)
    source = MemorySource(
        [photo(f"{number}.jpg", albums=("k",), trashed=number % 10 == 0) for number in range(120)],
        [ImportAlbum("k", "All")],
    )
    summary = run_import(source, library, tmp_path, jobs=jobs, handler=lose_every(library, 7))
    assert summary.results == {"imported": 120}
    assert Counter(each["state"] for each in library.photos.values()) == {"ready": 108, "trashed": 12}
    assert len(library.albums) == 1
    assert len(library.members("All")) == 108


def test_throttle_and_unavailable_library_are_waited_out(tmp_path: Path) -> None:
    library = FakeLibrary()
    refusals = iter(range(1000))

    def refuse(name: str) -> httpx.Response | None:
        turn = next(refusals)
        if name == "storage":
            return httpx.Response(503, text="<Error><Code>SlowDown</Code></Error>") if turn % 3 == 0 else None
        error = {"error": "Too many requests.", "code": "too_many_requests"}
        return httpx.Response(429 if turn % 2 else 503, json=error) if turn % 3 else None

    library.fail = refuse
    run_import(MemorySource([photo(f"{number}.jpg") for number in range(20)]), library, tmp_path)
    assert len(library.ready()) == len(library.photos) == 20
    assert set(library.stored.values()) == {1}


def test_bytes_that_the_library_has_are_not_sent_but_join_albums(tmp_path: Path) -> None:
    library = FakeLibrary()
    there = library.add_photo(b"same", caption="mine")
    source = MemorySource([photo("a.jpg", b"same", albums=("k",), caption="other")], [ImportAlbum("k", "Lisbon")])
    summary = run_import(source, library, tmp_path)
    assert summary.results == {"already in the library": 1}
    assert list(library.photos) == [there]
    assert library.members("Lisbon") == ["before.jpg"]
    assert not library.stored


def test_photo_in_the_trash_of_the_library_stays_there(tmp_path: Path) -> None:
    library = FakeLibrary()
    library.add_photo(b"same", state="trashed")
    run_import(MemorySource([photo("a.jpg", b"same")]), library, tmp_path)
    assert reasons(tmp_path) == {"a.jpg": "The library has this photo in the trash. Restore it there."}


def test_copies_within_the_source_are_one_photo_in_the_albums_of_all(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource(
        [
            photo("2019/a.jpg", b"same", trashed=True),
            photo("b.jpg"),
            photo("Lisbon/a.jpg", b"same", albums=("k",)),
        ],
        [ImportAlbum("k", "Lisbon")],
    )
    summary = run_import(source, library, tmp_path)
    assert summary.results == {"imported": 2, "copies of another file": 1}
    assert (len(library.photos), len(library.ready()), library.members("Lisbon")) == (2, 2, ["a.jpg"])
    assert reasons(tmp_path) == {"Lisbon/a.jpg": "The same bytes as 2019/a.jpg."}


def test_copies_add_what_the_first_file_does_not_say(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource(
        [
            photo("Cats/copy of.jpg", b"same", tags=("cat",)),
            photo("Lisbon/a.jpg", b"same", tags=("Cat", "tram"), caption="Tram 28", rating=4, favorite=True),
            photo("b.jpg", b"same", caption="Another", latitude=38.71, longitude=-9.13),
        ]
    )
    for _ in range(2):
        run_import(source, library, tmp_path)
        (found,) = library.ready()
        assert found["details"] == {
            "tags": ["cat", "tram"],
            "caption": "Tram 28",
            "rating": 4,
            "favorite": True,
            "coordinates": {"latitude": 38.71, "longitude": -9.13},
        }
        assert "b.jpg has the same bytes, but differs in caption: that was left out." in {
            row["what to know"] for row in report_rows(tmp_path)
        }
    assert library.requests["PATCH /photos/*"] == 2


def test_copies_of_an_export_add_nothing(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource(
        [photo("a.jpg", b"same", photo_id=ID), photo("b.jpg", b"same", photo_id="f" * 32, caption="Of the duplicate")]
    )
    run_import(source, library, tmp_path)
    assert library.requests["PATCH /photos/*"] == 0


def test_copy_is_compared_again_when_others_change_the_photo(tmp_path: Path) -> None:
    library = FakeLibrary()
    changes = iter(["Mine"])

    def change_first(name: str) -> None:
        if name == "PATCH /photos/*" and (caption := next(changes, None)):
            (found,) = library.ready()
            found["details"]["caption"] = caption
            found["version"] += 1

    library.fail = change_first
    source = MemorySource([photo("a.jpg", b"same"), photo("b.jpg", b"same", caption="Tram 28", rating=4)])
    run_import(source, library, tmp_path)
    (found,) = library.ready()
    assert (found["details"]["caption"], found["details"]["rating"]) == ("Mine", 4)
    assert reasons(tmp_path)["a.jpg"] == "b.jpg has the same bytes, but differs in caption: that was left out."


def test_lost_answers_to_what_copies_add_change_nothing(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg", b"same"), photo("b.jpg", b"same", tags=("tram",), rating=4)])
    run_import(source, library, tmp_path, handler=lose_every(library, 2))
    (found,) = library.ready()
    assert (found["details"]["tags"], found["details"]["rating"]) == (["tram"], 4)


def test_field_of_a_copy_that_the_library_refuses_is_reported(tmp_path: Path) -> None:
    library = FakeLibrary(refused_fields={"coordinates": "Positions are not stored."})
    copy = photo("b.jpg", b"same", caption="Tram 28", latitude=38.71, longitude=-9.13)
    source = MemorySource([photo("a.jpg", b"same"), copy])
    summary = run_import(source, library, tmp_path)
    assert summary.is_complete
    expected = "b.jpg has the same bytes. Of its metadata, coordinates was left out: Positions are not stored."
    assert reasons(tmp_path)["a.jpg"] == expected
    (found,) = library.ready()
    assert found["details"] == {"caption": "Tram 28"}


def test_photo_that_is_deleted_before_its_copy_is_compared_does_not_stop_the_import(tmp_path: Path) -> None:
    library = FakeLibrary()

    def delete_first(name: str) -> None:
        if name == "GET /photos/*":
            library.photos.clear()

    library.fail = delete_first
    source = MemorySource([photo("a.jpg", b"same"), photo("b.jpg", b"same", caption="Tram 28")])
    run_import(source, library, tmp_path)
    assert reasons(tmp_path)["a.jpg"] == "b.jpg has the same bytes. What it says was left out: Photo not found."


def test_trashed_photos_go_to_the_trash_once(tmp_path: Path) -> None:
    library = FakeLibrary(checks_until_ready=3)
    source = MemorySource([photo("a.jpg", trashed=True), photo("b.jpg")])
    run_import(source, library, tmp_path)
    states = {each["filename"]: each["state"] for each in library.photos.values()}
    assert states == {"a.jpg": "trashed", "b.jpg": "ready"}
    (trashed,) = [each for each in library.photos.values() if each["state"] == "trashed"]
    trashed["state"] = "ready"  # its owner restores it
    run_import(source, library, tmp_path)
    assert trashed["state"] == "ready"


def test_id_of_another_photo_is_replaced_and_reported(tmp_path: Path) -> None:
    library = FakeLibrary(taken_ids={ID})
    run_import(MemorySource([photo("a.jpg", photo_id=ID)]), library, tmp_path)
    (stored,) = library.ready()
    assert stored["photo_id"] != ID
    assert reasons(tmp_path) == {"a.jpg": "It has a new id, because the library said: This id is taken."}


def test_new_ids_are_given_if_chosen(tmp_path: Path) -> None:
    library = FakeLibrary()
    run_import(MemorySource([photo("a.jpg", photo_id=ID)]), library, tmp_path, same_ids=False)
    (stored,) = library.ready()
    assert stored["photo_id"] != ID
    assert reasons(tmp_path) == {}


def test_same_ids_find_photos_that_wait_for_processing_although_the_state_is_lost(tmp_path: Path) -> None:
    library = FakeLibrary(checks_until_ready=100)
    source = MemorySource([photo("a.jpg", photo_id=ID)])
    with pytest.raises(UnreachableError):
        run_import(source, library, tmp_path / "lost", handler=stop_after(library, "storage"))
    library.checks_until_ready = 1
    summary = run_import(source, library, tmp_path / "new")
    assert (list(library.photos), library.stored) == ([ID], {ID: 1})
    assert summary.is_complete


def stop_after(library: FakeLibrary, name: str, number: int = 1) -> "StopAfter":
    return StopAfter(library, name, number)


class StopAfter:
    """The network is gone after so many requests of this name."""

    def __init__(self, library: FakeLibrary, name: str, number: int) -> None:
        self._library = library
        self._name = name
        self._number = number

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self._library.requests[self._name] >= self._number:
            raise httpx.ConnectError("Connection refused")
        return self._library.handle(request)


def test_refused_fields_are_left_out_and_reported(tmp_path: Path) -> None:
    library = FakeLibrary(refused_fields={"place": "place is not known.", "caption": "caption is too long."})
    source = MemorySource([photo("a.jpg", caption="x", place="x", rating=3)])
    run_import(source, library, tmp_path)
    (stored,) = library.ready()
    assert stored["details"] == {"rating": 3}
    rows = [row["what to know"] for row in report_rows(tmp_path) if row["what to know"]]
    assert rows == [
        "caption was left out: caption is too long.",
        "place was left out: place is not known.",
    ]


def test_photo_that_the_library_refuses_is_reported_and_tried_again(tmp_path: Path) -> None:
    library = FakeLibrary(refused_fields={"bytes": "bytes must be from 1 to 209,715,200 (200 MB)."})
    source = MemorySource([photo("a.jpg")])
    summary = run_import(source, library, tmp_path)
    assert (summary.results, summary.is_complete) == ({"refused": 1}, False)
    assert reasons(tmp_path) == {"a.jpg": "bytes must be from 1 to 209,715,200 (200 MB)."}
    library.refused_fields = {}
    assert run_import(source, library, tmp_path).results == {"imported": 1}


def test_what_was_left_out_is_reported_by_every_run_that_meets_the_file(tmp_path: Path) -> None:
    library = FakeLibrary(refused_fields={"place": "place is not known."})
    left_out = {"a.jpg": "place was left out: place is not known."}
    source = MemorySource([photo("a.jpg", place="x"), photo("b.jpg")])
    with pytest.raises(UnreachableError):
        run_import(source, library, tmp_path, handler=stop_after(library, "storage", 1))
    for _ in range(2):
        summary = run_import(source, library, tmp_path)
        assert reasons(tmp_path) == left_out
        assert list(summary.lines())[-2:] == ["1 with something to know:", f"  {left_out['a.jpg']} (a.jpg)"]
    moved = MemorySource([photo("new/a.jpg", b"a.jpg", place="x"), photo("b.jpg")])
    run_import(moved, library, tmp_path)
    assert [row["what to know"] for row in report_rows(tmp_path) if row["result"] == "incomplete"] == [
        left_out["a.jpg"]
    ]
    run_import(MemorySource([photo("b.jpg")]), library, tmp_path)
    assert reasons(tmp_path) == {}


def test_notes_about_a_deleted_photo_are_those_of_the_new_one(tmp_path: Path) -> None:
    library = FakeLibrary(refused_fields={"place": "place is not known."})
    source = MemorySource([photo("a.jpg", place="x")])
    run_import(source, library, tmp_path)
    library.photos.clear()
    library.refused_fields = {}
    run_import(source, library, tmp_path)
    assert reasons(tmp_path) == {}


def test_photo_in_the_trash_is_reported_until_it_is_restored(tmp_path: Path) -> None:
    library = FakeLibrary()
    there = library.add_photo(b"same", state="trashed")
    source = MemorySource([photo("a.jpg", b"same")])
    for _ in range(2):
        run_import(source, library, tmp_path)
        assert reasons(tmp_path) == {"a.jpg": "The library has this photo in the trash. Restore it there."}
    library.photos[there]["state"] = "ready"
    run_import(source, library, tmp_path)
    assert reasons(tmp_path) == {}


def test_copies_of_a_refused_file_are_named(tmp_path: Path) -> None:
    library = FakeLibrary(refused_fields={"bytes": "bytes must be less."})
    summary = run_import(MemorySource([photo("a.jpg", b"x"), photo("b.jpg", b"x")]), library, tmp_path)
    assert list(summary.lines()) == [
        "2 refused",
        "2 not imported:",
        "  It has the same bytes as another file that was refused. (b.jpg)",
        "  bytes must be less. (a.jpg)",
    ]
    assert reasons(tmp_path)["b.jpg"] == "The same bytes as a.jpg."


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_storage_is_waited_out(tmp_path: Path, status: int) -> None:
    library = FakeLibrary()
    busy = [httpx.Response(status, headers={"Retry-After": "90"})] * 3
    library.fail = lambda name: busy.pop() if name == "storage" and busy else None
    began = library.now
    summary = run_import(MemorySource([photo("a.jpg")]), library, tmp_path)
    assert summary.results == {"imported": 1}
    assert library.now - began >= 3 * 90


def test_rejected_file_is_reported_in_every_run_but_sent_once(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg", b"not an image, but text"), photo("b.jpg")])
    for other in ("imported", "already in the library"):
        summary = run_import(source, library, tmp_path)
        assert (summary.is_complete, summary.results["rejected"]) == (False, 1)
        assert {row["file"]: row["result"] for row in report_rows(tmp_path)}["b.jpg"] in {
            other,
            "imported by an earlier run",
        }
        assert reasons(tmp_path) == {"a.jpg": "The library has the file, but rejected it: This file is not an image."}
    assert sorted(library.stored.values()) == [1, 1]


def test_expired_ticket_is_asked_for_again_under_the_same_id(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg")])
    with pytest.raises(UnreachableError):
        run_import(source, library, tmp_path, handler=stop_after(library, "POST /uploads"))
    library.now += 7200
    run_import(source, library, tmp_path)
    assert (len(library.photos), library.requests["POST /uploads"]) == (1, 2)
    assert len(library.ready()) == 1


def test_stored_ticket_is_used_while_it_is_valid(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg")])
    with pytest.raises(UnreachableError):
        run_import(source, library, tmp_path, handler=stop_after(library, "POST /uploads"))
    run_import(source, library, tmp_path)
    assert (len(library.ready()), library.requests["POST /uploads"]) == (1, 1)


def test_file_whose_answer_was_lost_is_not_sent_again(tmp_path: Path) -> None:
    library = FakeLibrary()

    def lose_answer(request: httpx.Request) -> httpx.Response:
        answer = library.handle(request)
        if library.requests["storage"] == 1 and str(request.url).startswith(STORAGE):
            raise httpx.ReadError("Connection reset")
        return answer

    run_import(MemorySource([photo("a.jpg")]), library, tmp_path, handler=lose_answer)
    assert list(library.stored.values()) == [1]


def test_files_that_have_arrived_are_not_sent_again_although_their_events_are_late(tmp_path: Path) -> None:
    library = FakeLibrary(has_late_events=True, checks_until_ready=10)
    source = MemorySource([photo(f"{number}.jpg") for number in range(20)])
    for arrived in (5, 10):
        with pytest.raises(UnreachableError):
            run_import(source, library, tmp_path, handler=stop_after(library, "storage", arrived))
    run_import(source, library, tmp_path)
    assert len(library.ready()) == 20
    assert set(library.stored.values()) == {1}


def test_clock_that_is_wrong_is_named(tmp_path: Path) -> None:
    library = FakeLibrary(fail=lambda name: httpx.Response(403) if name == "storage" else None)
    run_import(MemorySource([photo("a.jpg")]), library, tmp_path)
    assert "Is this clock right?" in reasons(tmp_path)["a.jpg"]
    assert library.requests["POST /uploads"] == 3


def test_photo_deleted_permanently_is_sent_again(tmp_path: Path) -> None:
    library = FakeLibrary()
    source = MemorySource([photo("a.jpg", photo_id=ID, albums=("k",))], [ImportAlbum("k", "Lisbon")])
    run_import(source, library, tmp_path)
    del library.photos[ID]
    library.taken_ids.add(ID)
    run_import(source, library, tmp_path)
    (stored,) = library.ready()
    assert stored["photo_id"] != ID
    assert library.members("Lisbon") == ["a.jpg"]


def test_unreadable_file_and_file_that_changes_are_reported(tmp_path: Path) -> None:
    def cannot_open() -> BytesIO:
        raise PermissionError(13, "Permission denied")

    turns = iter([b"12345678", b"12345679"])
    library = FakeLibrary()
    changing = ImportPhoto("b.jpg", "b.jpg", 8, 1.0, lambda: BytesIO(next(turns)))
    shorter = ImportPhoto("c.jpg", "c.jpg", 9, 1.0, lambda: BytesIO(b"short"))
    source = MemorySource([ImportPhoto("a.jpg", "a.jpg", 5, 1.0, cannot_open), changing, shorter, photo("d.jpg")])
    run_import(source, library, tmp_path)
    assert reasons(tmp_path) == {
        "a.jpg": "The file can't be read: Permission denied.",
        "b.jpg": "The file can't be read: it changed while it was read.",
        "c.jpg": "The file can't be read: it has 5 bytes instead of 9.",
    }
    assert [each["filename"] for each in library.ready()] == ["d.jpg"]


def test_file_that_is_not_the_one_of_the_catalogue_is_reported(tmp_path: Path) -> None:
    library = FakeLibrary()
    altered = ImportPhoto("a.jpg", "a.jpg", 1, 1.0, lambda: BytesIO(b"x"), sha256="0" * 64)
    run_import(MemorySource([altered]), library, tmp_path)
    assert "changed or damaged after the export" in reasons(tmp_path)["a.jpg"]
    assert len(library.ready()) == 1


def test_problems_of_the_source_are_in_the_report(tmp_path: Path) -> None:
    source = MemorySource([Problem("a.txt", "This is not a photo."), photo("b.jpg")])
    summary = run_import(source, FakeLibrary(), tmp_path)
    assert reasons(tmp_path) == {"a.txt": "This is not a photo."}
    assert list(summary.lines()) == ["1 imported", "1 not imported:", "  This is not a photo. (a.txt)"]


def test_revoked_key_and_full_disk_of_the_library_stop_the_import(tmp_path: Path) -> None:
    for status in (401, 507):
        error = httpx.Response(status, json={"error": "No.", "code": "x"})
        library = FakeLibrary(fail=lambda name, answer=error: answer if name == "POST /uploads" else None)  # type: ignore[misc]
        with pytest.raises(ApiError, match=r"No\."):
            run_import(MemorySource([photo("a.jpg"), photo("b.jpg")]), library, tmp_path / str(status))


def test_errors_of_single_photos_do_not_stop_the_import_but_many_in_a_row_do(tmp_path: Path) -> None:
    error = httpx.Response(500, json={"error": "Something went wrong.", "code": "internal_error"})
    library = FakeLibrary(fail=lambda name: error if name == "POST /uploads" else None)
    summary = run_import(MemorySource([photo(f"{number}.jpg") for number in range(4)]), library, tmp_path / "few")
    assert summary.results == {"refused": 4}
    with pytest.raises(ApiError):
        run_import(MemorySource([photo(f"{number}.jpg") for number in range(50)]), library, tmp_path / "many")


def test_library_that_does_not_process_is_named(tmp_path: Path) -> None:
    library = FakeLibrary(checks_until_ready=10_000)
    with pytest.raises(ImportStoppedError, match="1 photos have arrived, but the library does not process them"):
        run_import(MemorySource([photo("a.jpg")]), library, tmp_path)


def test_key_without_permission_is_named() -> None:
    with pytest.raises(ImportStoppedError, match="lacks the permissions upload, manage"):
        ImportLibrary(FakeLibrary(can=("read",)).client()).owner()


def test_two_imports_with_states_of_their_own_are_harmless(tmp_path: Path) -> None:
    library = FakeLibrary(checks_until_ready=3)
    source = MemorySource([photo(f"{n}.jpg", photo_id=f"{n:032x}", albums=("k",)) for n in range(30)])
    source.wanted = [ImportAlbum("k", "Lisbon")]
    folders = MemorySource([photo(f"new/{n}.jpg", f"{n}.jpg".encode()) for n in range(30)])
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(run_import, each, library, tmp_path / str(number), jobs=4)
            for number, each in enumerate((source, source, folders))
        ]
        assert all(run.result().is_complete for run in runs)
    digests = Counter(each["sha256"] for each in library.ready())
    assert (len(digests), set(digests.values())) == (30, {1})
    assert {each["state"] for each in library.photos.values()} <= {"ready", "duplicate"}


def test_second_import_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with ImportState(tmp_path / "state.sqlite"), pytest.raises(StateError, match="Another import"):
        run_import(MemorySource([photo("a.jpg")]), FakeLibrary(), tmp_path)
