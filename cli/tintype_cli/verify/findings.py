"""Collects what a comparison finds: the first ones to print, all of them for a file."""

from dataclasses import dataclass, field
from typing import TextIO

MAX_PRINTED = 50


@dataclass
class Findings:
    """Differences, and notes that are none. `file` gets all of them, a line each."""

    file: TextIO | None = None
    differences: int = 0
    notes: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: str, sentence: str) -> None:
        """Add a difference."""
        self.differences += 1
        self._write(f"{name}: {sentence}")

    def note(self, name: str, sentence: str) -> None:
        """Add what is no difference, but worth knowing."""
        self.notes += 1
        self._write(f"{name}: {sentence} (note)")

    def _write(self, text: str) -> None:
        if len(self.first) < MAX_PRINTED:
            self.first.append(text)
        if self.file:
            self.file.write(f"{text}\n")

    @property
    def not_printed(self) -> int:
        """How many are not in `first`."""
        return self.differences + self.notes - len(self.first)
