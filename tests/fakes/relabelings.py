"""A fake store of relabelings."""

from dataclasses import dataclass, field, replace

from chalicelib.errors import Conflict
from chalicelib.maintenance.relabeling import Relabeling


@dataclass
class MemoryRelabelingStore:
    """`RelabelingStore` in memory."""

    stored: dict[str, Relabeling] = field(default_factory=dict)

    def get(self, owner: str) -> Relabeling | None:
        return self.stored.get(owner)

    def list_running(self) -> list[Relabeling]:
        return [relabeling for _, relabeling in sorted(self.stored.items()) if relabeling.is_running]

    def save(self, relabeling: Relabeling) -> Relabeling:
        current = self.stored.get(relabeling.owner)
        if (current.version if current else 0) != relabeling.version:
            raise Conflict("The relabeling has changed since it was read.")
        self.stored[relabeling.owner] = replace(relabeling, version=relabeling.version + 1)
        return self.stored[relabeling.owner]

    def remove(self, owner: str) -> None:
        self.stored.pop(owner, None)
