"""Known files: which bytes an owner's library already has, so that an import sends nothing twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.library.collections import STATE_TAGS, owner_scope, trashed_tag
from chalicelib.library.photo import PhotoStore, State
from chalicelib.library.sorted_rows import RowReader


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A photo with these bytes, by their sha256: READY or TRASHED."""

    sha256: str
    photo_id: str
    state: State


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """Finds an owner's photos by their bytes."""

    photos: PhotoStore
    collections: RowReader

    def find(self, owner: str, digests: Sequence[str]) -> list[KnownFile]:
        """Those of these files, by sha256, that the owner has, in the same order; a ready photo rather than another.

        One read of the claims; if the trash is not empty, also a query for each file that no ready photo has.
        """
        ready = self.photos.claim_holders(owner, digests)
        found = {sha256: KnownFile(sha256, photo_id, State.READY) for sha256, photo_id in ready.items()}
        others = [sha256 for sha256 in digests if sha256 not in ready]
        found |= {known.sha256: known for known in self._trashed(owner, others)}
        return [found[sha256] for sha256 in digests if sha256 in found]

    def _trashed(self, owner: str, digests: Sequence[str]) -> Iterator[KnownFile]:
        scope = owner_scope(owner)
        if not digests or not self.collections.list_rows(scope, STATE_TAGS[State.TRASHED], after=None, limit=1):
            return
        for sha256 in digests:
            for row in self.collections.list_rows(scope, trashed_tag(sha256), after=None, limit=1):
                yield KnownFile(sha256, row.photo_id, State.TRASHED)
