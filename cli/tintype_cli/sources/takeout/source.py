"""The photos and albums of a Takeout, for an import."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path

from tintype_cli.photos import ImportAlbum, ImportPhoto, PhotoDetails, Problem
from tintype_cli.sources.files import FileEntry, read_text_file, walk
from tintype_cli.sources.takeout.dates import file_has_date
from tintype_cli.sources.takeout.documents import PhotoDocument, parse
from tintype_cli.sources.takeout.library import ARCHIVED, UNDESCRIBED, Library, TakeoutPhoto, read_library
from tintype_cli.sources.takeout.names import names_media
from tintype_cli.sources.zips import first_name, list_zip

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FILES_TO_DETECT = 2000
_ROOT = "Takeout/"


def detect(root: Path) -> bool:
    """Whether a folder or a zip is of a Takeout: by the first zip, or the first JSON of a photo."""
    try:
        if root.is_file():
            return first_name(root).startswith(_ROOT)
        return any(_is_of_takeout(root, item) for item in islice(walk(root), _FILES_TO_DETECT))
    except OSError:
        return False


class TakeoutSource:
    """The photos of a Takeout: a zip, or a folder with zips, with unpacked ones, or with both.

    Everything but the photos is read once, when photos or albums are first asked for, and kept in memory.
    """

    def __init__(self, root: Path) -> None:
        """`root` may also be read-only."""
        self._root = root

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        """All photos, each once, and why the other files are none."""
        for photo in self._library.photos:
            yield from self._import(photo)
        yield from self._library.problems

    def albums(self) -> Sequence[ImportAlbum]:
        """The albums that have photos."""
        return self._library.albums

    @cached_property
    def _library(self) -> Library:
        return read_library(_list_files(self._root))

    def _import(self, photo: TakeoutPhoto) -> Iterator[ImportPhoto | Problem]:
        entry = photo.entry
        yield ImportPhoto(entry.path, photo.filename, entry.size, entry.modified, entry.open, _details(photo))
        if photo.document is None:
            yield Problem(entry.path, UNDESCRIBED, is_skipped=False)
        if photo.is_archived:
            yield Problem(entry.path, ARCHIVED, is_skipped=False)


def _details(photo: TakeoutPhoto) -> PhotoDetails:
    document = photo.document or PhotoDocument("")
    taken_local = _taken_local(photo.entry, document.taken_at)
    latitude, longitude = document.position or (None, None)
    return PhotoDetails(
        tags=document.people,
        caption=document.description or None,
        favorite=document.is_favorite or None,
        taken_local=taken_local,
        offset="+00:00" if taken_local else None,
        latitude=latitude,
        longitude=longitude,
        trashed=photo.is_trashed,
        albums=photo.albums,
    )


def _taken_local(entry: FileEntry, taken_at: int | None) -> str | None:
    """The moment in UTC, unless the file itself has it."""
    if taken_at is None:
        return None
    try:
        with entry.open() as file:
            if file_has_date(file, taken_at):
                return None
    except OSError:  # the import reads it again, and reports why it can't
        return None
    return (_EPOCH + timedelta(seconds=taken_at)).replace(tzinfo=None).isoformat()


def _list_files(root: Path) -> Iterator[FileEntry | Problem]:
    if root.is_file():
        yield from list_zip(root, root.name)
        return
    for item in walk(root):
        if isinstance(item, FileEntry) and _is_zip(item):
            yield from list_zip(root / item.path, item.path)
        else:
            yield item


def _is_of_takeout(root: Path, item: FileEntry | Problem) -> bool:
    if isinstance(item, Problem):
        return False
    if _is_zip(item):
        return first_name(root / item.path).startswith(_ROOT)
    if not item.name.casefold().endswith(".json") or not names_media(item.name):
        return False
    try:
        return isinstance(parse(read_text_file(item)), PhotoDocument)
    except ValueError:
        return False


def _is_zip(entry: FileEntry) -> bool:
    return entry.name.casefold().endswith(".zip")
