"""Edits: what a person does to the record of a photo, as functions from one record to the next.

A photo's tags are three things in one list: its label and words, which people say, and the labels that were
found. Whatever a person takes out of that list stays out, also where a labeller finds it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, Invalid
from chalicelib.library.collections import changes
from chalicelib.library.photo import MAX_TAGS, Photo, State, Visibility
from chalicelib.library.totals import deltas

TRASH_RETENTION = timedelta(days=30)
# Stands for the worker of a photo that was begun and let go: it is yet to be put down, by whoever comes first.
ABANDONED = "nobody"
# A transaction holds 100 items: rows and totals, and beside them the record, two claims and two counts of tags.
MAX_ROW_WRITES = 94


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wants different; None leaves it as it is, an empty label takes the label away. Cleaned."""

    tags: tuple[str, ...] | None = None
    label: str | None = None
    weight: int | None = None
    visibility: Visibility | None = None
    filename: str | None = None


def apply_edit(photo: Photo, edit: Edit) -> Photo:
    """The photo with what was wanted; raises Invalid over 20 tags."""
    if edit.tags is not None:
        photo = set_tags(photo, edit.tags)
    if edit.label is not None:
        photo = replace(
            photo, label=edit.label or None, dismissed_labels=_without(photo.dismissed_labels, (edit.label,))
        )
    return _checked(
        replace(
            photo,
            weight=photo.weight if edit.weight is None else edit.weight,
            visibility=edit.visibility or photo.visibility,
            filename=edit.filename or photo.filename,
        )
    )


def set_tags(photo: Photo, tags: Iterable[str]) -> Photo:
    """The photo with these tags and no others; a label that is not among them is given up."""
    wanted = tuple(dict.fromkeys(tags))
    label = photo.label if photo.label in wanted else None
    found = tuple(tag for tag in photo.labels if tag in wanted)
    taken_away = tuple(tag for tag in photo.tags if tag in photo.labels and tag not in wanted)
    return _checked(
        replace(
            photo,
            label=label,
            user_tags=_without(wanted, (*found, label)),
            labels=found,
            dismissed_labels=_without(dict.fromkeys((*photo.dismissed_labels, *taken_away)), wanted),
        )
    )


def add_tags(photo: Photo, tags: Iterable[str]) -> Photo:
    """The photo with these tags beside its own; raises Invalid over 20."""
    return set_tags(photo, (*photo.tags, *tags))


def remove_tags(photo: Photo, tags: Iterable[str]) -> Photo:
    """The photo without these tags."""
    return set_tags(photo, _without(photo.tags, tags))


def trash(photo: Photo, now: datetime) -> Photo:
    """The photo in the trash, where it stays for 30 days; raises Conflict while its file is still on its way.

    One in a worker's hands stays there: they put down what they have begun, and only then its 30 days begin.
    """
    if photo.state is State.UPLOADING:
        raise Conflict("This photo is still being uploaded; try again when it is there.")
    if photo.state is State.TRASHED:
        return photo
    if photo.state is State.PROCESSING and photo.worker is None:
        photo = replace(photo, worker=ABANDONED, due_at=now)  # whoever began it failed, and what they made lies there
    due_at = photo.due_at if photo.worker else now + TRASH_RETENTION
    return replace(photo, state=State.TRASHED, trashed_at=now, due_at=due_at)


def restore(photo: Photo, now: datetime) -> Photo:
    """The photo as it was before it went to the trash; one that was never finished is begun again."""
    if photo.state is not State.TRASHED:
        return photo
    back = replace(photo, trashed_at=None, due_at=None)
    finished = photo.worker is None  # else what is recorded of it may be of an original that is no more
    if finished and photo.derivatives:
        return publish(back, now)
    if finished and photo.reason:
        return replace(back, state=State.REJECTED)
    if finished or photo.worker == ABANDONED:
        return replace(back, state=State.PROCESSING, worker=None, due_at=now)
    return replace(back, state=State.PROCESSING, due_at=photo.due_at)


def publish(photo: Photo, now: datetime) -> Photo:
    """A developed photo in sight of everybody who may see it; labels that were never found are looked for now."""
    return replace(photo, state=State.READY, duplicate_of=None, due_at=now if photo.labels_pending else None)


def mark_duplicate(photo: Photo, holder: str) -> Photo:
    """The photo as a duplicate of the one that holds its bytes; its labels wait until it takes that one's place."""
    return replace(photo, state=State.DUPLICATE, duplicate_of=holder, due_at=None)


def commit_steps(before: Photo, after: Photo) -> tuple[Photo, ...]:
    """The records on the way to `after`, each of them whole, so that no step moves more than a transaction holds.

    Where too many tags change at once, first those go that are given up.
    """
    moved = changes(before, after)
    rows = {(row.scope, row.tag, row.position) for row in (*moved.added, *moved.removed)}
    if len(rows) + len(deltas(moved)) <= MAX_ROW_WRITES:
        return (after,)
    kept = frozenset(before.tags) & frozenset(after.tags)
    fewer = replace(
        before,
        label=before.label if before.label in kept else None,
        user_tags=tuple(tag for tag in before.user_tags if tag in kept),
        labels=tuple(tag for tag in before.labels if tag in kept),
        dismissed_labels=after.dismissed_labels,
    )
    return (fewer, after)


def _checked(photo: Photo) -> Photo:
    said = {photo.label, *photo.user_tags} - {None}
    if len(said) > MAX_TAGS:
        raise Invalid(
            f"A photo has at most {MAX_TAGS} tags, its label among them; these are {len(said)}.", field="tags"
        )
    return photo


def _without(tags: Iterable[str], others: Iterable[str | None]) -> tuple[str, ...]:
    known = frozenset(others)
    return tuple(tag for tag in tags if tag not in known)
