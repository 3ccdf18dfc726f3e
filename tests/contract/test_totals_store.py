from dataclasses import replace

from chalicelib.library.collections import memberships_for
from chalicelib.library.totals import Totals
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.maintenance.recount import Count, RecountCheckpoint
from tests.contract.conftest import Store
from tests.support.factories import NOON, photo


def test_every_trend_is_met_once(store: Store) -> None:
    store.catalogue.commit(None, photo())
    store.ledger.save_checkpoint(RecountCheckpoint())
    met, after = [], None
    while trend := store.ledger.next_trend(after):
        after = (trend.scope, trend.tag)
        met.append(after)
    assert len(met) == len(set(met)) == 6


def test_rows_are_read_whole(store: Store) -> None:
    stored = store.catalogue.commit(None, photo())
    (row,) = store.ledger.members("public", "sea", None, 10)
    assert row in memberships_for(stored)
    assert store.ledger.members("public", "sea", row.position, 10) == []


def test_tags_in_use_are_those_with_a_photo(store: Store) -> None:
    gone = store.catalogue.commit(None, photo("p1", user_tags=("gone", "sea")))
    store.catalogue.commit(None, photo("p2", user_tags=("sea",)))
    store.catalogue.remove(gone)
    assert store.ledger.tags_in_use("public") == 1


def test_totals_are_corrected_only_if_nobody_wrote_meanwhile(store: Store) -> None:
    store.catalogue.commit(None, photo())
    before = store.ledger.get_trend("public", "sea")
    assert before is not None
    right = replace(before, totals=Totals(7, 7, 7, ((3, 7, 70),)), cover=None)
    assert store.ledger.correct(right)
    after = store.ledger.get_trend("public", "sea")
    assert after is not None
    assert (after.totals, after.cover, after.version) == (right.totals, None, before.version + 1)
    assert not store.ledger.correct(before)


def test_months_are_kept_as_they_were_counted(store: Store) -> None:
    store.catalogue.commit(None, photo())
    before = store.ledger.get_trend("public", "*")
    assert before is not None
    assert (before.months, before.counted_at) == ({}, None)
    assert store.ledger.correct(replace(before, months={"2026-11": 1}, counted_at=before.updated_at))
    after = store.ledger.get_trend("public", "*")
    assert after is not None
    assert (after.months, after.counted_at) == ({"2026-11": 1}, before.updated_at)


def test_a_place_is_kept_for_the_next_run(store: Store) -> None:
    assert store.ledger.load_checkpoint() == RecountCheckpoint()
    count = Count("public", "tree", 3, "after", Totals(1, 2, 3, ((4, 5, 6),)), "p1", {"2026-11": 1}, 1)
    for place in (
        RecountCheckpoint(("public", "sea"), count, PassProgress(7)),
        RecountCheckpoint(progress=PassProgress(paused_until=NOON)),
    ):
        store.ledger.save_checkpoint(place)
        assert store.ledger.load_checkpoint() == place
