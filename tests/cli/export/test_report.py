"""The report of an export."""

import pytest

from tintype_cli.export.report import Report, format_bytes


def test_counts() -> None:
    report = Report(photos=1, albums=2, shares=0, copied=1234, copied_bytes=5_600_000)
    assert list(report.lines()) == ["1 photo, 2 albums, 0 shared links.", "1,234 originals copied (5.6 MB)."]


def test_problems_are_named_up_to_a_limit() -> None:
    report = Report(shares=1, problems=[(f"{number}.jpg", "It is lost.") for number in range(25)])
    lines = list(report.lines())
    assert not report.is_complete
    assert lines[2:4] == ["25 originals not copied:", "  0.jpg: It is lost."]
    assert lines[-1] == "  and 5 more"


@pytest.mark.parametrize(
    ("size", "expected"), [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2e12, "2.0 TB"), (3e15, "3000.0 TB")]
)
def test_format_bytes(size: float, expected: str) -> None:
    assert format_bytes(int(size)) == expected
