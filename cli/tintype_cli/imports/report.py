"""What an import will do, and what it has done: counts for the terminal, and a table of all files."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tintype_cli.export.report import format_bytes
from tintype_cli.imports.state import ImportState
from tintype_cli.imports.uploads import FileResult, Stage
from tintype_cli.photos import Problem, Source

COLUMNS = ("file", "result", "photo_id", "what to know")
MAX_REASONS = 20
MAX_REASONS_COUNTED = 1000


@dataclass
class ReasonCounts:
    """How often each reason was given, with the first file of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        """Count a problem."""
        reason = problem.reason
        if reason not in self.counts and len(self.counts) >= MAX_REASONS_COUNTED:
            reason = "Other reasons, which the report names."
        self.counts[reason] += 1
        self.examples.setdefault(reason, problem.path)

    def lines(self) -> Iterator[str]:
        """The most frequent reasons as text."""
        for reason, number in self.counts.most_common(MAX_REASONS):
            others = f" and {number - 1:,} more" if number > 1 else ""
            yield f"  {reason} ({self.examples[reason]}{others})"
        if (left_out := len(self.counts) - MAX_REASONS) > 0:
            yield f"  {left_out:,} other reasons are in the report."


@dataclass
class Survey:
    """What a source has: a dry run."""

    photos: int = 0
    size: int = 0  # bytes
    albums: int = 0
    skipped: ReasonCounts = field(default_factory=ReasonCounts)
    incomplete: ReasonCounts = field(default_factory=ReasonCounts)

    def lines(self) -> Iterator[str]:
        """The survey as text."""
        yield f"{self.photos:,} photos of {format_bytes(self.size)}, {self.albums:,} albums."
        yield from _problem_lines(self.skipped, self.incomplete)


def survey(source: Source, report: Path | None) -> Survey:
    """Look through a source without changing anything; `report` becomes a table of its problems."""
    found = Survey(albums=len(source.albums()))

    def problems() -> Iterator[tuple[str, ...]]:
        for each in source.photos():
            if isinstance(each, Problem):
                (found.skipped if each.is_skipped else found.incomplete).add(each)
                yield each.path, "skipped" if each.is_skipped else "incomplete", "", each.reason
            else:
                found.photos += 1
                found.size += each.size

    rows = problems()
    if report is not None:
        _write(report, rows)
    for _ in rows:
        pass
    return found


@dataclass
class Summary:
    """What an import has done. `may_reject` says that the source has files that were rejected before."""

    results: Counter[str]
    skipped: ReasonCounts
    incomplete: ReasonCounts
    may_reject: bool

    @property
    def is_complete(self) -> bool:
        """Whether all photos are in."""
        return not self.results[_REFUSED] and (self.may_reject or not self.results[_REJECTED])

    def lines(self) -> Iterator[str]:
        """The summary as text."""
        yield ", ".join(f"{number:,} {result}" for result, number in self.results.items() if number) or "No photos."
        yield from _problem_lines(self.skipped, self.incomplete)


_REFUSED = "refused"
_REJECTED = "rejected"


def summarize(state: ImportState, report: Path, *, may_reject: bool = False) -> Summary:
    """What this run has done; `report` becomes a table of all files and problems."""
    summary = Summary(Counter(), ReasonCounts(), ReasonCounts(), may_reject)

    def rows() -> Iterator[tuple[str, ...]]:
        for result in state.results():
            text = _result(result, state.run)
            summary.results[text] += 1
            is_copy = result.first_path != result.path
            same = f"The same bytes as {result.first_path}." if is_copy and text in {_COPY, _REFUSED, _REJECTED} else ""
            if is_copy and text == _REFUSED:  # what is wrong with the first one is a problem of that one
                summary.skipped.add(Problem(result.path, "It has the same bytes as another file that was refused."))
            is_there = result.stage in {Stage.SENT, Stage.DONE, Stage.PRESENT, Stage.REJECTED}
            yield result.path, text, result.photo_id if is_there else "", same
        for problem in state.problems():
            (summary.skipped if problem.is_skipped else summary.incomplete).add(problem)
            yield problem.path, "skipped" if problem.is_skipped else "incomplete", "", problem.reason

    _write(report, rows())
    return summary


_COPY = "copies of another file"


def _result(result: FileResult, run: int) -> str:
    if result.stage is Stage.REFUSED:
        return _REFUSED
    if result.stage is Stage.REJECTED:
        return _REJECTED
    if result.stage in {Stage.QUEUED, Stage.TICKET}:
        return "not sent yet"
    if result.first_path != result.path:
        return _COPY
    if result.sent_run == 0:
        return "already in the library"
    return "imported" if result.sent_run == run else "imported by an earlier run"


def _write(report: Path, rows: Iterable[tuple[str, ...]]) -> None:
    report.parent.mkdir(parents=True, exist_ok=True)
    with report.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _problem_lines(skipped: ReasonCounts, incomplete: ReasonCounts) -> Iterator[str]:
    headings: Mapping[str, ReasonCounts] = {"not imported": skipped, "with something to know": incomplete}
    for heading, reasons in headings.items():
        if reasons.counts:
            yield f"{reasons.counts.total():,} {heading}:"
            yield from reasons.lines()
