"""Memberships: the rows of a photo in its collections.

A collection is a scope and a tag; each has one row for each of its photos.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

type Collection = tuple[str, str]
# For classes in which `bytes` is a number.
type Binary = bytes


@dataclass(frozen=True, slots=True)
class Membership:
    """One photo in one collection. Weight in millionths, heat as `totals.heat`, bytes of the original.

    Only rows in the collections of tags have these three, and only those in the collection of fingerprints have one:
    `Photo.fingerprint`. In the collection of a facet, `name` is its value as the photo has it.
    """

    scope: str
    tag: str
    photo_id: str
    position: str
    weight: int = 0
    heat: int = 0
    bytes: int = 0
    fingerprint: Binary = b""
    name: str = ""

    @property
    def collection(self) -> Collection:
        """The scope and tag."""
        return self.scope, self.tag

    @property
    def has_totals(self) -> bool:
        """Whether the collection has totals: all have but those by state, by word, and the like."""
        return not self.tag.startswith("!")


@dataclass(frozen=True, slots=True)
class PendingRows:
    """Collections that the last change of a photo has not reached yet, because it is too large for one transaction.

    `held` has the membership that each of them still holds, or None. The schedule completes the change after `due_at`.
    """

    held: Mapping[Collection, Membership | None]
    due_at: datetime
