"""A fake scanner of photo records, with checkpoints."""

from dataclasses import dataclass, field

from chalicelib.library.photo import Photo
from chalicelib.maintenance.sources import Checkpoint, Page
from tests.fakes.photos import MemoryPhotoStore


@dataclass
class MemoryPhotoScanner:
    """Scans the records of the fake photo store."""

    photos: MemoryPhotoStore
    checkpoints: dict[str, Checkpoint] = field(default_factory=dict)

    def scan(self, after: str | None, limit: int) -> Page[Photo]:
        ids = sorted(photo_id for photo_id in self.photos.records if after is None or photo_id > after)
        rows = [self.photos.records[photo_id] for photo_id in ids[:limit]]
        return Page(rows, rows[-1].photo_id if len(ids) > limit else None)

    def load_checkpoint(self, pass_name: str) -> Checkpoint:
        return self.checkpoints.get(pass_name, Checkpoint())

    def save_checkpoint(self, pass_name: str, checkpoint: Checkpoint) -> None:
        self.checkpoints[pass_name] = checkpoint
