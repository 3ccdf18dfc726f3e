"""The input and the result of building a volume."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

type FileContent = bytes  # an entry has a field of the name `bytes`


class ImageBucket(StrEnum):
    """The bucket of an image."""

    ORIGINALS = "originals"
    DERIVATIVES = "derivatives"


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of a volume: its original or a derivative, the size of that in bytes, and its unique entry name.

    `version` is that of the original; a derivative is one that was made from it. `sidecar` is the file beside it,
    or empty.
    """

    photo_id: str
    key: str
    version: str
    bytes: int
    name: str
    timestamp: datetime
    bucket: ImageBucket = ImageBucket.ORIGINALS
    sidecar: FileContent = b""

    @property
    def total_bytes(self) -> int:
        """The size of the image and its sidecar."""
        return self.bytes + len(self.sidecar)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A photo that is not in the volume, with a reason for the user."""

    photo_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuiltVolume:
    """A finished volume: number of photos, and size of the zip in bytes."""

    photos: int
    bytes: int
    skipped: tuple[Skipped, ...]
