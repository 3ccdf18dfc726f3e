"""Photos as an earlier version has left them: derivatives at keys with owner and filename."""

from dataclasses import replace

from chalicelib.ingest.processing import DERIVATIVE_NAMES
from chalicelib.library.filenames import clean_filename
from chalicelib.library.photo import Derivative, Photo
from tests.fakes.library import MemoryLibrary


def with_former_keys(photo: Photo) -> Photo:
    """The record with derivatives at the keys of an earlier version."""
    return replace(photo, derivatives={name: _former(photo, name) for name in DERIVATIVE_NAMES})


def use_former_keys(library: MemoryLibrary, photo: Photo) -> Photo:
    """Store the record and the derivatives of a photo as an earlier version did, unless some are gone."""
    images = library.derivatives
    keys = {name: derivative.key for name, derivative in photo.derivatives.items()}
    if set(keys) != set(DERIVATIVE_NAMES) or not set(keys.values()) <= images.images.keys():
        return photo
    former = library.photos.commit(photo, with_former_keys(photo))
    for name, key in keys.items():
        images.copy(key, former.derivatives[name].key)
    images.remove(sorted(keys.values()))
    return former


def _former(photo: Photo, name: str) -> Derivative:
    filename = clean_filename(photo.key)
    return replace(photo.derivatives[name], key=f"{photo.owner}/{photo.photo_id}/{name}-{filename}")
