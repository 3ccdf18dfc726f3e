"""The upload of some bytes, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """How far an upload is."""

    QUEUED = "queued"  # its id is chosen; a ticket may have been asked for
    TICKET = "ticket"  # the ticket is stored; the file may have been sent
    SENT = "sent"  # the storage has the file; it may not be processed yet
    DONE = "done"
    REJECTED = "rejected"  # the library has the file, but can't process it
    PRESENT = "present"  # the library had these bytes
    REFUSED = "refused"  # the next run tries again


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an upload ticket; `expires_at` is Unix time."""

    url: str
    fields: Mapping[str, str]
    expires_at: float


@dataclass(frozen=True, slots=True)
class Upload:
    """The upload of some bytes. `path` is the first file that had them; `run` is the last run that met them.

    `sent_run` is the run that sent the bytes, or 0.
    """

    sha256: str
    path: str
    run: int
    stage: Stage
    photo_id: str
    sent_run: int = 0
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class AlbumMatch:
    """The library's album for one of the source; an empty `album_id` is one that was perhaps created.

    `is_new` says that the import created it, `is_finished` that its order and cover are set.
    """

    key: str
    album_id: str
    is_new: bool
    is_finished: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """A photo that must join an album."""

    album_id: str
    sha256: str
    path: str
    photo_id: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What another file with the bytes of an upload says of the photo: fields of a ticket."""

    path: str
    fields: Mapping[str, Any]
    upload: Upload


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of a file. `first_path` is the first file with the same bytes, maybe itself."""

    path: str
    photo_id: str
    stage: Stage
    sent_run: int
    first_path: str
