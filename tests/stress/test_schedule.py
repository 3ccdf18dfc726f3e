"""The schedule over large libraries, broken off anywhere: it goes on, ends right, and its memory stays flat."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.ingest.ingest import Action, ReconcileResult
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import ALL_PHOTOS, Membership
from chalicelib.library.photo import State
from chalicelib.library.totals import Totals, sum_totals
from chalicelib.maintenance.reconciliation import SETTLED_AFTER, Reconciliation, ReconciliationReport
from chalicelib.maintenance.recount import PAGE_SIZE, PAGES_PER_CHECKPOINT, Recount
from tests.stress.aws_library import fresh
from tests.stress.generated_library import TAGS, GeneratedLibrary, GeneratedTotalsStore, row
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations

PHOTOS = 20_000
PAGES = sum(PHOTOS // every // PAGE_SIZE + 1 for every in TAGS.values())
LATER = NOON + timedelta(days=1)


def always() -> bool:
    return True


def now() -> datetime:
    return LATER


def steps(count: int) -> Callable[[], bool]:
    """Time for so many steps."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


# Counting again


class PrecomputedTotalsStore(GeneratedTotalsStore):
    """One whose rows are made only once, and whose worker dies when so many pages were read."""

    rows: dict[str, list[Membership]]
    dies_after: int

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        if self.dies_after == 0:
            raise ProcessKilled
        self.dies_after -= 1
        first = (int(after.rpartition("#")[2]) // TAGS[tag] + 1) if after else 0
        return self.rows[tag][first : first + limit]


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Membership]]:
    """Every row of every collection, newest first."""
    return {tag: [row(tag, number) for number in range(0, PHOTOS, every)] for tag, every in TAGS.items()}


@pytest.fixture(scope="module")
def right(rows: dict[str, list[Membership]]) -> dict[str, Totals]:
    """What every collection comes to."""
    return {tag: sum_totals(members) for tag, members in rows.items()}


def wrong_totals(rows: dict[str, list[Membership]], *, dies_after: int = -1) -> PrecomputedTotalsStore:
    store = PrecomputedTotalsStore(PHOTOS)
    store.rows, store.dies_after = rows, dies_after
    return store


def counted(store: GeneratedTotalsStore) -> dict[str, Totals]:
    everything = store.trends["public", ALL_PHOTOS]
    assert (sum(everything.months.values()), everything.tag_count) == (PHOTOS, len(TAGS) - 1)
    assert {trend.cover for trend in store.trends.values()} == {f"{0:032}"}
    return {tag: trend.totals for (_, tag), trend in store.trends.items()}


def runs(store: GeneratedTotalsStore, at_once: int) -> Iterator[int]:
    """Run after run of so many pages, until the round is complete; the totals that each came to."""
    while True:
        yield Recount(store, now).run(steps(at_once)).recounted
        if not store.checkpoint.progress.rows:
            return


@pytest.mark.proof
@pytest.mark.parametrize(
    "at_once", [1, 2, 7, PAGES_PER_CHECKPOINT - 1, PAGES_PER_CHECKPOINT, PAGES_PER_CHECKPOINT + 1, PAGES, 999]
)
def test_runs_of_any_length_count_20000_photos_correctly(
    rows: dict[str, list[Membership]], right: dict[str, Totals], at_once: int
) -> None:
    store = wrong_totals(rows)
    each = list(runs(store, at_once))
    assert counted(store) == right
    assert sum(each) == len(TAGS)
    assert len(each) == PAGES // at_once + 1


@pytest.mark.proof
def test_recount_of_20000_photos_killed_at_any_page_resumes_correctly(
    rows: dict[str, list[Membership]], right: dict[str, Totals]
) -> None:
    for page in range(PAGES):
        store = wrong_totals(rows, dies_after=page)
        with pytest.raises(ProcessKilled):
            Recount(store, now).run(always)
        store.dies_after = PAGES - page + PAGES_PER_CHECKPOINT  # no more than the pages behind the last bookmark anew
        Recount(store, now).run(always)
        assert counted(store) == right, page


@pytest.mark.proof
def test_recount_killed_in_every_run_completes(rows: dict[str, list[Membership]], right: dict[str, Totals]) -> None:
    store = wrong_totals(rows)
    for _ in range(PAGES // PAGES_PER_CHECKPOINT):
        store.dies_after = PAGES_PER_CHECKPOINT
        with pytest.raises(ProcessKilled):
            Recount(store, now).run(always)
    store.dies_after = -1
    Recount(store, now).run(always)
    assert counted(store) == right


# The inventory


class RecordingIngest:
    """What the inventory asks of ingest: the generated library, and the keys it was told to look at."""

    def __init__(self, library: GeneratedLibrary, *, dying: bool = False) -> None:
        self.dying = dying
        self.reconciled: list[str] = []

    def reconcile(self, key: str, _: Any) -> ReconcileResult:
        """Dies, if it is to, of every key when it comes for the first time."""
        self.reconciled.append(key)
        if self.dying and self.reconciled.count(key) == 1:
            raise ProcessKilled
        return ReconcileResult(None, Action.PROCESS, State.READY)


def reconciliation_of(library: GeneratedLibrary, *, dying: bool = False) -> tuple[Reconciliation, RecordingIngest]:
    ingest: Any = RecordingIngest(library, dying=dying)
    records: Any = library
    return Reconciliation(
        ingest=ingest,
        photos=records,
        originals=records,
        lister=library,
        scanner=library,
        heat=lambda _: 1000,
        bucket="originals",
        id_secret="secret",
        now=now,
    ), ingest


type Pass = Callable[[Reconciliation, Callable[[], bool]], ReconciliationReport]
PASSES = [Reconciliation.reconcile_originals, Reconciliation.reconcile_photos]
ODD = frozenset(range(5, PHOTOS, 997))


def inconsistent_library(run_pass: Pass) -> GeneratedLibrary:
    return (
        GeneratedLibrary(PHOTOS, lost=ODD)
        if run_pass is Reconciliation.reconcile_originals
        else GeneratedLibrary(PHOTOS, deleted=ODD)
    )


@pytest.mark.proof
@pytest.mark.parametrize("run_pass", PASSES)
@pytest.mark.parametrize("at_once", [99, 100, 101, 1234, 30_000])
def test_runs_of_any_length_repair_each_inconsistency_of_20000_photos_once(run_pass: Pass, at_once: int) -> None:
    library = inconsistent_library(run_pass)
    pass_work, ingest = reconciliation_of(library)
    came = [run_pass(pass_work, steps(at_once))]
    while any(mark.progress.rows for mark in library.checkpoints.values()):
        came.append(run_pass(pass_work, steps(at_once)))
    assert ingest.reconciled == [library.key_of(number) for number in sorted(ODD)]
    assert sum(c.checked for c in came) == PHOTOS


@pytest.mark.proof
@pytest.mark.parametrize("run_pass", PASSES)
def test_pass_over_20000_photos_killed_at_any_repair_resumes_after_it(run_pass: Pass) -> None:
    library = inconsistent_library(run_pass)
    pass_work, ingest = reconciliation_of(library, dying=True)
    for _ in ODD:
        with pytest.raises(ProcessKilled):
            run_pass(pass_work, always)
    run_pass(pass_work, always)
    assert ingest.reconciled == [library.key_of(number) for number in sorted(ODD) for _ in range(2)]


# Memory


def peak(work: Callable[[], object]) -> int:
    """The most bytes that this work held at any moment."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def counting(photos: int) -> Callable[[], object]:
    store = GeneratedTotalsStore(photos)
    return lambda: Recount(store, now).run(always)


def pass_work(run_pass: Pass) -> Callable[[int], Callable[[], object]]:
    def of(photos: int) -> Callable[[], object]:
        reconciliation, _ = reconciliation_of(GeneratedLibrary(photos))
        return lambda: run_pass(reconciliation, always)

    return of


@pytest.mark.proof
@pytest.mark.parametrize("work", [counting, *map(pass_work, PASSES)])
def test_memory_is_independent_of_the_number_of_photos(work: Callable[[int], Callable[[], object]]) -> None:
    work(1)()  # what is imported and remembered once
    few, many = peak(work(2000)), peak(work(PHOTOS))
    assert few > 20_000  # something was measured
    assert many < 1.2 * few


# Over the adapters


def test_schedule_finds_changes_without_events() -> None:
    with mock_aws(), fresh(aws_clients.moto_clients()) as real:
        real.deliver_event(real.drop("kept.jpg", b"kept"))
        real.deliver_event(real.drop("gone.jpg", b"gone"))
        real.deliver_event(real.drop("overwritten.jpg", b"old"))
        real.delete("gone.jpg")
        version = real.clients.get("s3").put_object(
            Bucket=real.library.settings.originals_bucket, Key="overwritten.jpg", Body=b"new"
        )["VersionId"]
        real.drop("lost/emoji 🏖 +%.jpg", b"lost", tags="sea")
        real.uploads.store_original(OWNER, UploadMetadata("ours.jpg"), b"ours")
        real.drop("notes.json", b"{}")
        real.clock.advance(SETTLED_AFTER + timedelta(minutes=1))
        swept = real.sweep.run(lambda: timedelta(seconds=40))
        assert swept.failures == ()
        # The overwritten one is met from both sides, and put right from one.
        assert (swept.originals.repaired, swept.photos.repaired) == (2, 2)
        photos = {photo.filename: photo for photo in real.whole().photos.values()}
        assert photos.keys() == {"kept.jpg", "overwritten.jpg", "emoji 🏖 +%.jpg", "ours.jpg"}
        assert {photo.state for photo in photos.values()} == {State.READY}
        assert photos["overwritten.jpg"].object_version == version
        assert photos["emoji 🏖 +%.jpg"].user_tags == ("sea",)
        assert find_violations(real.whole()) == []
