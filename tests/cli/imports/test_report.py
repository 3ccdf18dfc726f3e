"""Dry runs and reports."""

import csv
from pathlib import Path

from tests.cli.imports.sources import MemorySource, photo
from tintype_cli.imports.report import MAX_REASONS_COUNTED, ReasonCounts, survey
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
