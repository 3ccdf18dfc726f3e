"""Builds a volume, alternating with a plain copy of the same bytes, from bucket to bucket in the local cloud.

The copy reads the same chunks and uploads parts of the same size, one task per part, unordered and without a zip, with
as many concurrent tasks as the volume has readers and uploaders together.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

from local import services

ROUNDS = 5
MB = 10**6
# Name, number of originals, bytes of each.
ORIGINALS = [
    ("1,000 photos of 300 kB", 1000, 300_000),
    ("200 photos of 3 MB", 200, 3 * MB),
    ("12 photos of 50 MB", 12, 50 * MB),
]
SETUP = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from chalicelib.aws.multipart import S3MultipartUploader
from chalicelib.aws.s3 import S3Derivatives, S3Originals
from chalicelib.aws.zip_entries import S3EntryReader
from chalicelib.bundles.zip import Entry, ZipBuilder, building
from chalicelib.aws.clients import Clients
setup = json.load(sys.stdin)
s3 = Clients().get("s3")
calls = []
s3.meta.events.register("before-send.s3", lambda request, **_: calls.append(request.method))
originals, uploads = S3Originals(s3, setup["originals"]), S3MultipartUploader(s3, setup["bundles"])
builder = ZipBuilder(S3EntryReader(originals, S3Derivatives(s3, "derivatives")), uploads)
keys = setup["keys"]
originals.read_range(*keys[0], 0, 0)  # opens the connection
calls.clear()
started = time.perf_counter()
"""
VOLUME = """
entries = [Entry(key, key, version, setup["size"], key, datetime.now(UTC)) for key, version in keys]
builder.build("volume.zip", "volume.zip", entries, lambda photos, size: None)
"""
COPY = """
chunks = [(key, version, first, min(first + builder.chunk_size, setup["size"]) - 1)
          for key, version in keys for first in range(0, setup["size"], builder.chunk_size)]
tasks, part_bytes = [[]], 0
for chunk in chunks:
    if part_bytes >= builder.part_size:
        tasks.append([])
        part_bytes = 0
    tasks[-1].append(chunk)
    part_bytes += chunk[3] - chunk[2] + 1
upload = uploads.create("copy", "copy")
def copy(task):
    number, chunks = task
    return uploads.upload_part("copy", upload, number, b"".join(originals.read_range(*chunk) for chunk in chunks))
with ThreadPoolExecutor(building.READERS + building.UPLOADERS) as threads:
    uploads.complete("copy", upload, list(threads.map(copy, enumerate(tasks, 1))))
"""
REPORT = """
seconds = time.perf_counter() - started
status = Path("/proc/self/status")
peak = next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"seconds": seconds, "peak": peak, "calls": len(calls)}))
"""


def run() -> Iterator[str]:
    """The table: megabytes per second (medians), the median ratio of the rounds, and the volume's resources."""
    yield "| originals | volume | copy | volume / copy | range | peak, volume | peak, copy | calls per photo |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, number, size in ORIGINALS:
        with tempfile.TemporaryDirectory() as data, services.run_services(Path(data)) as cloud:
            setup = _create_originals(cloud.client("s3"), number, size)
            rounds = [_round(cloud, setup, first=VOLUME if turn % 2 else COPY) for turn in range(ROUNDS + 1)][1:]
        ratios = sorted(copy["seconds"] / volume["seconds"] for volume, copy in rounds)
        volume, copy = (
            {what: statistics.median(results[what] for results in side) for what in ("seconds", "peak", "calls")}
            for side in zip(*rounds, strict=True)
        )
        yield (
            f"| {name} | {number * size / MB / volume['seconds']:.0f} MB/s "
            f"| {number * size / MB / copy['seconds']:.0f} MB/s "
            f"| {statistics.median(ratios):.2f} | {ratios[0]:.2f} to {ratios[-1]:.2f} "
            f"| {volume['peak'] / MB:.0f} MB | {copy['peak'] / MB:.0f} MB | {volume['calls'] / number:.2f} |"
        )
    yield f"\nTargets: at least 0.8 of the copy's rate; peak below 250 MB. {ROUNDS} rounds after one warm-up."


def _round(cloud: services.Services, setup: dict[str, Any], first: str) -> tuple[dict[str, float], dict[str, float]]:
    """Run both in turn, so that other load on the machine affects them alike."""
    second = COPY if first is VOLUME else VOLUME
    results = {program: _measure(cloud, setup, program) for program in (first, second)}
    return results[VOLUME], results[COPY]


def _measure(cloud: services.Services, setup: dict[str, Any], program: str) -> dict[str, float]:
    process = subprocess.run(
        [sys.executable, "-c", SETUP + program + REPORT],
        env=os.environ | cloud.environment(),
        input=json.dumps(setup),
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise RuntimeError(process.stderr)
    return dict(json.loads(process.stdout))


def _create_originals(s3: Any, number: int, size: int) -> dict[str, Any]:
    """Create `number` originals with different content."""
    s3.create_bucket(Bucket="originals")
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="bundles")
    noise = Random(0).randbytes(size)

    def put(n: int) -> tuple[str, str]:
        response = s3.put_object(Bucket="originals", Key=f"{n}.jpg", Body=n.to_bytes(8) + noise[8:])
        return f"{n}.jpg", response["VersionId"]

    with ThreadPoolExecutor(4) as threads:
        return {
            "originals": "originals",
            "bundles": "bundles",
            "size": size,
            "keys": list(threads.map(put, range(number))),
        }
