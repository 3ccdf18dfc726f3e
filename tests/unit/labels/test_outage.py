import logging
from datetime import timedelta

import pytest
from PIL import Image

from chalicelib.errors import Unavailable
from chalicelib.labels.labeler import PhotoMetadata
from chalicelib.labels.outage import MonitoredLabeler, Outage
from tests.fakes.library import Clock
from tests.fakes.outages import MemoryOutages
from tests.fakes.processing import FixedLabeler
from tests.support.factories import NOON

IMAGE = Image.new("RGB", (4, 3))
METADATA = PhotoMetadata(taken_at=None, width=4, height=3)
REASON = "The labeler did not respond."


class Monitored:
    """A labeler that can be broken, and what is recorded of it."""

    def __init__(self) -> None:
        self.inner, self.outages, self.clock = FixedLabeler(), MemoryOutages(), Clock()
        self.labeler = MonitoredLabeler(self.inner, self.outages, self.clock)

    def label(self) -> list[str]:
        return [label.name for label in self.labeler.detect(IMAGE, METADATA).labels]

    def fail(self) -> None:
        self.inner.broken = True
        with pytest.raises(Unavailable, match="did not respond"):
            self.label()


def test_outage_is_recorded_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    monitored = Monitored()
    with caplog.at_level(logging.WARNING):
        monitored.fail()
        monitored.clock.advance(timedelta(minutes=1))
        monitored.fail()
    assert (monitored.outages.outage, monitored.outages.writes) == (Outage(REASON, NOON), 1)
    assert [vars(line)["reason"] for line in caplog.records] == [REASON]


def test_outage_ends_with_the_next_labels() -> None:
    monitored = Monitored()
    monitored.fail()
    monitored.inner.broken = False
    assert monitored.label() == monitored.label() == ["sand"]
    assert (monitored.outages.outage, monitored.outages.writes) == (None, 2)


def test_outage_of_an_earlier_process_ends_with_the_first_labels() -> None:
    monitored = Monitored()
    monitored.outages.outage = Outage(REASON, NOON)
    monitored.label()
    assert monitored.outages.outage is None


def test_failure_to_record_changes_nothing_and_is_made_up_for() -> None:
    monitored = Monitored()
    monitored.outages.broken = True
    assert monitored.label() == ["sand"]
    monitored.fail()
    monitored.outages.broken = False
    monitored.fail()
    assert monitored.outages.outage == Outage(REASON, NOON)
