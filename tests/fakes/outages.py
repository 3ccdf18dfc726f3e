"""A fake store of the labeler's outage."""

from dataclasses import dataclass, replace

from chalicelib.errors import Unavailable
from chalicelib.labels.outage import Outage


@dataclass
class MemoryOutages:
    """`OutageStore` in memory; counts its writes, which fail while broken."""

    outage: Outage | None = None
    writes: int = 0
    broken: bool = False

    def load(self) -> Outage | None:
        return self.outage

    def record(self, outage: Outage) -> None:
        self._write()
        self.outage = replace(outage, since=self.outage.since) if self.outage else outage

    def clear(self) -> None:
        self._write()
        self.outage = None

    def _write(self) -> None:
        if self.broken:
            raise Unavailable("The trends table did not respond.")
        self.writes += 1
