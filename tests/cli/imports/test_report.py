"""Dry runs and reports."""

import csv
from pathlib import Path

from tests.cli.imports.sources import MemorySource, photo
from tintype_cli.imports.report import MAX_REASONS_COUNTED, ReasonCounts, summarize, survey
from tintype_cli.imports.state import ImportState
from tintype_cli.imports.uploads import Stage, Upload
from tintype_cli.photos import ImportAlbum, Problem


def test_survey_counts_photos_bytes_albums_and_problems_by_reason(tmp_path: Path) -> None:
    found: list[object] = [photo("a.jpg", b"12345"), Problem("b.txt", "This is not a photo.")]
    found += [Problem("c.txt", "This is not a photo."), Problem("d.xmp", "Unreadable.", is_skipped=False)]
    report = tmp_path / "report.csv"
    survey_found = survey(MemorySource(found, [ImportAlbum("k", "Rome")]), report)  # type: ignore[arg-type]
    assert list(survey_found.lines()) == [
        "1 photos of 5 bytes, 1 albums.",
        "2 not imported:",
        "  This is not a photo. (b.txt and 1 more)",
        "1 with something to know:",
        "  Unreadable. (d.xmp)",
    ]
    with report.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ["b.txt", "skipped", "", "This is not a photo."],
            ["c.txt", "skipped", "", "This is not a photo."],
            ["d.xmp", "incomplete", "", "Unreadable."],
        ]


def test_survey_needs_no_report() -> None:
    assert survey(MemorySource([photo("a.jpg")]), None).photos == 1


def test_many_different_reasons_do_not_fill_memory_or_the_terminal() -> None:
    counts = ReasonCounts()
    for number in range(MAX_REASONS_COUNTED + 500):
        counts.add(Problem(f"{number}.txt", f"Reason {number}."))
    lines = list(counts.lines())
    assert (len(counts.counts), counts.counts.total()) == (MAX_REASONS_COUNTED + 1, MAX_REASONS_COUNTED + 500)
    assert (len(lines), lines[-1]) == (21, "  981 other reasons are in the report.")


def test_report_gives_ids_only_of_photos_that_the_library_has(tmp_path: Path) -> None:
    expected = {
        Stage.QUEUED: ("not sent yet", ""),
        Stage.TICKET: ("not sent yet", ""),
        Stage.SENT: ("imported", "id-sent"),
        Stage.DONE: ("imported", "id-done"),
        Stage.PRESENT: ("already in the library", "id-present"),
        Stage.REFUSED: ("refused", ""),
    }
    with ImportState(tmp_path / "state.sqlite") as state:
        for stage in expected:
            sent = state.run if stage in {Stage.SENT, Stage.DONE} else 0
            state.save(Upload(f"sha-{stage}", f"{stage}.jpg", state.run, stage, f"id-{stage}", sent))
            for path in (f"{stage}.jpg", f"{stage}-copy.jpg"):
                state.add_file(photo(path), f"sha-{stage}")
        summarize(state, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = {path: (result, photo_id) for path, result, photo_id, _ in list(csv.reader(file))[1:]}
    firsts = {f"{stage}.jpg": result for stage, result in expected.items()}
    copies = {
        f"{stage}-copy.jpg": ("copies of another file", photo_id) if photo_id else (text, "")
        for stage, (text, photo_id) in expected.items()
    }
    assert rows == firsts | copies
