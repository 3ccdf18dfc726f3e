"""Sorts the files of a Takeout: photos, other files, and JSON files by the folder they are in."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tintype_cli.photos import Problem
from tintype_cli.sources.files import FileEntry, read_text_file
from tintype_cli.sources.formats import kind_of, skip_reason
from tintype_cli.sources.takeout.documents import AlbumDocument, PhotoDocument, parse
from tintype_cli.sources.takeout.names import names_media

# The folder that a Takeout consists of, in every language; it holds one folder for each product of Google.
_ROOT = "Takeout"


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """A JSON file of a photo or video, and what it says."""

    path: str
    document: PhotoDocument

    @property
    def folder(self) -> str:
        """The path of its folder, also of the zip."""
        return self.path.rpartition("/")[0]


@dataclass(slots=True)
class Folder:
    """A folder of Google Photos, whose files may be in several zips. `album` is what its own JSON says."""

    media: list[FileEntry] = field(default_factory=list)  # photos and videos
    documents: dict[str, list[DescribedFile]] = field(default_factory=lambda: defaultdict(list))  # by filename
    album: AlbumDocument | None = None


@dataclass(slots=True)
class Contents:
    """The folders by name, the names of folders that hold the others, and what can't be used."""

    folders: dict[str, Folder] = field(default_factory=lambda: defaultdict(Folder))
    products: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def sort_contents(files: Iterable[FileEntry | Problem]) -> Contents:
    """All files of a Takeout by their folders; reads the JSON files."""
    contents = Contents()
    media: list[FileEntry] = []
    photos: list[DescribedFile] = []
    albums: list[tuple[str, AlbumDocument]] = []
    for item in files:
        if isinstance(item, Problem):
            contents.problems.append(item)
        elif item.name.casefold().endswith(".json") and kind_of(item.path) != "system":
            match _read(item):
                case PhotoDocument() as photo:
                    photos.append(DescribedFile(item.path, photo))
                case AlbumDocument() as album:
                    albums.append((item.path, album))
                case Problem() as problem:
                    contents.problems.append(problem)
        elif kind_of(item.path) in {"photo", "video"} and item.size:
            media.append(item)
        else:
            contents.problems.append(Problem(item.path, _reason(item)))
    contents.products = {product for file in photos if (product := _product(file.path))}
    _place(contents, media, photos, albums)
    return contents


def _place(
    contents: Contents, media: list[FileEntry], photos: list[DescribedFile], albums: list[tuple[str, AlbumDocument]]
) -> None:
    for entry in media:
        product = _product(entry.path)
        if product and contents.products and product not in contents.products:
            contents.problems.append(Problem(entry.path, f"This is a file of {product}, not of Google Photos."))
        else:
            contents.folders[_folder(entry.path)].media.append(entry)
    for file in photos:
        contents.folders[_folder(file.path)].documents[file.path.rpartition("/")[2]].append(file)
    for path, album in albums:
        folder = contents.folders.get(_folder(path))
        if folder and (folder.album is None or not folder.album.title):
            folder.album = album


def _read(entry: FileEntry) -> PhotoDocument | AlbumDocument | Problem:
    try:
        document = parse(read_text_file(entry))
    except (OSError, ValueError) as error:
        return Problem(entry.path, f"This JSON can't be read: {error}.")
    if document is None or (isinstance(document, AlbumDocument) and names_media(entry.name)):
        return Problem(entry.path, "This JSON describes neither a photo nor an album.")
    return document


def _reason(entry: FileEntry) -> str:
    if entry.name.casefold().endswith((".tgz", ".tar.gz", ".tar")):
        return "Archives of this format can't be read: unpack it, or choose zip for the Takeout."
    return skip_reason(entry.path) if entry.size else "This file is empty."


def _product(path: str) -> str:
    """The folder below `Takeout` that a path is in; empty if there is none."""
    folders = path.split("/")[:-1]
    at = next((at for at in range(len(folders) - 2, -1, -1) if folders[at] == _ROOT), None)
    return "" if at is None else folders[at + 1]


def _folder(path: str) -> str:
    """The name of the folder that a file is in: that is the same in all zips of a Takeout."""
    return unicodedata.normalize("NFC", path.rpartition("/")[0].rpartition("/")[2])
