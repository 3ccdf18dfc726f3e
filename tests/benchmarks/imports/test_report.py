from benchmarks.imports.commands import Usage
from benchmarks.imports.measurement import BroughtIn, Tintype
from benchmarks.imports.report import tables

USAGE = Usage(seconds=20.0, cpu_seconds=3.0, peak_bytes=52_000_000)
IMPORTED = BroughtIn(sent_seconds=10.0, processed_seconds=20.0, first=USAGE, again=USAGE)
TINTYPE = Tintype(IMPORTED, USAGE, USAGE, USAGE)


def test_rates_are_those_of_all_files() -> None:
    lines = list(tables(100, 1_000_000, TINTYPE, BroughtIn(2.0, 50.0, USAGE, USAGE)))
    assert lines[0] == "100 files of 10.0 kB"
    assert "| files sent a second | 10.0 | 50.0 |" in lines
    assert "| photos a second until all are processed | 5.0 | 2.0 |" in lines
    assert "| peak memory | 52 MB | 52 MB |" in lines
    assert "| `tintype export` | 20.0 | 5 | 3.0 | 52 MB |" in lines


def test_table_without_aws_says_so() -> None:
    lines = list(tables(100, 1_000_000, TINTYPE, None))
    assert "| | `tintype import` | `aws s3 sync`: `aws` is not installed |" in lines
    assert "| files sent a second | 10.0 |  |" in lines
