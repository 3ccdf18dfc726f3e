"""Fakes of the store of fingerprints and of the files of similarity indexes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chalicelib.library.collections import FINGERPRINTS, owner_scope
from chalicelib.library.fingerprints import Fingerprint, parse_fingerprint
from chalicelib.maintenance.similarity import FingerprintChanges
from tests.fakes.photos import MemoryPhotoStore


@dataclass
class MemoryFingerprints:
    """`FingerprintStore` over the fake photo store."""

    photos: MemoryPhotoStore
    comparisons: dict[str, FingerprintChanges] = field(default_factory=dict)

    def list_changes(self) -> list[FingerprintChanges]:
        counts = self.photos.fingerprint_changes
        return [
            replace(self.comparisons.get(owner, FingerprintChanges(owner, 0)), changes=counts[owner])
            for owner in sorted(counts)
        ]

    def read_fingerprints(self, owner: str) -> Iterator[Fingerprint]:
        rows = self.photos.members(owner_scope(owner), FINGERPRINTS, None, len(self.photos.memberships))
        return (parse_fingerprint(row.photo_id, row.position, row.fingerprint) for row in rows)

    def save_comparison(self, compared: FingerprintChanges) -> None:
        self.comparisons[compared.owner] = compared


@dataclass
class MemoryIndexFiles:
    """`IndexFiles` over a dictionary."""

    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, key: str) -> bytes | None:
        return self.files.get(key)

    def exists(self, key: str) -> bool:
        return key in self.files

    def write(self, key: str, data: bytes) -> None:
        self.files[key] = data

    def remove(self, keys: list[str]) -> None:
        for key in keys:
            self.files.pop(key, None)
