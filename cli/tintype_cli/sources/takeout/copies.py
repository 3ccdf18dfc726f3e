"""Finds the copies of one photo: a Takeout has each photo in its year's folder, and again in each album."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from tintype_cli.sources.files import FileEntry
from tintype_cli.sources.takeout.documents import PhotoDocument
from tintype_cli.sources.takeout.names import Match

_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of a photo: the name of its folder, and its JSON, if it has one."""

    entry: FileEntry
    folder: str
    document: PhotoDocument | None = None
    match: Match | None = None


def group_copies(copies: Iterable[Copy]) -> list[list[Copy]]:
    """Copies by their bytes, in the order of the first ones. Files on disk are read only if others have their size.

    The bytes are compared by size and CRC-32: of a zip these are known.
    """
    copies = list(copies)
    sizes = Counter(copy.entry.size for copy in copies)
    groups: defaultdict[object, list[Copy]] = defaultdict(list)
    for copy in copies:
        entry = copy.entry
        crc = entry.crc if entry.crc is not None or sizes[entry.size] == 1 else _crc(entry)
        # One that can't be read is alone: reading it again for the import reports why.
        groups[(entry.size, crc) if crc is not None else entry.path].append(copy)
    return list(groups.values())


def merge_documents(copies: Iterable[Copy]) -> PhotoDocument | None:
    """What the JSON files of one photo say together: of each field the first that says something."""
    own_first = sorted(copies, key=lambda copy: copy.match or max(Match))
    documents = [copy.document for copy in own_first if copy.document]
    return reduce(_merge, documents) if documents else None


def _merge(first: PhotoDocument, second: PhotoDocument) -> PhotoDocument:
    if first == second:
        return first
    return replace(
        first,
        description=first.description or second.description,
        taken_at=first.taken_at if first.taken_at is not None else second.taken_at,
        position=first.position or second.position,
        people=tuple(dict.fromkeys(first.people + second.people)),
        is_favorite=first.is_favorite or second.is_favorite,
        is_archived=first.is_archived or second.is_archived,
        is_trashed=first.is_trashed and second.is_trashed,
    )


def _crc(entry: FileEntry) -> int | None:
    crc = 0
    try:
        with entry.open() as file:
            while chunk := file.read(_CHUNK_BYTES):
                crc = zlib.crc32(chunk, crc)
    except OSError:
        return None
    return crc
