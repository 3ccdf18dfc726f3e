"""What the metadata of one file may cost in all, however many blocks it has and however deep they are nested."""

from dataclasses import dataclass
from typing import IO

MAX_BLOCKS = 200
MAX_BLOCK_BYTES = 8 * 1024 * 1024
MAX_TOTAL_BYTES = 16 * 1024 * 1024
MAX_STEPS = 100_000  # tags and attributes of XMP, entries of EXIF and IPTC; each takes some microseconds
STEPS_PER_BLOCK = 10  # also for one that says nothing


@dataclass(slots=True)
class Budget:
    """What is left: blocks to read, bytes to keep in memory, and steps to take."""

    blocks: int = MAX_BLOCKS
    total_bytes: int = MAX_TOTAL_BYTES
    steps: int = MAX_STEPS

    @property
    def spent(self) -> bool:
        """Whether no further block may be read."""
        return min(self.blocks, self.total_bytes, self.steps) <= 0

    def take_bytes(self, count: int) -> int:
        """Count up to `count` bytes before they are read; returns how many may be."""
        granted = max(0, min(count, MAX_BLOCK_BYTES, self.total_bytes))
        self.total_bytes -= granted
        return granted

    def take_steps(self, count: int = 1) -> bool:
        """Count steps; returns whether there were as many."""
        self.steps -= count
        return self.steps >= 0

    def read(self, file: IO[bytes], count: int) -> bytes:
        """Read up to `count` bytes, as far as they may be."""
        return file.read(self.take_bytes(count))
