"""The kinds of sources, and which one a path is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tintype_cli.catalogue import CATALOGUE_NAME
from tintype_cli.photos import Source, SourceError
from tintype_cli.sources import immich, photoprism, takeout
from tintype_cli.sources.export import ExportSource
from tintype_cli.sources.folder import FolderSource, FolderUse


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: how people call it, whether a path is one, and its photos."""

    name: str
    detect: Callable[[Path], bool]
    open: Callable[[Path, FolderUse], Source]


# In the order in which they are looked for.
KINDS = {
    "export": Kind(
        "an export of a Tintype library",
        lambda path: (path / CATALOGUE_NAME).is_file(),
        lambda path, _: ExportSource(path),
    ),
    "immich": Kind("an Immich library", immich.detect, lambda path, _: immich.ImmichSource(path)),
    "photoprism": Kind("a PhotoPrism library", photoprism.detect, lambda path, _: photoprism.PhotoPrismSource(path)),
    "takeout": Kind("a Google Takeout", takeout.detect, lambda path, _: takeout.TakeoutSource(path)),
    "folder": Kind("a folder", Path.is_dir, FolderSource),
}


def detect(path: Path) -> Kind:
    """The kind of a source, by what is there; raises SourceError."""
    for kind in KINDS.values():
        if kind.detect(path):
            return kind
    raise SourceError(f"{path} is neither a folder nor a zip of Google Takeout.")
