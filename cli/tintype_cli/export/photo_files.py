"""Brings the files of one photo up to date: its original and its sidecar."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from tintype_cli import xmp
from tintype_cli.export.decisions import Action, Copied, decide
from tintype_cli.export.files import file_size, replaced
from tintype_cli.export.names import sidecar_path
from tintype_cli.export.originals import Original, OriginalError, Originals
from tintype_cli.photos import PhotoDetails


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files of a photo."""

    photo: Mapping[str, Any]
    copied: Copied | None  # None: the original could not be copied
    new_bytes: int = 0  # that were downloaded
    problem: str = ""  # a sentence for people


def copy_files(originals: Originals, root: Path, photo: Mapping[str, Any], copied: Copied) -> Outcome:
    """Copy the original and write the sidecar, as far as they have changed. Raises UnreachableError and OSError."""
    target = root / copied.path
    action = decide(photo, copied, file_size(target))
    try:
        original = _copy_original(originals, photo, copied, target, action)
    except OriginalError as error:
        return Outcome(photo, None, problem=str(error))
    sidecar = xmp.write(details_of(original.photo))
    digest, path = sha256(sidecar).hexdigest(), root / sidecar_path(copied.path)
    if digest != copied.sidecar_sha256 or file_size(path) is None:
        with replaced(path, originals.temporary) as file:
            file.write(sidecar)
    now = replace(
        copied,
        sha256=original.sha256,
        bytes=original.bytes,
        version=original.photo["version"],
        sidecar_sha256=digest,
    )
    return Outcome(original.photo, now, original.bytes if original.is_new else 0)


def _copy_original(
    originals: Originals, photo: Mapping[str, Any], copied: Copied, target: Path, action: Action
) -> Original:
    if action is Action.KEEP:
        return Original(photo, copied.sha256 or "", copied.bytes or 0, is_new=False)
    if action is Action.CHECK:
        return originals.check(photo, target, photo.get("sha256") or copied.sha256 or "")
    return originals.download(photo, target)


def details_of(photo: Mapping[str, Any]) -> PhotoDetails:
    """What the library says of a photo."""
    coordinates = photo.get("coordinates") or {}
    return PhotoDetails(
        tags=tuple(photo["tags"]),
        label=photo["label"],
        caption=photo["caption"] or None,
        rating=photo.get("rating"),
        favorite=photo.get("favorite"),
        taken_local=photo["taken_local"],
        offset=photo["offset"],
        place=photo.get("place"),
        latitude=coordinates.get("latitude"),
        longitude=coordinates.get("longitude"),
    )
