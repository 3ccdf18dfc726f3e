"""Several labelers as one: the first names what matters most, the others fill what is left."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.labels.labeler import MAX_LABELS, Detection, Labeler, PhotoMetadata
from chalicelib.library.label import Label

if TYPE_CHECKING:
    from PIL.Image import Image


class CombinedLabeler:
    """The labels of all labelers, those of the first one before those of the next."""

    def __init__(self, labelers: Sequence[Labeler]) -> None:
        self.labelers = labelers

    @property
    def version(self) -> str:
        """The versions of all labelers."""
        return " ".join(labeler.version for labeler in self.labelers) or "none"

    @property
    def derivative(self) -> str:
        """The derivative that all labelers can read."""
        return "preview" if any(labeler.derivative == "preview" for labeler in self.labelers) else "small"

    @property
    def follows_time(self) -> bool:
        """Whether the labels of one of them depend on when the photo was taken."""
        return any(labeler.follows_time for labeler in self.labelers)

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:
        """At most MAX_LABELS labels, in the order of the labelers; none without labelers. Raises Unavailable."""
        found = [labeler.detect(image, metadata) for labeler in self.labelers]
        labels: dict[str, Label] = {}
        for detection in found:
            for label in detection.labels:
                labels.setdefault(label.name, label)
        embedding = next((detection.embedding for detection in found if detection.embedding), b"")
        return Detection(tuple(labels.values())[:MAX_LABELS], embedding)
