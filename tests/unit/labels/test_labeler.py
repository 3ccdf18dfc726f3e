from datetime import timedelta

import pytest
from PIL import Image

from chalicelib.errors import Unavailable
from chalicelib.labels.labeler import AbsentLabeler, GuardedLabeler, PhotoMetadata
from chalicelib.library.label import Label
from chalicelib.util.circuit_breaker import CircuitBreaker
from tests.fakes.library import Clock
from tests.fakes.processing import FixedLabeler

IMAGE = Image.new("RGB", (4, 3))
METADATA = PhotoMetadata(taken_at=None, width=4, height=3)


def test_guarded_labeler_skips_requests_during_an_outage() -> None:
    labeler, clock = FixedLabeler(broken=True), Clock()
    guarded = GuardedLabeler(labeler, CircuitBreaker(max_failures=2, cooldown=timedelta(minutes=1), now=clock))
    for _ in range(2):
        with pytest.raises(Unavailable, match="did not respond"):
            guarded.detect(IMAGE, METADATA)
    labeler.broken = False
    with pytest.raises(Unavailable, match="paused"):
        guarded.detect(IMAGE, METADATA)
    clock.advance(timedelta(minutes=1))
    assert guarded.detect(IMAGE, METADATA).labels == (Label("sand", 99.0),)


def test_labels_are_pending_where_the_labeler_cannot_run() -> None:
    labeler = FixedLabeler()
    absent = AbsentLabeler(labeler)
    with pytest.raises(Unavailable):
        absent.detect(IMAGE, METADATA)
    assert (absent.version, absent.derivative) == (labeler.version, labeler.derivative)
    assert absent.follows_time is labeler.follows_time
