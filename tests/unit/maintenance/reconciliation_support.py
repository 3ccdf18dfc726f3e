"""A small library to reconcile, and the time that a run gets."""

from datetime import timedelta

from chalicelib.library.photo import State
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON

LATER = timedelta(days=2)  # longer than any pause in these tests


def library(drops: int = 0, *, removals_allowed: bool = False) -> MemoryLibrary:
    """A library of published direct drops, in which all of them may be removed at once or not."""
    fixture = MemoryLibrary(removals_allowed_until=NOON + 1000 * LATER if removals_allowed else None)
    for n in range(drops):
        fixture.originals.drop(f"{n:04}.jpg", b"%d" % n)
        fixture.deliver_event(f"{n:04}.jpg")
    fixture.clock.advance(LATER)
    return fixture


def states(fixture: MemoryLibrary) -> dict[str, State]:
    return {p.key: p.state for p in fixture.photos.records.values()}
