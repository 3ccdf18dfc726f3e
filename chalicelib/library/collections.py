"""Which photo stands in which collection, and what a change of one photo changes there.

`changes(before, after)` is the heart of the catalogue: publishing, retagging, hiding, trashing and
deleting are all this one pure function over two records. What it answers is written in the same
transaction as the record itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from chalicelib.library.photo import MILLIONTHS, Photo, State, Visibility

PUBLIC_SCOPE = "public"
ALL_PHOTOS = "*"
HASH_COUNT = 2**32
STATE_TAGS = {
    State.PROCESSING: "!processing",
    State.REJECTED: "!rejected",
    State.DUPLICATE: "!duplicate",
    State.TRASHED: "!trashed",
}


@dataclass(frozen=True, slots=True)
class Membership:
    """One photo's row in one collection. Weight in millionths, heat as `trends.heat`, bytes of the original."""

    scope: str
    tag: str
    photo_id: str
    position: str
    weight: int
    heat: int
    bytes: int

    @property
    def has_totals(self) -> bool:
        """Whether the collection has totals; those by state are only lists."""
        return not self.tag.startswith("!")


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Moments from the first, to just before the last; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def positions(self) -> tuple[str, str]:
        """The lowest and the highest position within; both compare as text, and neither is any photo's own."""
        return position(self.start, "") if self.start else "0", position(self.end, "") if self.end else "~"


@dataclass(frozen=True, slots=True)
class MembershipChanges:
    """What one photo joined and what it left. A row that only changed its weight is in both."""

    added: tuple[Membership, ...]
    removed: tuple[Membership, ...]


def owner_scope(owner: str) -> str:
    """The scope of one owner's own library."""
    return f"owner/{owner}"


def position(moment: datetime, photo_id: str) -> str:
    """The sort key within a collection: fixed-width UTC to the microsecond, then the id."""
    # Not strftime: its %Y writes the year 999 with three digits, which sorts behind all that came since.
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds').removesuffix('+00:00')}Z#{photo_id}"


def weight_class_of(weight: int) -> int:
    """floor(-log2(weight / 10^6)), 0 to 19: the octave a weight in millionths lies in."""
    return (MILLIONTHS // weight).bit_length() - 1


def max_weight(octave: int) -> int:
    """The weight that none of this class exceeds; and each has more than half of it."""
    return MILLIONTHS >> octave


def sampling_key(weight: int, photo_id: str) -> str:
    """Where a row lies on the dial of its weight class, spread evenly over 32 bits."""
    return sampling_key_at(weight_class_of(weight), int.from_bytes(blake2b(photo_id.encode(), digest_size=4).digest()))


def sampling_key_at(octave: int, hashed: int) -> str:
    """One place on the dial of a class: `{class}#{hash}`, of fixed width, so that text order is the order of hashes."""
    return f"{octave:02d}#{hashed:08x}"


def duplicates_tag(sha256: str) -> str:
    """The collection of an owner's duplicates of the same bytes: whoever removes the first finds the next there."""
    return f"!copies:{sha256}"


def becomes_duplicate(before: Photo | None, after: Photo | None) -> bool:
    """Whether this change makes a photo a duplicate of another, which must hold the bytes at that very moment."""
    if after is None or after.state is not State.DUPLICATE:
        return False
    return before is None or before.state is not State.DUPLICATE or before.duplicate_of != after.duplicate_of


def collections_for(photo: Photo) -> tuple[tuple[str, str], ...]:
    """Every (scope, tag) the photo stands in as it is now."""
    library = owner_scope(photo.owner)
    if photo.state in STATE_TAGS:
        copies = ((library, duplicates_tag(photo.sha256)),) if photo.state is State.DUPLICATE and photo.sha256 else ()
        return ((library, STATE_TAGS[photo.state]), *copies)
    if photo.state is not State.READY:
        return ()
    scopes = (library, PUBLIC_SCOPE) if photo.visibility is Visibility.PUBLIC else (library,)
    return tuple((scope, tag) for scope in scopes for tag in (ALL_PHOTOS, *photo.tags))


def memberships_for(photo: Photo | None) -> tuple[Membership, ...]:
    """The rows that must exist for this photo, no more and no fewer."""
    if photo is None:
        return ()
    return tuple(
        Membership(
            scope=scope,
            tag=tag,
            photo_id=photo.photo_id,
            position=position(photo.sorted_at, photo.photo_id),
            weight=photo.weight,
            heat=photo.heat,
            bytes=photo.bytes or 0,
        )
        for scope, tag in collections_for(photo)
    )


def changes(before: Photo | None, after: Photo | None) -> MembershipChanges:
    """What must be written so that the collections follow the photo from `before` to `after`."""
    old, new = memberships_for(before), memberships_for(after)
    return MembershipChanges(added=_without(new, old), removed=_without(old, new))


def _without(rows: Iterable[Membership], others: tuple[Membership, ...]) -> tuple[Membership, ...]:
    known = frozenset(others)
    return tuple(row for row in rows if row not in known)
