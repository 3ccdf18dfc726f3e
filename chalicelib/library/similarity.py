"""Look-alikes: near-duplicates in an owner's library, and photos similar to one of them.

Both are read from the owner's similarity index. What it names is checked against the records: only photos that are the
owner's and ready are returned.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from statistics import median_low

from chalicelib.errors import PhotoNotFound
from chalicelib.library.keep_groups import share_keep_group
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.similarity_index import (
    Group,
    IndexFiles,
    embeddings_key,
    groups_key,
    parse_embedding_index,
    parse_group_index,
)

MAX_READ_AT_ONCE = 100
# Batches of records that a request for groups reads: what it has then is a page, which may be short.
MAX_READS = 5
# Of the aspect ratios in a group; crops of 90 % in one direction differ by 1.11.
MAX_STRETCH = 1.3
# Of 1,280 bits. Measured in decision 48.
MAX_DISTANCE = 540


class Comparison(StrEnum):
    """Whether a photo could be compared: not before the index is built, and not without an embedding."""

    READY = "ready"
    PENDING = "pending"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Near-duplicates, the one to keep first, in `_keep_order`."""

    photos: tuple[Photo, ...]


@dataclass(frozen=True, slots=True)
class NearDuplicatePage:
    """Groups, newest first, as of `built_at`, which is None before the first index is built.

    `next_position` is where the next page begins, or None at the end.
    """

    groups: tuple[NearDuplicates, ...]
    next_position: str | None
    built_at: datetime | None


@dataclass(frozen=True, slots=True)
class SimilarPhotos:
    """The photos similar to one, the most similar first, and whether they could be compared."""

    photos: tuple[Photo, ...]
    state: Comparison


@dataclass(frozen=True, slots=True)
class SimilarityQueries:
    """Reads similarity indexes and the records of what they name."""

    photos: PhotoStore
    files: IndexFiles

    def list_near_duplicates(self, owner: str, *, after: str | None, limit: int) -> NearDuplicatePage:
        """A page of an owner's groups of near-duplicates, after this position."""
        data = self.files.read(groups_key(owner))
        if data is None:
            return NearDuplicatePage((), None, None)
        index = parse_group_index(data)
        rest = [group for group in index.groups if after is None or group.position < after]
        found: list[NearDuplicates] = []
        read = 0
        for _ in range(MAX_READS):
            batch = _batch(rest[read:], limit - len(found))
            found += self._read_groups(batch, owner)
            read += len(batch)
            if len(found) == limit or read == len(rest):
                break
        return NearDuplicatePage(tuple(found), rest[read - 1].position if read < len(rest) else None, index.built_at)

    def find_similar(self, viewer: str | None, photo_id: str, *, limit: int) -> SimilarPhotos:
        """The viewer's photos that are similar to one of them; raises PhotoNotFound unless it is theirs."""
        photo = self.photos.get(photo_id)
        if photo is None or photo.owner != viewer or not photo.visible_to(viewer):
            raise PhotoNotFound(photo_id)
        if not photo.embedding:
            return SimilarPhotos((), Comparison.UNAVAILABLE)
        data = self.files.read(embeddings_key(photo.owner))
        if data is None:
            return SimilarPhotos((), Comparison.PENDING)
        index = parse_embedding_index(data)
        ids = index.nearest(photo.embedding, limit=MAX_READ_AT_ONCE, max_distance=MAX_DISTANCE)
        records = self.photos.get_many(ids)
        found = (records[each] for each in ids if each in records and each != photo_id)
        similar = islice((each for each in found if _is_ready(each, photo.owner)), limit)
        return SimilarPhotos(tuple(similar), Comparison.READY)

    def _read_groups(self, groups: list[Group], owner: str) -> list[NearDuplicates]:
        """The groups that still have two photos or more and are not kept, with one read of the records."""
        records = self.photos.get_many([photo_id for group in groups for photo_id in group.photo_ids])
        read = []
        for group in groups:
            members = [records[each] for each in group.photo_ids if each in records]
            ready = sorted(_of_one_shape([each for each in members if _is_ready(each, owner)]), key=_keep_order)
            if len(ready) > 1 and not share_keep_group(ready):
                read.append(NearDuplicates(tuple(ready)))
        return read


def _of_one_shape(photos: list[Photo]) -> list[Photo]:
    """The photos without those of quite another aspect ratio than most: a hash is that of a square."""
    if not photos:
        return []
    ratios = {each.photo_id: (each.width or 1) / (each.height or 1) for each in photos}
    usual = median_low(ratios.values())
    return [each for each in photos if 1 / MAX_STRETCH <= ratios[each.photo_id] / usual <= MAX_STRETCH]


def _is_ready(photo: Photo, owner: str) -> bool:
    return photo.owner == owner and photo.state is State.READY


def _keep_order(photo: Photo) -> tuple[bool, int, bool, int, datetime]:
    """Complete photos first, the most pixels, from a camera, the most bytes, the earliest received.

    An edited copy of the same size is often the larger file, but rarely has the camera's metadata.
    """
    pixels = (photo.width or 0) * (photo.height or 0)
    has_no_metadata = photo.camera is None and photo.camera_time is None
    return photo.incomplete, -pixels, has_no_metadata, -(photo.bytes or 0), photo.received_at


def _batch(groups: list[Group], limit: int) -> list[Group]:
    """The first of these groups, at most `limit`, whose photos can be read at once."""
    batch: list[Group] = []
    room = MAX_READ_AT_ONCE
    for group in groups[:limit]:
        room -= len(group.photo_ids)
        if room < 0:
            break
        batch.append(group)
    return batch
