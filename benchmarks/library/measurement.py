"""One library: loaded if its folder is empty, then started and measured."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from benchmarks.library import ingest, loader, reads
from benchmarks.library.http import Connection, Limits, Times
from benchmarks.library.ingest import Ingested
from benchmarks.library.page import Scrolled, scroll_to_end
from benchmarks.library.resources import Memory, disk_bytes, memory_of
from chalicelib.aws.dynamodb.transaction import Tables
from local import services
from local.library import Library, run_library
from local.ports import Ports, free_ports
from local.provision import ProvisionedStack, provision, read_parameter

EPOCH = "2026-01-01"  # the setting's default
REPORT_EVERY = 5_000
LOADED = "loaded"  # the file that marks a folder whose library is complete

type Report = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured besides reads: photos ingested, photos timed one by one, and whether the page is scrolled."""

    ingest: int
    visible: int
    limits: Limits
    scroll: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one library. Seconds and bytes; memory by process, and of all processes as `all`."""

    size: int
    photos: int
    start_seconds: float
    ingested: Ingested
    visible: Times
    reads: Mapping[str, Mapping[int, Times]]
    memory: Mapping[str, Memory]
    disk_per_photo: float
    scrolled: Scrolled | None


def measure_library(folder: Path, size: int, options: Options, report: Report) -> Result:
    """Measure the library of `size` photos in this folder; photos that a run ingests stay in it."""
    if not (folder / LOADED).exists():
        fill(folder / "data", size, report)
        (folder / LOADED).touch()
    started_at = time.perf_counter()
    with run_library(folder / "data", Ports(*free_ports(3))) as library:
        start_seconds = time.perf_counter() - started_at
        report(f"{size:,} photos: started in {start_seconds:.1f} s")
        return _measure(library, size, start_seconds, options, report)


def fill(data: Path, size: int, report: Report) -> None:
    """Load a new library of `size` photos; raises AssertionError unless every total is exact."""
    data.mkdir(parents=True)
    with services.run_services(data) as cloud:
        target = target_of(provision(cloud, free_ports()[0]))
        started_at, now = time.perf_counter(), datetime.now(UTC)
        # An original that is stored now has its record already: no event is wanted.
        target.s3.put_bucket_notification_configuration(Bucket=target.originals, NotificationConfiguration={})
        collections = loader.load(target, size, now, lambda written: _report_loaded(written, size, report))
        loaded_at = time.perf_counter()
        assert loader.recount(target, lambda: datetime.now(UTC)) == collections
        loader.postpone_maintenance(target, size, datetime.now(UTC))
    report(
        f"{size:,} photos: loaded in {loaded_at - started_at:.0f} s; "
        f"recount of {collections:,} collections in {time.perf_counter() - loaded_at:.0f} s found all exact"
    )


def target_of(stack: ProvisionedStack) -> loader.Target:
    """The stores of a provisioned library; its demo user owns the photos."""
    ssm = stack.client("ssm")
    return loader.Target(
        dynamodb=stack.client("dynamodb"),
        s3=stack.client("s3"),
        tables=Tables(
            *(read_parameter(ssm, f"{name}-table") for name in ("photos", "memberships", "trends", "albums"))
        ),
        originals=stack.outputs["OriginalsBucket"],
        derivatives=read_parameter(ssm, "derivatives-bucket"),
        owner=read_parameter(ssm, "library-owner"),
        epoch=EPOCH,
    )


def _report_loaded(written: int, size: int, report: Report) -> None:
    if written % REPORT_EVERY == 0:
        report(f"{size:,} photos: {written:,} loaded")


def _measure(library: Library, size: int, start_seconds: float, options: Options, report: Report) -> Result:
    connection = Connection(library.ports.api, library.token())
    before = ingest.count_photos(connection)
    visible = ingest.time_to_visible(library, library.token, options.visible)
    before += options.visible
    report(f"{size:,} photos: visible after {visible.p50:.2f} s")
    disk_before = disk_bytes(library.data_dir.root)
    ingested = ingest.ingest(library, library.token, ingest.photos_3mp(options.ingest, datetime.now(UTC)), before)
    report(f"{size:,} photos: ingested {ingested.rate:.2f} photos a second")
    disk_per_photo = (disk_bytes(library.data_dir.root) - disk_before) / ingested.photos
    connection.close()  # after a minute without a request, the API has closed its end
    walked = reads.walk(connection, before + ingested.photos, Random(size))
    connection.close()
    times = reads.measure_reads(library, library.token(), walked, options.limits)
    report(f"{size:,} photos: reads measured")
    memory = {child.name: memory_of([child.process.pid]) for child in library.supervisor.children if child.process}
    memory["all"] = Memory(sum(m.resident for m in memory.values()), sum(m.peak for m in memory.values()))
    scrolled = scroll_to_end(library, walked.photos) if options.scroll else None
    return Result(size, walked.photos, start_seconds, ingested, visible, times, memory, disk_per_photo, scrolled)
