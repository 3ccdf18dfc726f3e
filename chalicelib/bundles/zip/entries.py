"""The input and the result of building a volume."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of a volume: a version of an original, its size in bytes, and its unique entry name."""

    photo_id: str
    key: str
    version: str
    bytes: int
    name: str
    timestamp: datetime


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
