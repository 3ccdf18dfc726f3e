"""Refreshes: what the pass over the photos brings up to date in their records, slice by slice.

A record can fall behind the library's settings or code without a change of its original. Each refresh finds out from
the record whether it has; the pass commits the result like any edit, so that totals stay exact.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.errors import NotFound
from chalicelib.ingest.key_migration import former_keys, without_former_keys
from chalicelib.ingest.originals import OriginalStore
from chalicelib.ingest.processing import READER_REVISION, DerivativeStore, ImageProcessor
from chalicelib.library.photo import Photo, State
from chalicelib.library.positions import FindPlace, has_position, with_place, without_position
from chalicelib.library.search_index import INDEX_REVISION, index_photo


class Refresh(Protocol):
    """Brings one kind of data in records up to date."""

    def is_stale(self, photo: Photo) -> bool:
        """Whether the data of this finished photo is out of date; reads nothing but the record."""

    def refresh(self, photo: Photo) -> Photo:
        """The record with current data, or as it is if that has to wait; raises Unavailable."""


@dataclass(frozen=True, slots=True)
class HeatRefresh:
    """Recomputes the heat of photos when the library's epoch has changed; `heat` is that of a photo by its time."""

    heat: Callable[[datetime], int]

    def is_stale(self, photo: Photo) -> bool:
        """Whether the heat is that of another epoch."""
        # A day makes 2.3 %, while rounding of powers differs in the last digit only.
        return not math.isclose(photo.heat, self.heat(photo.received_at), rel_tol=1e-3)

    def refresh(self, photo: Photo) -> Photo:
        """The record with the heat of the current epoch."""
        return replace(photo, heat=self.heat(photo.received_at))


@dataclass(frozen=True, slots=True)
class MetadataRefresh:
    """Reads the files of photos again when more of them is read: by new code, or because places are wanted again."""

    originals: OriginalStore
    processor: ImageProcessor

    def is_stale(self, photo: Photo) -> bool:
        """Whether the file was read by earlier code, or without its position; rejected files have nothing to read."""
        is_without_position = photo.reader_revision < 0 and self.processor.find_place is not None
        return photo.state is not State.REJECTED and (
            abs(photo.reader_revision) < READER_REVISION or is_without_position
        )

    def refresh(self, photo: Photo) -> Photo:
        """The record with what the file says, unless the original is gone or another one: then it waits for ingest."""
        original = self.originals.head(photo.key)
        if original is None or original.version != photo.object_version:
            return photo
        return self.processor.read_metadata_again(photo, original)


@dataclass(frozen=True, slots=True)
class PlaceRefresh:
    """Finds the places of photos again when the table has changed, and removes positions that are not to be stored."""

    find_place: FindPlace | None

    def is_stale(self, photo: Photo) -> bool:
        """Whether the place is not that of the coordinates, or there is one although there should be none."""
        if self.find_place is None:
            return has_position(photo) or bool(photo.file_place)
        return with_place(photo, self.find_place) != photo

    def refresh(self, photo: Photo) -> Photo:
        """The record with its current place, or without position."""
        if self.find_place is None:
            return replace(without_position(photo), reader_revision=-abs(photo.reader_revision))
        return with_place(photo, self.find_place)


@dataclass(frozen=True, slots=True)
class IndexRefresh:
    """Indexes photos for search that an earlier version has indexed by other rules, or not at all."""

    def is_stale(self, photo: Photo) -> bool:
        """Whether the words of the photo follow other rules."""
        return photo.index_revision != INDEX_REVISION

    def refresh(self, photo: Photo) -> Photo:
        """The record with its current words."""
        return index_photo(photo)


@dataclass(frozen=True, slots=True)
class FormerKeysRefresh:
    """Deletes derivatives at the keys that they were copied from, at least an hour before: URLs signed then expire."""

    derivatives: DerivativeStore

    def is_stale(self, photo: Photo) -> bool:
        """Whether the record names former keys."""
        return bool(former_keys(photo))

    def refresh(self, photo: Photo) -> Photo:
        """The record without them, once they are deleted; a record that could not be saved is refreshed again."""
        self.derivatives.remove(sorted(former_keys(photo)))
        return without_former_keys(photo)


@dataclass(frozen=True, slots=True)
class PerceptualHashRefresh:
    """Hashes the small images of photos that were processed before there were perceptual hashes."""

    derivatives: DerivativeStore
    hash_image: Callable[[bytes], bytes]

    def is_stale(self, photo: Photo) -> bool:
        """Whether a processed photo has no hash."""
        return bool(photo.derivatives) and not photo.perceptual_hash

    def refresh(self, photo: Photo) -> Photo:
        """The record with the hash of its small image or, before there were any, of its preview."""
        image = photo.derivatives.get("small") or photo.derivatives["preview"]
        try:
            return replace(photo, perceptual_hash=self.hash_image(self.derivatives.get(image.key)))
        except NotFound:  # another pass makes it again, with its hash
            return photo
