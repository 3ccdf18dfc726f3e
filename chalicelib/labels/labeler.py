"""The port to a labeler, and a guard against its outages.

A labeler gets the decoded pixels of a derivative and EXIF metadata, never the original.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.errors import Unavailable
from chalicelib.library.label import Label
from chalicelib.util.circuit_breaker import CircuitBreaker

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_LABELS = 10


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What a labeler knows besides the image: size in pixels after rotation, `taken_at` by the camera's clock."""

    taken_at: datetime | None
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Detection:
    """What a labeler found: at most MAX_LABELS labels with unique names, the most important first.

    `embedding` has one bit for each number of the model's embedding, or is empty: similar photos differ in few bits.
    """

    labels: tuple[Label, ...] = ()
    embedding: bytes = b""


class Labeler(Protocol):
    """Finds labels for photos."""

    @property
    def version(self) -> str:
        """Changes whenever the same photo might get other labels: the model, its words or its thresholds."""

    @property
    def derivative(self) -> str:
        """The derivative whose pixels it reads: `preview`, or `small`, which is decoded in a fifth of the time."""

    @property
    def follows_time(self) -> bool:
        """Whether its labels depend on when the photo was taken."""

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:
        """The labels of an sRGB image, with or without alpha; none for an unsupported image.

        Raises Unavailable if the labeler cannot be used now, for any reason.
        """


@dataclass(frozen=True, slots=True)
class GuardedLabeler:
    """A labeler behind a circuit breaker, so that photos do not wait for its timeouts during an outage."""

    labeler: Labeler
    breaker: CircuitBreaker

    @property
    def version(self) -> str:
        """The version of the labeler."""
        return self.labeler.version

    @property
    def derivative(self) -> str:
        """The derivative that the labeler reads."""
        return self.labeler.derivative

    @property
    def follows_time(self) -> bool:
        """Whether its labels depend on when the photo was taken."""
        return self.labeler.follows_time

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:
        """The labels; raises Unavailable without a request while the breaker is open."""
        with self.breaker.guard():
            return self.labeler.detect(image, metadata)


class AbsentLabeler:
    """A labeler that only another function can run: here, the labels of every photo stay pending."""

    def __init__(self, labeler: Labeler) -> None:
        self.version = labeler.version
        self.derivative = labeler.derivative
        self.follows_time = labeler.follows_time

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:  # noqa: ARG002
        """Raises Unavailable."""
        raise Unavailable("Another function finds the labels.")
