"""Splits a change that is too large for one transaction into steps.

The first step changes the record, with its content claim and as many of its collections as fit; the others follow.
After each step the rows and totals are those of `memberships_for` the record, which names what is pending, so every
step is consistent by itself. Any later commit, or the schedule, completes what a worker that died has left.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from chalicelib.errors import AlbumsGone, Conflict, Unavailable
from chalicelib.library.collections import PUBLIC_SCOPE, album_of, memberships_for
from chalicelib.library.memberships import Collection, Membership, PendingRows
from chalicelib.library.photo import Photo
from chalicelib.library.search_index import index_photo

# A transaction holds 100 items: memberships and totals, plus the record, two claims or a check of one, the number of
# tags in use of the public scope and of two owners with that of their cameras and places, and the changes of
# fingerprints of two owners.
MAX_ROW_WRITES = 88
# A worker that is still writing completes its change before the schedule does.
COMPLETION_DELAY = timedelta(minutes=1)


def commit_in_steps(
    write: Callable[[Photo | None, Photo], Photo], before: Photo | None, after: Photo, now: datetime
) -> Photo:
    """Write each step with `write`, which returns the stored record; returns the last one that was stored.

    Albums that are gone are left out of the record. Raises what else `write` raises for the first step.
    """
    while True:
        first, *others = commit_steps(before, after, now + COMPLETION_DELAY)
        try:
            stored = write(before, first)
            break
        except AlbumsGone as error:
            after = _without_albums(after, error.album_ids)
    for step in others:
        try:
            stored = write(stored, step)
        except (Conflict, Unavailable):
            # The change itself is stored: the next commit of the photo, or the schedule, completes it.
            break
    return stored


def commit_steps(before: Photo | None, after: Photo, due_at: datetime) -> tuple[Photo, ...]:
    """The records to commit in order to reach `after`; what is pending after a step is due at `due_at`."""
    after = index_photo(replace(after, pending_rows=None))
    old, new = _by_collection(before), _by_collection(after)
    writes = {each: _writes(old.get(each), new.get(each)) for each in _in_order(old, new)}
    steps, pending = [], dict(writes)
    for batch in _batches(writes):
        for collection in batch:
            del pending[collection]
        held = {collection: old.get(collection) for collection in pending}
        steps.append(replace(after, pending_rows=PendingRows(held, due_at) if held else None))
    return tuple(steps) or (after,)


def _without_albums(photo: Photo, album_ids: frozenset[str]) -> Photo:
    return replace(
        photo,
        albums=tuple(album_id for album_id in photo.albums if album_id not in album_ids),
        review_album=None if photo.review_album in album_ids else photo.review_album,
    )


def _by_collection(photo: Photo | None) -> dict[Collection, Membership]:
    return {membership.collection: membership for membership in memberships_for(photo)}


def _in_order(old: Mapping[Collection, Membership], new: Mapping[Collection, Membership]) -> list[Collection]:
    """The collections that change, scope by scope: first the public one if the photo leaves it, else last."""
    leaves_public = all(scope != PUBLIC_SCOPE for scope, _ in new)
    changed = [each for each in {**old, **new} if old.get(each) != new.get(each)]
    return sorted(changed, key=lambda each: ((each[0] == PUBLIC_SCOPE) != leaves_public, each[0]))


def _writes(old: Membership | None, new: Membership | None) -> int:
    """The writes that one collection takes: its rows, its totals if it has any, and the check of an album it joins."""
    rows = {membership.position for membership in (old, new) if membership}
    joins_album = old is None and new is not None and album_of(new.scope) is not None
    return len(rows) + any(membership.has_totals for membership in (old, new) if membership) + joins_album


def _batches(writes: Mapping[Collection, int]) -> Iterable[list[Collection]]:
    """The collections in batches of at most MAX_ROW_WRITES; a scope that fits in a batch is not split.

    A search that reads several collections of a scope then finds the photo at the same position in all of them.
    """
    batch: list[Collection] = []
    room = MAX_ROW_WRITES
    for _, scope_collections in groupby(writes, key=lambda collection: collection[0]):
        collections = list(scope_collections)
        if room < sum(writes[each] for each in collections) and batch:
            yield batch
            batch, room = [], MAX_ROW_WRITES
        for collection in collections:
            if room < writes[collection]:
                yield batch
                batch, room = [], MAX_ROW_WRITES
            batch.append(collection)
            room -= writes[collection]
    if batch:
        yield batch
