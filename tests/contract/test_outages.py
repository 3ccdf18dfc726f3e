from datetime import timedelta

from chalicelib.labels.outage import Outage
from tests.contract.conftest import Store
from tests.support.factories import NOON


def test_outage_keeps_its_first_time_until_it_ends(store: Store) -> None:
    assert store.outages.load() is None
    store.outages.record(Outage("The model is missing.", NOON))
    store.outages.record(Outage("The model is damaged.", NOON + timedelta(hours=1)))
    assert store.outages.load() == Outage("The model is damaged.", NOON)
    store.outages.clear()
    store.outages.clear()
    assert store.outages.load() is None


def test_outage_is_no_trend(store: Store) -> None:
    store.outages.record(Outage("The model is missing.", NOON))
    assert store.totals.next_trend(None) is None
