"""Whether an original must be copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


@dataclass(frozen=True, slots=True)
class Copied:
    """What is known of the files of a photo from former runs. Paths are below the folder of the export."""

    path: str
    sha256: str | None = None  # None: the run ended before it was known
    bytes: int | None = None
    version: int | None = None  # of the record when it was copied; None: by a run that this one knows nothing of
    sidecar_sha256: str | None = None


class Action(Enum):
    """What to do with an original."""

    KEEP = auto()
    CHECK = auto()  # a file is there: keep it if its checksum is right, else download
    DOWNLOAD = auto()


def decide(photo: Mapping[str, Any], copied: Copied, size: int | None) -> Action:
    """What to do with the original of a photo; `size` is that of the file that is there, None if there is none.

    Without a checksum from the library, each change of the record may be another original.
    """
    if size is None:
        return Action.DOWNLOAD
    if copied.version is None:
        return Action.CHECK if photo.get("sha256") or copied.sha256 else Action.DOWNLOAD
    is_same = photo["sha256"] == copied.sha256 if photo.get("sha256") else photo["version"] == copied.version
    return Action.KEEP if is_same and size == copied.bytes else Action.DOWNLOAD
