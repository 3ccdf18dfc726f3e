"""Moves the derivatives of earlier versions, `{owner}/{photo_id}/{name}-{filename}`, to keys that tell neither.

A worker with the photo's lease copies them. The record then names both, the former ones as `former-{name}`, because
URLs of them may have been signed just before; a later pass of the schedule deletes them. Deletion knows the keys of
copies that no record names, so a worker that dies leaves nothing behind.
"""

from dataclasses import replace

from chalicelib.ingest.processing import DerivativeStore, derivative_key, possible_keys
from chalicelib.library.photo import Derivative, Photo, State

# Records with other keys are out of date.
KEYS_REVISION = 1
FORMER = "former-"
# Those in the trash are moved if they are restored.
MOVED_STATES = frozenset({State.READY, State.DUPLICATE})


def must_be_moved(photo: Photo) -> bool:
    """Whether this photo is visible and has derivatives at old keys."""
    return photo.state in MOVED_STATES and not _recorded(photo, former=False) <= possible_keys(photo.photo_id)


def copy_derivatives(derivatives: DerivativeStore, photo: Photo) -> Photo:
    """The photo with its derivatives copied to their new keys; raises NotFound if one is gone."""
    keys: dict[str, str] = {}
    current: dict[str, Derivative] = {}
    former: dict[str, Derivative] = {}
    for name, derivative in sorted(photo.derivatives.items()):
        if name.startswith(FORMER) or derivative.key in possible_keys(photo.photo_id):
            current[name] = derivative
            continue
        if derivative.key not in keys:  # preview and small may be one
            keys[derivative.key] = derivative_key(photo.photo_id, name, derivative.mime)
            derivatives.copy(derivative.key, keys[derivative.key])
        current[name] = replace(derivative, key=keys[derivative.key])
        former[FORMER + name] = derivative
    return replace(photo, derivatives=current | former)


def former_keys(photo: Photo) -> frozenset[str]:
    """The keys from which the derivatives of this photo were copied, until they are deleted."""
    return _recorded(photo, former=True)


def without_former_keys(photo: Photo) -> Photo:
    """The photo after these are deleted."""
    remaining = {name: derivative for name, derivative in photo.derivatives.items() if not name.startswith(FORMER)}
    return replace(photo, derivatives=remaining)


def _recorded(photo: Photo, *, former: bool) -> frozenset[str]:
    return frozenset(each.key for name, each in photo.derivatives.items() if name.startswith(FORMER) is former)
