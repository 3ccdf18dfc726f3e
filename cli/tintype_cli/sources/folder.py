"""A plain folder: folders as albums or tags, and XMP sidecars beside photos."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tintype_cli import xmp
from tintype_cli.photos import ImportAlbum, ImportPhoto, PhotoDetails, Problem
from tintype_cli.sources.files import FileEntry, read_text_file, walk
from tintype_cli.sources.formats import kind_of, skip_reason, split_extension

type FolderUse = Literal["albums", "tags", "none"]

SIDECAR = ".xmp"
NO_PHOTO = "There is no photo for this sidecar, or it is of a kind that is not read in plain folders."
# Photos that are no raw files. A sidecar `a.xmp` belongs to the raw file, if there is one.
RENDERED = frozenset(["avif", "gif", "heic", "heif", "jfif", "jpe", "jpeg", "jpg", "jxl", "png", "tif", "tiff", "webp"])


class FolderSource:
    """The photos below a folder. Each folder that has photos becomes an album, or its names tags, as chosen."""

    def __init__(self, root: Path, folders: FolderUse = "albums") -> None:
        self._root = root
        self._folders = folders

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        """All photos by folder and name, and all other files."""
        folders: dict[str, list[FileEntry]] = {}
        for found in walk(self._root):
            if isinstance(found, Problem):
                yield found
                continue
            # A folder is complete when the walk is neither in it nor below it.
            for folder in [each for each in folders if not _is_inside(found.folder, each)]:
                yield from self._folder_photos(folders.pop(folder))
            folders.setdefault(found.folder, []).append(found)
        for entries in folders.values():
            yield from self._folder_photos(entries)

    def albums(self) -> Sequence[ImportAlbum]:
        """An album for each folder that has photos. Its title is the whole path, as that of a folder of an inbox."""
        if self._folders != "albums":
            return []
        entries = (found for found in walk(self._root) if isinstance(found, FileEntry))
        folders = sorted({entry.folder for entry in entries if entry.folder and kind_of(entry.path) == "photo"})
        return [ImportAlbum(key=folder, title=folder) for folder in folders]

    def _folder_photos(self, entries: Sequence[FileEntry]) -> Iterator[ImportPhoto | Problem]:
        photos = [entry for entry in entries if kind_of(entry.path) == "photo"]
        sidecars = {entry.path.lower(): entry for entry in entries if entry.path.lower().endswith(SIDECAR)}
        owned = sidecars_of([entry.path for entry in photos], list(sidecars))
        used = set(owned.values())
        for entry in entries:
            kind = kind_of(entry.path)
            if kind == "photo":
                yield from self._photo(entry, sidecars[owned[entry.path]] if entry.path in owned else None)
            elif entry.path.lower() not in used:
                reason = NO_PHOTO if kind == "sidecar" else skip_reason(entry.path)
                yield Problem(entry.path, reason)

    def _photo(self, entry: FileEntry, sidecar: FileEntry | None) -> Iterator[ImportPhoto | Problem]:
        if entry.size == 0:
            yield Problem(entry.path, "The file is empty.")
            return
        details = PhotoDetails()
        if sidecar is not None:
            try:
                details = xmp.parse(read_text_file(sidecar))
            except (OSError, xmp.XmpError) as error:
                reason = f"This sidecar can't be read, so its photo comes without what it says: {error}"
                yield Problem(sidecar.path, reason, is_skipped=False)
        details = self._with_folder(details, entry.folder)
        yield ImportPhoto(entry.path, entry.name, entry.size, entry.modified, entry.open, details)

    def _with_folder(self, details: PhotoDetails, folder: str) -> PhotoDetails:
        if folder and self._folders == "albums":
            return replace(details, albums=(folder,))
        if folder and self._folders == "tags":
            return replace(details, tags=(*details.tags, *folder.split("/")))
        return details


def sidecars_of(photos: Sequence[str], sidecars: Sequence[str]) -> dict[str, str]:
    """The sidecar of each photo of one folder that has one, by their paths; sidecars in lower case.

    `a.jpg.xmp` belongs to `a.jpg`; `a.xmp` to `a.nef`, or without a raw file to each photo called `a`.
    """
    names = set(sidecars)
    owned = {photo: own for photo in photos if (own := photo.lower() + SIDECAR) in names}
    by_stem: dict[str, list[str]] = {}
    for photo in photos:
        if photo not in owned:
            by_stem.setdefault(split_extension(photo)[0].lower() + SIDECAR, []).append(photo)
    for sidecar in names & by_stem.keys():
        raw = [photo for photo in by_stem[sidecar] if split_extension(photo)[1][1:].lower() not in RENDERED]
        owned |= dict.fromkeys(raw or by_stem[sidecar], sidecar)
    return owned


def _is_inside(folder: str, other: str) -> bool:
    return not other or folder == other or folder.startswith(f"{other}/")
