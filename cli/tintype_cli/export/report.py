"""What an export has done, for people."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_NAMED = 20  # of each kind; the rest is counted


@dataclass
class Report:
    """Counts, and what went wrong: a path or file name, and a sentence."""

    photos: int = 0
    albums: int = 0
    shares: int | None = None  # None: the key could not read them
    copied: int = 0
    copied_bytes: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # paths of photos that the library no longer has
    is_gone_deleted: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether all originals are there."""
        return not self.problems

    def lines(self) -> Iterator[str]:
        """The report as text."""
        shares = "" if self.shares is None else f", {_count(self.shares, 'shared link')}"
        yield f"{_count(self.photos, 'photo')}, {_count(self.albums, 'album')}{shares}."
        yield f"{_count(self.copied, 'original')} copied ({format_bytes(self.copied_bytes)})."
        if self.shares is None:
            yield "Shared links and members of albums are left out: the key lacks the permission `share`."
        if self.gone:
            what = "deleted here too" if self.is_gone_deleted else "still here; --delete deletes them"
            yield f"{_count(len(self.gone), 'photo')} no longer in the library, {what}:"
            yield from _named(self.gone)
        if self.problems:
            yield f"{_count(len(self.problems), 'original')} not copied:"
            yield from _named([f"{name}: {reason}" for name, reason in self.problems])


def format_bytes(size: int) -> str:
    """A size for people, in decimal units."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _named(texts: list[str]) -> Iterator[str]:
    yield from (f"  {text}" for text in texts[:MAX_NAMED])
    if len(texts) > MAX_NAMED:
        yield f"  and {len(texts) - MAX_NAMED:,} more"
