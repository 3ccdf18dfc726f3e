"""An Immich library on disk: originals, with XMP sidecars beside those whose description, rating, tags, date or place
somebody has changed.

Albums, favorites and people are in Immich's database only.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tintype_cli.photos import ImportAlbum, ImportPhoto, Problem
from tintype_cli.sources.folder import FolderSource

_ORIGINALS = ("library", "upload")
_GENERATED = ("thumbs", "encoded-video", "profile", "backups")
_MARKER = ".immich"  # in each of these folders since 2024


def detect(root: Path) -> bool:
    """Whether a folder is the UPLOAD_LOCATION of Immich."""
    if any((root / name / _MARKER).is_file() for name in (*_ORIGINALS, *_GENERATED)):
        return True
    return (root / "thumbs").is_dir() and any((root / name).is_dir() for name in _ORIGINALS)


class ImmichSource:
    """The photos of an Immich library with what their sidecars say."""

    def __init__(self, root: Path) -> None:
        """`root` is Immich's UPLOAD_LOCATION, for the photos of all users, or any folder in it."""
        self._root = root

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        """All originals, and why the other files are none."""
        generated = [name for name in _GENERATED if (self._root / name).is_dir()] if detect(self._root) else []
        for item in FolderSource(self._root, "none").photos():
            if item.path.partition("/")[0] not in generated:
                yield item
        for name in generated:
            yield Problem(name, "Immich makes what is in this folder: there are no originals in it.")

    def albums(self) -> Sequence[ImportAlbum]:
        """None: Immich does not write albums into sidecars."""
        return ()
