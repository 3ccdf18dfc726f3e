"""The queue of the ingest function, in memory."""

from dataclasses import dataclass, field

from chalicelib.errors import Unavailable
from tests.fakes.library import MemoryLibrary


@dataclass
class MemoryIngestQueue:
    """`IngestQueue` over a list."""

    keys: list[str] = field(default_factory=list)
    broken: bool = False

    def send(self, key: str) -> None:
        if self.broken:
            raise Unavailable("Rate exceeded.")
        self.keys.append(key)

    def deliver(self, library: MemoryLibrary) -> None:
        """Reconcile the keys, as the ingest function does."""
        keys, self.keys = self.keys, []
        for key in keys:
            library.deliver_event(key)
