"""What a volume is made of, and what became of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of a volume: that version of the original, `bytes` long; `name` is safe, and unique in the volume."""

    photo_id: str
    key: str
    version: str
    bytes: int
    name: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A photo that is not in the volume, with the reason in a person's words."""

    photo_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuiltVolume:
    """A finished volume: the photos in it, and the bytes of the zip."""

    photos: int
    bytes: int
    skipped: tuple[Skipped, ...]
