"""Memberships: which collections a photo belongs to, and how a change of its record changes them.

`changes(before, after)` covers every edit (publishing, tagging, trashing, deleting)
as one pure function over two records; the photo store writes its result in the transaction of the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from chalicelib.library.facets import facet_scope, facet_values
from chalicelib.library.memberships import Collection, Membership
from chalicelib.library.photo import MILLIONTHS, Photo, State, Visibility
from chalicelib.util.capture_time import CaptureTime

PUBLIC_SCOPE = "public"
ALL_PHOTOS = "*"
# The ready photos of an owner with a fingerprint; the schedule compares them.
FINGERPRINTS = "!fingerprints"
# The ready photos of an owner by the time they were received.
RECENTLY_ADDED = "!added"
# The photos that wait for the owner of an album to let them in, in the scope of the album.
REVIEW = "!review"
_ALBUM_PREFIX = "album/"
_WORD_PREFIX = "!w:"
HASH_COUNT = 2**32
_EASTERNMOST = timedelta(hours=24)
STATE_TAGS = {
    State.PROCESSING: "!processing",
    State.REJECTED: "!rejected",
    State.DUPLICATE: "!duplicate",
    State.TRASHED: "!trashed",
}


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Times of the camera's clock, without a zone, from `start` up to but excluding `end`; None is unbounded."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def positions(self) -> tuple[str, str]:
        """Text bounds for the positions in this range; no photo's position equals a bound."""
        return _clock(self.start) if self.start else "0", _clock(self.end) if self.end else "~"

    def contains(self, time: datetime) -> bool:
        """Whether this time is in the range."""
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)


@dataclass(frozen=True, slots=True)
class MembershipChanges:
    """The memberships to add and to remove. A membership whose weight changed is in both."""

    added: tuple[Membership, ...]
    removed: tuple[Membership, ...]


def owner_scope(owner: str) -> str:
    """The scope of one owner's library."""
    return f"owner/{owner}"


def owner_of(scope: str) -> str:
    """The owner of a scope that is not the public one."""
    return scope.removeprefix(owner_scope(""))


def album_scope(album_id: str) -> str:
    """The scope of an album: its only collections are all its photos, and those to review."""
    return f"{_ALBUM_PREFIX}{album_id}"


def album_of(scope: str) -> str | None:
    """The id of the album with this scope, or None."""
    return scope.removeprefix(_ALBUM_PREFIX) if scope.startswith(_ALBUM_PREFIX) else None


def position(time: CaptureTime, photo_id: str) -> str:
    """The sort key in a collection: the camera's clock to the microsecond, its place in UTC, then the photo id.

    The place in UTC orders photos of one clock time by their moment: minutes west of UTC from an offset of +24:00, four
    digits; `Z`, which comes last, if the offset is unknown.
    """
    west = "Z" if time.offset is None else f"{(_EASTERNMOST - time.offset) // timedelta(minutes=1):04d}"
    return f"{_clock(time.local)}{west}#{photo_id}"


def _clock(local: datetime) -> str:
    # Not strftime: its %Y writes the year 999 with three digits, which would sort after 2026.
    return local.isoformat(timespec="microseconds")


def photo_id_at(position: str) -> str:
    """The id of the photo at this position."""
    return position.rpartition("#")[2]


def weight_class_of(weight: int) -> int:
    """The weight class of a weight in millionths: floor(-log2(weight / 10^6)), 0 to 19."""
    return (MILLIONTHS // weight).bit_length() - 1


def max_weight(weight_class: int) -> int:
    """The largest weight of a class in millionths; every weight of the class is more than half of it."""
    return MILLIONTHS >> weight_class


def sampling_key(weight: int, photo_id: str) -> str:
    """The key by which a membership is sampled: its weight class and 32 evenly distributed bits of its photo id."""
    return sampling_key_at(weight_class_of(weight), int.from_bytes(blake2b(photo_id.encode(), digest_size=4).digest()))


def sampling_key_at(weight_class: int, photo_hash: int) -> str:
    """The sampling key `{class}#{hash}`; fixed width, so that text order is hash order."""
    return f"{weight_class:02d}#{photo_hash:08x}"


def duplicates_tag(sha256: str) -> str:
    """The tag of an owner's duplicates of these bytes, from which a deleted photo's replacement is taken."""
    return f"!duplicates:{sha256}"


def trashed_tag(sha256: str) -> str:
    """The tag of an owner's photos with these bytes that are in the trash."""
    return f"!trashed:{sha256}"


def becomes_duplicate(before: Photo | None, after: Photo | None) -> bool:
    """Whether this change makes the photo a duplicate of another one, which must hold the claim in that transaction."""
    if after is None or after.state is not State.DUPLICATE:
        return False
    if before is None or before.state is not State.DUPLICATE:
        return True
    return (before.owner, before.duplicate_of) != (after.owner, after.duplicate_of)


def word_tag(word: str) -> str:
    """The tag of the photos with this word, or the beginning of the tags of all words that begin with it."""
    return f"{_WORD_PREFIX}{word}"


def word_of(tag: str) -> str | None:
    """The word that this is the tag of, or None."""
    return tag.removeprefix(_WORD_PREFIX) if tag.startswith(_WORD_PREFIX) else None


def collections_for(photo: Photo) -> tuple[Collection, ...]:
    """Every collection (scope, tag) that the photo belongs to."""
    own = owner_scope(photo.owner)
    if photo.state in STATE_TAGS:
        return ((own, STATE_TAGS[photo.state]), *((own, tag) for tag in _content_tags(photo)))
    if photo.state is not State.READY:
        return ()
    scopes = (own, PUBLIC_SCOPE) if photo.visibility is Visibility.PUBLIC else (own,)
    fingerprints = ((own, FINGERPRINTS),) if photo.fingerprint else ()
    return (
        *((scope, tag) for scope in scopes for tag in (ALL_PHOTOS, *photo.tags)),
        *fingerprints,
        *((album_scope(album_id), ALL_PHOTOS) for album_id in photo.albums),
        *(((album_scope(photo.review_album), REVIEW),) if photo.review_album else ()),
        *(_index_collections(photo, scopes) if photo.index_revision else ()),
    )


def _content_tags(photo: Photo) -> Iterable[str]:
    """The tags by which a photo that is not ready is found by its bytes; a guest's is not, as it claims none."""
    if photo.sha256 and photo.state is State.DUPLICATE:
        yield duplicates_tag(photo.sha256)
    if photo.sha256 and photo.state is State.TRASHED and photo.guest is None:
        yield trashed_tag(photo.sha256)


def _index_collections(photo: Photo, scopes: tuple[str, ...]) -> Iterable[Collection]:
    """The collections that only searches need, in these scopes; photos of earlier versions are in none of them."""
    for scope in scopes:
        words = photo.public_words if scope == PUBLIC_SCOPE else photo.words
        yield from ((scope, word_tag(word)) for word in words)
    yield owner_scope(photo.owner), RECENTLY_ADDED
    yield from ((facet_scope(value.facet, photo.owner), value.key) for value in facet_values(photo))


def memberships_for(photo: Photo | None) -> tuple[Membership, ...]:
    """All memberships of this photo; those that the last change has not reached yet are as before it."""
    if photo is None:
        return ()
    place = position(photo.sort_time, photo.photo_id)
    names = {(facet_scope(value.facet, photo.owner), value.key): value.name for value in facet_values(photo)}
    memberships: dict[Collection, Membership | None] = {
        (scope, tag): Membership(scope, tag, photo.photo_id, place, name=names[scope, tag])
        if (scope, tag) in names
        else _membership(photo, scope, tag, place)
        for scope, tag in collections_for(photo)
    }
    if photo.pending_rows:
        memberships.update(photo.pending_rows.held)
    return tuple(membership for membership in memberships.values() if membership is not None)


def _membership(photo: Photo, scope: str, tag: str, place: str) -> Membership:
    """The membership in a collection of a scope of tags; only those with totals have figures."""
    if not tag.startswith("!"):
        return Membership(
            scope, tag, photo.photo_id, place, weight=photo.weight, heat=photo.heat, bytes=photo.bytes or 0
        )
    if tag == RECENTLY_ADDED:
        place = position(CaptureTime(photo.received_at.astimezone(UTC).replace(tzinfo=None)), photo.photo_id)
    fingerprint = photo.fingerprint if tag == FINGERPRINTS else b""
    return Membership(scope, tag, photo.photo_id, place, fingerprint=fingerprint)


def changes(before: Photo | None, after: Photo | None) -> MembershipChanges:
    """The memberships to add and remove when the record changes from `before` to `after`."""
    old, new = memberships_for(before), memberships_for(after)
    return MembershipChanges(added=_without(new, old), removed=_without(old, new))


def joined_albums(changes: MembershipChanges) -> tuple[str, ...]:
    """The ids of the albums that the photo joins, for their photos or those to review, each once."""
    left = {membership.collection for membership in changes.removed}
    joined = (album_of(each.scope) for each in changes.added if each.collection not in left)
    return tuple(dict.fromkeys(album_id for album_id in joined if album_id is not None))


def _without(memberships: Iterable[Membership], excluded: tuple[Membership, ...]) -> tuple[Membership, ...]:
    exclude = frozenset(excluded)
    return tuple(membership for membership in memberships if membership not in exclude)
