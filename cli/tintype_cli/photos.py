"""What an import knows of photos and albums, wherever they come from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal, Protocol

type Visibility = Literal["public", "private"]


@dataclass(frozen=True, slots=True)
class PhotoDetails:
    """What is known of a photo beside its file; None and empty values leave it to the library and the file."""

    tags: tuple[str, ...] = ()
    label: str | None = None
    weight: float | None = None
    status: Visibility | None = None
    caption: str | None = None
    rating: int | None = None
    favorite: bool | None = None
    taken_local: str | None = None  # ISO 8601 without a zone
    offset: str | None = None  # ±HH:MM
    place: str | None = None
    latitude: float | None = None  # degrees; 0 and 0: the owner has removed the position that the file says
    longitude: float | None = None
    created_at: datetime | None = None  # when it was added to the library, aware
    trashed: bool = False
    albums: tuple[str, ...] = ()  # keys of `ImportAlbum`
    dismissed_tags: tuple[str, ...] = ()  # what the library or the file says, and the owner has removed


@dataclass(frozen=True, slots=True)
class ImportPhoto:
    """One file to import. `path` names it in reports, and is the same in every run."""

    path: str
    filename: str
    size: int  # bytes
    modified: float  # Unix time; with `path` and `size`, tells whether the file is the one of the last run
    open: Callable[[], BinaryIO]
    details: PhotoDetails = field(default_factory=PhotoDetails)
    photo_id: str | None = None  # of an export
    sha256: str | None = None  # lower-case hexadecimal, if known without reading the file


@dataclass(frozen=True, slots=True)
class ImportAlbum:
    """An album to create. `key` is the same in every run."""

    key: str
    title: str
    description: str = ""
    order: Literal["newest", "oldest", "manual"] = "newest"
    query: dict[str, object] | None = None  # of a smart album
    cover: str | None = None  # path of a photo
    photos: tuple[str, ...] = ()  # paths of photos in their order by hand


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that can't be imported, or of which something is unknown, and why: a sentence for people."""

    path: str
    reason: str
    is_skipped: bool = True  # False: the photo is imported, but something is missing


class SourceError(Exception):
    """The source can't be imported at all; the text is a sentence for people."""


class Source(Protocol):
    """Where photos come from. Both may be called more than once, and give the same each time."""

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        """All photos, and all files that are none or that nothing is known to do with."""
        ...

    def albums(self) -> Sequence[ImportAlbum]:
        """The albums that the photos name."""
        ...
