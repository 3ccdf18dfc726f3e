"""A fake directory of owners."""

from dataclasses import dataclass, field

from tests.support.factories import OWNER


@dataclass
class MemoryOwners:
    """`OwnerDirectory` over a set."""

    owners: set[str] = field(default_factory=lambda: {OWNER, "another"})

    def exists(self, owner: str) -> bool:
        return owner in self.owners
