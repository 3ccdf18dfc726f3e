"""Compares a catalogue with the files beside it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tintype_cli.export.files import file_sha256, file_size
from tintype_cli.export.names import ORIGINALS, sidecar_path


def check_files(root: Path, photo: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each thing that is wrong with the files of a photo."""
    if photo["path"] is None:
        yield "The export has no original of it."
        return
    try:
        yield from _check_files(root, photo)
    except OSError as error:
        yield f"Its files can't be read: {error.strerror or error}."


def list_files(root: Path) -> Iterator[str]:
    """The paths of all originals on the disk, below the folder of the export; no sidecars."""
    for folder, folders, names in os.walk(root / ORIGINALS):
        folders.sort()
        for name in sorted(names):
            if not name.endswith(".xmp"):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _check_files(root: Path, photo: Mapping[str, Any]) -> Iterator[str]:
    path = root / photo["path"]
    size = file_size(path)
    if size is None:
        yield "The original is missing."
    elif photo["bytes"] != size:
        yield f"The original has {size:,} bytes, and {photo['bytes'] or 0:,} by the catalogue."
    elif photo["sha256"] != file_sha256(path):
        yield "The original has another SHA-256 than the catalogue says."
    if file_size(root / sidecar_path(photo["path"])) is None:
        yield "The sidecar is missing."
