"""Puts the files of a Takeout together to photos and albums."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tintype_cli.photos import ImportAlbum, Problem
from tintype_cli.sources.files import FileEntry
from tintype_cli.sources.formats import kind_of, skip_reason, split_extension
from tintype_cli.sources.takeout.contents import Contents, DescribedFile, Folder, sort_contents
from tintype_cli.sources.takeout.copies import Copy, group_copies, merge_documents
from tintype_cli.sources.takeout.documents import PhotoDocument
from tintype_cli.sources.takeout.folders import FolderKind, classify
from tintype_cli.sources.takeout.names import JsonNames, Match

ARCHIVED = "This photo is archived in Google Photos. Tintype has no archive: it is imported as an ordinary photo."
LIVE_VIDEO = "This is the video of the Live Photo {}: Tintype keeps photos only."
UNDESCRIBED = "No JSON belongs to this photo: only what its file contains is imported."


@dataclass(frozen=True, slots=True)
class TakeoutPhoto:
    """One photo: the file to import, what Google Photos knows of it, and the keys of its albums."""

    entry: FileEntry
    filename: str
    document: PhotoDocument | None
    albums: tuple[str, ...]
    is_trashed: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Library:
    """All photos in the order of their paths, the albums, and what can't be used."""

    photos: tuple[TakeoutPhoto, ...]
    albums: tuple[ImportAlbum, ...]
    problems: tuple[Problem, ...]


def read_library(files: Iterable[FileEntry | Problem]) -> Library:
    """The library that these files hold; reads the JSON files, and photos on disk whose sizes are the same."""
    contents = sort_contents(files)
    titles = {name: folder.album.title if folder.album else None for name, folder in contents.folders.items()}
    kinds = classify(titles, contents.products)
    copies: list[Copy] = []
    unused: list[tuple[str, DescribedFile]] = []
    problems = list(contents.problems)
    for name, folder in sorted(contents.folders.items()):
        found, left, skipped = _match_folder(name, folder)
        copies += found
        unused += ((name, file) for file in left)
        problems += skipped
    in_albums = {name for name, kind in kinds.items() if kind is FolderKind.ALBUM}
    copies.sort(key=lambda copy: (copy.folder in in_albums, copy.entry.path))
    groups = group_copies(copies)
    problems += _use_documents(groups, unused, in_albums)
    photos = sorted((_photo(group, kinds) for group in groups), key=lambda photo: photo.entry.path)
    albums = _albums(contents, in_albums, {key for photo in photos for key in photo.albums})
    return Library(tuple(photos), albums, tuple(problems))


def _match_folder(name: str, folder: Folder) -> tuple[list[Copy], list[DescribedFile], list[Problem]]:
    """The photos of a folder with their JSON; the JSON of no file; and the files that are not photos."""
    names = JsonNames(folder.documents)
    stems = {_fold(split_extension(entry.name)[0]): entry.name for entry in folder.media if _is_photo(entry)}
    copies, problems = [], []
    used: set[str] = set()
    for entry in folder.media:
        found = names.find(entry.name)
        described = [file for json_name in found[0] for file in folder.documents[json_name]] if found else []
        used.update(file.path for file in described)
        if not _is_photo(entry):
            photo = stems.get(_fold(split_extension(entry.name)[0]))
            problems.append(Problem(entry.path, LIVE_VIDEO.format(photo) if photo else skip_reason(entry.path)))
            continue
        # Of several zips with the same folder, the JSON in the same zip is nearer.
        nearest = next((file for file in described if file.folder == entry.folder), next(iter(described), None))
        copies.append(Copy(entry, name, nearest.document, found[1]) if found and nearest else Copy(entry, name))
    unused = [file for files in folder.documents.values() for file in files if file.path not in used]
    return copies, unused, problems


def _use_documents(
    groups: list[list[Copy]], unused: list[tuple[str, DescribedFile]], in_albums: set[str]
) -> list[Problem]:
    """Use JSON whose photo is in another folder: for its album, or for what it says; problems for the others.

    An album may have the JSON of a photo only, and a zip that is missing may have one of the two.
    """
    by_document: defaultdict[tuple[str, int | None], list[list[Copy]]] = defaultdict(list)
    by_name: defaultdict[str, list[list[Copy]]] = defaultdict(list)
    for group in groups:
        for copy in group:
            if copy.document is None:
                by_name[_fold(copy.entry.name)].append(group)
            elif copy.match is Match.OWN:
                by_document[_identity(copy.document)].append(group)
    problems = []
    for folder, file in unused:
        document = file.document
        described = by_document.get(_identity(document), [])
        undescribed = [group for group in by_name.get(_fold(document.title), []) if merge_documents(group) is None]
        if described:
            if folder in in_albums:
                described[0].append(replace(described[0][0], folder=folder))
        elif len(undescribed) == 1:
            group = undescribed[0]
            group[0] = replace(group[0], document=document, match=Match.OWN)
            by_document[_identity(document)].append(group)
            if folder in in_albums:
                group.append(replace(group[0], folder=folder))
        else:
            named = f"{document.title}, which this JSON describes," if document.title else "What this JSON describes"
            problems.append(Problem(file.path, f"{named} is not among the photos of this Takeout."))
    return problems


def _photo(group: list[Copy], kinds: dict[str, FolderKind]) -> TakeoutPhoto:
    document = merge_documents(group)
    trashed = [
        kinds[copy.folder] is FolderKind.TRASH or bool(copy.document and copy.document.is_trashed) for copy in group
    ]
    folders = dict.fromkeys(copy.folder for copy in group if kinds[copy.folder] is FolderKind.ALBUM)
    archived = any(kinds[copy.folder] is FolderKind.ARCHIVE for copy in group) or bool(
        document and document.is_archived
    )
    return TakeoutPhoto(
        group[0].entry, _filename(group[0]), document, tuple(map(_album_key, folders)), all(trashed), archived
    )


def _filename(copy: Copy) -> str:
    """The name the photo was uploaded with, as Takeout cuts long names and numbers those that repeat."""
    name = copy.entry.name
    if copy.document is None or copy.match is not Match.OWN:
        return name
    title = copy.document.title.replace("/", "_").replace("\\", "_")
    same_extension = split_extension(title)[1].casefold() == split_extension(name)[1].casefold()
    return title if same_extension and kind_of(title) == "photo" else name


def _albums(contents: Contents, in_albums: set[str], used: set[str]) -> tuple[ImportAlbum, ...]:
    albums = []
    for name in sorted(in_albums):
        document = contents.folders[name].album
        title, description = (document.title, document.description) if document else ("", "")
        if (key := _album_key(name)) in used:
            # Google Photos shows albums from the oldest photo on.
            albums.append(ImportAlbum(key, title or name, description, order="oldest"))
    return tuple(albums)


def _album_key(folder: str) -> str:
    return f"takeout/{folder}"


def _identity(document: PhotoDocument) -> tuple[str, int | None]:
    return document.title, document.taken_at


def _is_photo(entry: FileEntry) -> bool:
    return kind_of(entry.path) == "photo"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
