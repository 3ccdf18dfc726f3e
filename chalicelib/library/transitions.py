"""Transitions: pure functions from one photo record to the next.

The tags of a photo are its label, the user's tags, the keywords in its file and the labels that the labeler found. A
keyword or label the user removes stays dismissed, even if it is found again. A tag of the user stays, even if it is
found, too, and later is not any more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, Invalid
from chalicelib.library.photo import MAX_ALBUMS, MAX_TAGS, Photo, State, Visibility

TRASH_RETENTION = timedelta(days=30)
# The worker of a trashed photo whose processing failed: the next run deletes its derivatives.
ABANDONED = "abandoned"
# Until the event of the upload arrives, its record does not tell whether the file is there.
UPLOAD_PENDING = "This photo is still being uploaded, or its processing is about to start; try again in a moment."


type Transition = Callable[[Photo], Photo]


@dataclass(frozen=True, slots=True)
class Edit:
    """Cleaned new values; None leaves a field unchanged, an empty label removes the label.

    `corrections` of what the file says are applied in order.
    """

    tags: tuple[str, ...] | None = None
    label: str | None = None
    weight: int | None = None
    visibility: Visibility | None = None
    filename: str | None = None
    favorite: bool | None = None
    corrections: tuple[Transition, ...] = ()


def apply_edit(photo: Photo, edit: Edit) -> Photo:
    """The edited photo; raises Invalid over 20 tags. New tags count with the new label, whichever it replaces."""
    if edit.label is not None:
        photo = replace(
            photo, label=edit.label or None, dismissed_labels=_without(photo.dismissed_labels, (edit.label,))
        )
    for correct in edit.corrections:
        photo = correct(photo)
    if edit.tags is not None:
        photo = set_tags(photo, (edit.label, *edit.tags) if edit.label else edit.tags)
    return _check_tag_count(
        replace(
            photo,
            weight=photo.weight if edit.weight is None else edit.weight,
            visibility=edit.visibility or photo.visibility,
            filename=edit.filename or photo.filename,
            favorite=photo.favorite if edit.favorite is None else edit.favorite,
        )
    )


def set_tags(photo: Photo, tags: Iterable[str]) -> Photo:
    """The photo with exactly these tags; its label is removed if it is not one of them.

    Those that only the file or the labeler has given so far stay keywords or labels.
    """
    tags = tuple(dict.fromkeys(tags))
    label = photo.label if photo.label in tags else None
    found = (*photo.keywords, *photo.label_names)
    dismissed = tuple(tag for tag in photo.tags if tag in found and tag not in tags)
    return _check_tag_count(
        replace(
            photo,
            label=label,
            user_tags=_without(tags, (label, *_without(found, photo.user_tags))),
            keywords=tuple(keyword for keyword in photo.keywords if keyword in tags),
            labels=tuple(label for label in photo.labels if label.name in tags),
            dismissed_labels=_without(dict.fromkeys((*photo.dismissed_labels, *dismissed)), tags),
        )
    )


def add_tags(photo: Photo, tags: Iterable[str]) -> Photo:
    """The photo with these tags of the user added, whether they were found or not; raises Invalid over 20."""
    tags = tuple(tags)
    return set_tags(replace(photo, user_tags=(*photo.user_tags, *tags)), (*photo.tags, *tags))


def remove_tags(photo: Photo, tags: Iterable[str]) -> Photo:
    """The photo without these tags."""
    return set_tags(photo, _without(photo.tags, tags))


def add_to_album(photo: Photo, album_id: str) -> Photo:
    """The photo in this album; raises Invalid over 20 albums."""
    if album_id in photo.albums:
        return photo
    if len(photo.albums) >= MAX_ALBUMS:
        raise Invalid(f"A photo can be in at most {MAX_ALBUMS} albums.", field="album_id")
    return replace(photo, albums=(*photo.albums, album_id), review_album=_other(photo.review_album, album_id))


def remove_from_album(photo: Photo, album_id: str) -> Photo:
    """The photo outside this album, and not waiting for it either."""
    return replace(photo, albums=_without(photo.albums, (album_id,)), review_album=_other(photo.review_album, album_id))


def approve(photo: Photo) -> Photo:
    """The photo in the album that it waits for; raises Invalid over 20 albums."""
    return add_to_album(photo, photo.review_album) if photo.review_album else photo


def decline(photo: Photo) -> Photo:
    """The photo without the album that it waits for; it stays in its owner's library."""
    return replace(photo, review_album=None)


def replace_guest_photo(photo: Photo) -> Photo:
    """The photo with another original: a guest's is private, and waits for review if it needs that or was trashed.

    A guest can store another file with the same ticket for a while, after the owner has seen the first one.
    """
    if photo.guest is None:
        return photo
    private = replace(photo, visibility=Visibility.PRIVATE)
    return _await_review(private) if photo.guest.needs_review or photo.state is State.TRASHED else private


def require_review(photo: Photo) -> Photo:
    """The photo of a guest, waiting for its album's owner, now and whenever the guest stores another file."""
    guest = replace(photo.guest, needs_review=True) if photo.guest else None
    return replace(_await_review(photo), guest=guest)


def _await_review(photo: Photo) -> Photo:
    return replace(photo, albums=(), review_album=next(iter(photo.albums), photo.review_album))


def join_albums(photo: Photo, album_ids: Iterable[str]) -> Photo:
    """The photo in these albums, too, as far as there is room."""
    return replace(photo, albums=tuple(dict.fromkeys((*photo.albums, *album_ids)))[:MAX_ALBUMS])


def trash(photo: Photo, now: datetime) -> Photo:
    """The photo in the trash for 30 days; raises Conflict while it is uploading.

    A photo that is being processed keeps its worker, which deletes its derivatives; then the 30 days start.
    """
    if photo.state is State.UPLOADING:
        raise Conflict(UPLOAD_PENDING)
    if photo.state is State.TRASHED:
        return photo
    if photo.state is State.PROCESSING and photo.worker is None:
        photo = replace(photo, worker=ABANDONED, due_at=now)  # processing failed and left derivatives
    due_at = photo.due_at if photo.worker else now + TRASH_RETENTION
    return replace(photo, state=State.TRASHED, trashed_at=now, due_at=due_at)


def purge_time(photo: Photo) -> datetime | None:
    """When a photo in the trash is deleted permanently; None for other photos."""
    return photo.trashed_at + TRASH_RETENTION if photo.state is State.TRASHED and photo.trashed_at else None


def restore(photo: Photo, now: datetime) -> Photo:
    """The photo as it was before it was trashed; one that was never finished is processed again."""
    if photo.state is not State.TRASHED:
        return photo
    restored = replace(photo, trashed_at=None, due_at=None)
    finished = photo.worker is None  # else its fields may describe an earlier original
    if finished and photo.derivatives:
        return publish(restored, now)
    if finished and photo.reason:
        return replace(restored, state=State.REJECTED)
    if finished or photo.worker == ABANDONED:
        return replace(restored, state=State.PROCESSING, worker=None, due_at=now)
    return replace(restored, state=State.PROCESSING, due_at=photo.due_at)


def publish(photo: Photo, now: datetime) -> Photo:
    """The processed photo, ready; pending labels are due at once."""
    return replace(photo, state=State.READY, duplicate_of=None, due_at=now if photo.labels_pending else None)


def relabel_if_moved(before: Photo, after: Photo, now: datetime) -> Photo:
    """`after`, its labels to be found again if it was taken at another time; unless published, once it is."""
    return after if after.local_time == before.local_time else request_labels(after, now)


def request_labels(photo: Photo, now: datetime) -> Photo:
    """The photo, due for relabeling: at once if it is published, else once it is."""
    return replace(photo, labels_pending=True, due_at=now if photo.state is State.READY else photo.due_at)


def mark_duplicate(photo: Photo, holder: str) -> Photo:
    """The photo as a duplicate of the claim holder, which is in albums in its place; pending labels wait."""
    return replace(photo, state=State.DUPLICATE, duplicate_of=holder, due_at=None, albums=())


def _check_tag_count(photo: Photo) -> Photo:
    tags = {photo.label, *photo.user_tags} - {None}
    if len(tags) > MAX_TAGS:
        raise Invalid(
            f"A photo can have at most {MAX_TAGS} tags including its label; this change makes {len(tags)}.",
            field="tags",
        )
    return photo


def _other(album_id: str | None, excluded: str) -> str | None:
    return None if album_id == excluded else album_id


def _without(tags: Iterable[str], excluded: Iterable[str | None]) -> tuple[str, ...]:
    exclude = frozenset(excluded)
    return tuple(tag for tag in tags if tag not in exclude)
