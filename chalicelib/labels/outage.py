"""Outages of the labeler, recorded for `GET /health`, which another function answers."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.errors import Unavailable
from chalicelib.labels.labeler import Detection, Labeler, PhotoMetadata
from chalicelib.observability import logger

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Outage:
    """Why photos are published without labels for now, in a sentence, and since when."""

    reason: str
    since: datetime


class OutageStore(Protocol):
    """Stores the current outage; raises Unavailable."""

    def load(self) -> Outage | None:
        """The current outage, or None."""

    def record(self, outage: Outage) -> None:
        """Record an outage; one that is recorded already keeps its `since`."""

    def clear(self) -> None:
        """Record that there is none."""


class MonitoredLabeler:
    """A labeler whose outages are recorded and logged once, when they begin and when they end."""

    def __init__(self, labeler: Labeler, outages: OutageStore, now: Callable[[], datetime]) -> None:
        self.version = labeler.version
        self.derivative = labeler.derivative
        self.follows_time = labeler.follows_time
        self._labeler = labeler
        self._outages = outages
        self._now = now
        self._recorded: str | None = None  # the reason, empty if there is no outage; None before the first photo

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:
        """The labels; raises Unavailable if the labeler does."""
        try:
            found = self._labeler.detect(image, metadata)
        except Unavailable as error:
            self._record(str(error))
            raise
        self._record("")
        return found

    def _record(self, reason: str) -> None:
        if reason == self._recorded:
            return
        if reason:
            logger().warning("Photos are published without labels for now", extra={"reason": reason}, exc_info=True)
        with suppress(Unavailable):  # the next photo tries again
            if reason:
                self._outages.record(Outage(reason, self._now()))
            else:
                self._outages.clear()
            self._recorded = reason
