"""A label of a photo, as a labeler found it and as the record holds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A label: its name as a tag is stored, the confidence from 0 to 100, and the names of broader labels.

    Confidences are stored in tenths.
    """

    name: str
    confidence: float
    parents: tuple[str, ...] = ()
