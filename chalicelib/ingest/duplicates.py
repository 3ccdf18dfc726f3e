"""Duplicates: a photo whose bytes its owner has in another one, which holds the claim on them."""

from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.photo import Photo, PhotoStore
from chalicelib.library.transitions import join_albums, mark_duplicate


def commit_duplicate(photos: PhotoStore, before: Photo, after: Photo, holder: str) -> Photo:
    """Commit the photo as a duplicate of the claim holder, which joins its albums in its place; raises Conflict.

    The holder comes first: if the worker dies in between, whoever commits the duplicate next repeats it.
    """
    if after.albums:
        retry_on_conflict(
            lambda: photos.get(holder),
            lambda photo: _join(photos, photo, after),
            "The photo that this is a duplicate of keeps changing.",
        )
    return photos.commit(before, mark_duplicate(after, holder))


def _join(photos: PhotoStore, photo: Photo | None, duplicate: Photo) -> None:
    # If it has lost the claim meanwhile, the duplicate cannot be committed either.
    if photo is not None and (joined := join_albums(photo, duplicate.albums)) != photo:
        photos.commit(photo, joined)
