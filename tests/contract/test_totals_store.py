from dataclasses import replace

from chalicelib.library.collections import memberships_for
from chalicelib.library.totals import Totals
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.maintenance.recount import Count, RecountCheckpoint
from tests.contract.conftest import Store
from tests.support.factories import NOON, photo


def test_next_trend_returns_every_trend_once(store: Store) -> None:
    store.photos.commit(None, photo())
    store.totals.save_checkpoint(RecountCheckpoint())
    seen, after = [], None
    while trend := store.totals.next_trend(after):
        after = (trend.scope, trend.tag)
        seen.append(after)
    assert len(seen) == len(set(seen)) == 6


def test_members_are_complete(store: Store) -> None:
    stored = store.photos.commit(None, photo())
    (row,) = store.totals.members("public", "sea", None, 10)
    assert row in memberships_for(stored)
    assert store.totals.members("public", "sea", row.position, 10) == []


def test_tags_in_use_counts_tags_with_photos(store: Store) -> None:
    deleted = store.photos.commit(None, photo("p1", user_tags=("gone", "sea")))
    store.photos.commit(None, photo("p2", user_tags=("sea",)))
    store.photos.remove(deleted)
    assert store.totals.tags_in_use("public") == 1
    store.photos.commit(None, photo("p3", user_tags=("'90s", "sea")))  # a tag that sorts before the timeline's
    assert store.totals.tags_in_use("public") == 2


def test_correct_writes_only_if_version_is_unchanged(store: Store) -> None:
    store.photos.commit(None, photo())
    before = store.totals.get_trend("public", "sea")
    assert before is not None
    right = replace(before, totals=Totals(7, 7, 7, ((3, 7, 70),)), cover=None)
    assert store.totals.correct(right)
    after = store.totals.get_trend("public", "sea")
    assert after is not None
    assert (after.totals, after.cover, after.version) == (right.totals, None, before.version + 1)
    assert not store.totals.correct(before)


def test_months_are_stored(store: Store) -> None:
    store.photos.commit(None, photo())
    before = store.totals.get_trend("public", "*")
    assert before is not None
    assert (before.months, before.counted_at) == ({}, None)
    assert store.totals.correct(replace(before, months={"2026-11": 1}, counted_at=before.updated_at))
    after = store.totals.get_trend("public", "*")
    assert after is not None
    assert (after.months, after.counted_at) == ({"2026-11": 1}, before.updated_at)


def test_checkpoint_is_stored(store: Store) -> None:
    assert store.totals.load_checkpoint() == RecountCheckpoint()
    count = Count("public", "tree", 3, "after", Totals(1, 2, 3, ((4, 5, 6),)), "p1", {"2026-11": 1}, 1)
    for checkpoint in (
        RecountCheckpoint(("public", "sea"), count, PassProgress(7)),
        RecountCheckpoint(progress=PassProgress(paused_until=NOON)),
    ):
        store.totals.save_checkpoint(checkpoint)
        assert store.totals.load_checkpoint() == checkpoint
