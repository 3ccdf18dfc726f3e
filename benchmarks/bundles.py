"""Making a volume beside copying the same bytes, from bucket to bucket in the local cloud, in turns.

The plain reference reads the same pieces and sends them as parts of the same size, each part a task of its own: nothing
is in any order, nothing is zipped, and as many tasks run at once as the volume has readers and senders together.
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
# What, how many, bytes of each.
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
from chalicelib.aws.multipart import S3Bundles
from chalicelib.aws.s3 import S3Originals
from chalicelib.bundles.zip import Entry, Volumes, building
from chalicelib.aws.clients import Clients
told = json.load(sys.stdin)
s3 = Clients().of("s3")
calls = []
s3.meta.events.register("before-send.s3", lambda request, **_: calls.append(request.method))
source, sink = S3Originals(s3, told["originals"]), S3Bundles(s3, told["bundles"])
volumes = Volumes(source, sink)
keys = told["keys"]
source.read(*keys[0], 0, 0)  # the connection is made
calls.clear()
began = time.perf_counter()
"""
VOLUME = """
entries = [Entry(key, key, version, told["size"], key, datetime.now(UTC)) for key, version in keys]
volumes.build("volume.zip", "volume.zip", entries, lambda photos, size: None)
"""
COPY = """
pieces = [(key, version, first, min(first + volumes.piece, told["size"]) - 1)
          for key, version in keys for first in range(0, told["size"], volumes.piece)]
tasks, held = [[]], 0
for piece in pieces:
    if held >= volumes.part:
        tasks.append([])
        held = 0
    tasks[-1].append(piece)
    held += piece[3] - piece[2] + 1
upload = sink.begin("copy", "copy")
def copy(numbered):
    number, some = numbered
    return sink.part("copy", upload, number, b"".join(source.read(*piece) for piece in some))
with ThreadPoolExecutor(building.READERS + building.SENDERS) as threads:
    sink.complete("copy", upload, list(threads.map(copy, enumerate(tasks, 1))))
"""
TELL = """
took = time.perf_counter() - began
status = Path("/proc/self/status")
peak = next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"took": took, "peak": peak, "calls": len(calls)}))
"""


def run() -> Iterator[str]:
    """The table: megabytes a second (medians), the median of the rounds' ratios, and what the volume took."""
    yield "| originals | volume | copy | volume / copy | in the rounds | peak, volume | peak, copy | calls a photo |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, number, size in ORIGINALS:
        with tempfile.TemporaryDirectory() as data, services.run_services(Path(data)) as cloud:
            told = _put(cloud.client("s3"), number, size)
            rounds = [_round(cloud, told, first=VOLUME if turn % 2 else COPY) for turn in range(ROUNDS + 1)][1:]
        ratios = sorted(copy["took"] / volume["took"] for volume, copy in rounds)
        volume, copy = (
            {what: statistics.median(found[what] for found in side) for what in ("took", "peak", "calls")}
            for side in zip(*rounds, strict=True)
        )
        yield (
            f"| {name} | {number * size / MB / volume['took']:.0f} MB/s | {number * size / MB / copy['took']:.0f} MB/s "
            f"| {statistics.median(ratios):.2f} | {ratios[0]:.2f} to {ratios[-1]:.2f} "
            f"| {volume['peak'] / MB:.0f} MB | {copy['peak'] / MB:.0f} MB | {volume['calls'] / number:.2f} |"
        )
    yield f"\nTargets: at least 0.8 of the rate of copying; peak under 250 MB. {ROUNDS} rounds after one to warm up."


def _round(cloud: services.Services, told: dict[str, Any], first: str) -> tuple[dict[str, float], dict[str, float]]:
    """Both, one after the other: load that comes and goes meets the one as well as the other."""
    second = COPY if first is VOLUME else VOLUME
    found = {program: _measured(cloud, told, program) for program in (first, second)}
    return found[VOLUME], found[COPY]


def _measured(cloud: services.Services, told: dict[str, Any], program: str) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-c", SETUP + program + TELL],
        env=os.environ | cloud.environment(),
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    return dict(json.loads(ran.stdout))


def _put(s3: Any, number: int, size: int) -> dict[str, Any]:
    """So many originals, no two alike."""
    s3.create_bucket(Bucket="originals")
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="bundles")
    noise = Random(0).randbytes(size)

    def put(n: int) -> tuple[str, str]:
        answer = s3.put_object(Bucket="originals", Key=f"{n}.jpg", Body=n.to_bytes(8) + noise[8:])
        return f"{n}.jpg", answer["VersionId"]

    with ThreadPoolExecutor(4) as threads:
        return {
            "originals": "originals",
            "bundles": "bundles",
            "size": size,
            "keys": list(threads.map(put, range(number))),
        }
