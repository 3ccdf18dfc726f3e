"""The schedule over large libraries: it resumes after interruptions and uses constant memory."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.ingest.decisions import Action
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.ingest.removal_limit import RemovalLimit
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import ALL_PHOTOS
from chalicelib.library.memberships import Membership
from chalicelib.library.photo import State
from chalicelib.library.totals import Totals, sum_totals
from chalicelib.maintenance.reconciliation import SETTLED_AFTER, Reconciliation, ReconciliationReport
from chalicelib.maintenance.recount import PAGE_SIZE, PAGES_PER_CHECKPOINT, Recount
from chalicelib.maintenance.refresh import HeatRefresh
from tests.fakes.removals import MemoryRemovalCounter
from tests.stress.aws_library import new_library
from tests.stress.generated_library import TAGS, GeneratedLibrary, GeneratedTotalsStore, row
from tests.support import aws_clients
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations
from tests.support.time_left import always, steps

PHOTOS = 20_000
PAGES = sum(PHOTOS // every // PAGE_SIZE + 1 for every in TAGS.values())
LATER = NOON + timedelta(days=1)


def now() -> datetime:
    return LATER


# Recount


class PrecomputedTotalsStore(GeneratedTotalsStore):
    """A store with precomputed rows, whose worker is killed after this number of pages."""

    rows: dict[str, list[Membership]]
    pages_until_kill: int

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        if self.pages_until_kill == 0:
            raise ProcessKilled
        self.pages_until_kill -= 1
        first = (int(after.rpartition("#")[2]) // TAGS[tag] + 1) if after else 0
        return self.rows[tag][first : first + limit]


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Membership]]:
    """Every row of each collection, newest first."""
    return {tag: [row(tag, number) for number in range(0, PHOTOS, every)] for tag, every in TAGS.items()}


@pytest.fixture(scope="module")
def expected(rows: dict[str, list[Membership]]) -> dict[str, Totals]:
    """The correct totals of each collection."""
    return {tag: sum_totals(members) for tag, members in rows.items()}


def wrong_totals(rows: dict[str, list[Membership]], *, pages_until_kill: int = -1) -> PrecomputedTotalsStore:
    store = PrecomputedTotalsStore(PHOTOS)
    store.rows, store.pages_until_kill = rows, pages_until_kill
    return store


def read_totals(store: GeneratedTotalsStore) -> dict[str, Totals]:
    everything = store.trends["public", ALL_PHOTOS]
    assert (sum(everything.months.values()), everything.tag_count) == (PHOTOS, len(TAGS) - 1)
    assert {trend.cover for trend in store.trends.values()} == {f"{0:032}"}
    return {tag: trend.totals for (_, tag), trend in store.trends.items()}


def runs(store: GeneratedTotalsStore, pages: int) -> Iterator[int]:
    """Runs of this number of pages until the pass is complete; yields the number of totals of each."""
    while True:
        yield Recount(store, now).run(steps(pages)).recounted
        if not store.checkpoint.progress.rows:
            return


@pytest.mark.proof
@pytest.mark.parametrize(
    "pages", [1, 2, 7, PAGES_PER_CHECKPOINT - 1, PAGES_PER_CHECKPOINT, PAGES_PER_CHECKPOINT + 1, PAGES, 999]
)
def test_runs_of_any_length_count_20000_photos_correctly(
    rows: dict[str, list[Membership]], expected: dict[str, Totals], pages: int
) -> None:
    store = wrong_totals(rows)
    counts = list(runs(store, pages))
    assert read_totals(store) == expected
    assert sum(counts) == len(TAGS)
    assert len(counts) == PAGES // pages + 1


@pytest.mark.proof
def test_recount_of_20000_photos_killed_at_any_page_resumes_correctly(
    rows: dict[str, list[Membership]], expected: dict[str, Totals]
) -> None:
    for page in range(PAGES):
        store = wrong_totals(rows, pages_until_kill=page)
        with pytest.raises(ProcessKilled):
            Recount(store, now).run(always)
        store.pages_until_kill = (
            PAGES - page + PAGES_PER_CHECKPOINT
        )  # only the pages after the last checkpoint are read again
        Recount(store, now).run(always)
        assert read_totals(store) == expected, page


@pytest.mark.proof
def test_recount_killed_in_every_run_completes(rows: dict[str, list[Membership]], expected: dict[str, Totals]) -> None:
    store = wrong_totals(rows)
    for _ in range(PAGES // PAGES_PER_CHECKPOINT):
        store.pages_until_kill = PAGES_PER_CHECKPOINT
        with pytest.raises(ProcessKilled):
            Recount(store, now).run(always)
    store.pages_until_kill = -1
    Recount(store, now).run(always)
    assert read_totals(store) == expected


# Reconciliation


class RecordingIngest:
    """Records the keys to reconcile."""

    def __init__(self, library: GeneratedLibrary, *, kill_once: bool = False) -> None:
        self.dying = kill_once
        self.reconciled: list[str] = []
        self.removals = RemovalLimit(MemoryRemovalCounter(), now)

    def reconcile(self, key: str, _: Any) -> ReconcileResult:
        """Record the key; raises ProcessKilled at its first occurrence if configured."""
        self.reconciled.append(key)
        if self.dying and self.reconciled.count(key) == 1:
            raise ProcessKilled
        return ReconcileResult(None, Action.PROCESS, State.READY)


def reconciliation_of(library: GeneratedLibrary, *, kill_once: bool = False) -> tuple[Reconciliation, RecordingIngest]:
    ingest: Any = RecordingIngest(library, kill_once=kill_once)
    records: Any = library
    return Reconciliation(
        ingest=ingest,
        photos=records,
        originals=records,
        lister=library,
        scanner=library,
        derivatives=records,
        refreshes=(HeatRefresh(lambda _: 1000),),
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
@pytest.mark.parametrize("pages", [99, 100, 101, 1234, 30_000])
def test_runs_of_any_length_repair_each_inconsistency_of_20000_photos_once(run_pass: Pass, pages: int) -> None:
    library = inconsistent_library(run_pass)
    pass_work, ingest = reconciliation_of(library)
    reports = [run_pass(pass_work, steps(pages))]
    while any(mark.progress.rows for mark in library.checkpoints.values()):
        reports.append(run_pass(pass_work, steps(pages)))
    assert ingest.reconciled == [library.key_of(number) for number in sorted(ODD)]
    assert sum(c.checked for c in reports) == PHOTOS


@pytest.mark.proof
@pytest.mark.parametrize("run_pass", PASSES)
def test_pass_over_20000_photos_killed_at_any_repair_resumes_after_it(run_pass: Pass) -> None:
    library = inconsistent_library(run_pass)
    pass_work, ingest = reconciliation_of(library, kill_once=True)
    for _ in ODD:
        with pytest.raises(ProcessKilled):
            run_pass(pass_work, always)
    run_pass(pass_work, always)
    assert ingest.reconciled == [library.key_of(number) for number in sorted(ODD) for _ in range(2)]


# Memory


def peak(work: Callable[[], object]) -> int:
    """The peak memory of this work in bytes."""
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
    work(1)()  # exclude imports and caches
    few, many = peak(work(2000)), peak(work(PHOTOS))
    assert few > 20_000  # the measurement works
    assert many < 1.2 * few


# With the AWS adapters


def test_schedule_finds_changes_without_events() -> None:
    with mock_aws(), new_library(aws_clients.moto_clients()) as real:
        real.deliver_event(real.drop("kept.jpg", b"kept"))
        real.deliver_event(real.drop("gone.jpg", b"gone"))
        real.deliver_event(real.drop("overwritten.jpg", b"old"))
        real.delete("gone.jpg")
        version = real.clients.get("s3").put_object(
            Bucket=real.container.settings.originals_bucket, Key="overwritten.jpg", Body=b"new"
        )["VersionId"]
        real.drop("lost/emoji 🏖 +%.jpg", b"lost", tags="sea")
        real.uploads.store_original(OWNER, UploadMetadata("ours.jpg"), b"ours")
        real.drop("notes.json", b"{}")
        real.clock.advance(SETTLED_AFTER + timedelta(minutes=1))
        swept = real.sweep.run(lambda: timedelta(seconds=40))
        assert swept.failures == ()
        # Both passes find the overwritten original; one repairs it.
        assert (swept.originals.repaired, swept.photos.repaired) == (2, 2)
        photos = {photo.filename: photo for photo in real.snapshot().photos.values()}
        assert photos.keys() == {"kept.jpg", "overwritten.jpg", "emoji 🏖 +%.jpg", "ours.jpg"}
        assert {photo.state for photo in photos.values()} == {State.READY}
        assert photos["overwritten.jpg"].object_version == version
        assert photos["emoji 🏖 +%.jpg"].user_tags == ("sea",)
        assert find_violations(real.snapshot()) == []
