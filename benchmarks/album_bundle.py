"""Plans and builds the zip of an album's resized images in the local cloud: time and memory, from 100 to 10,000 photos.

The request reads the album's rows and its photos; each volume is then built by a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import batched
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.library.loader import THREADS, Target, put_photos
from benchmarks.library.measurement import target_of
from benchmarks.search_library import OWNER, search_library
from chalicelib.ingest.originals import ORIGINAL_VERSION
from chalicelib.ingest.processing import derivative_key
from chalicelib.library.collections import album_scope, memberships_for
from chalicelib.library.photo import Photo
from local import services
from local.ports import free_ports
from local.provision import ProvisionedStack, provision

SIZES = (100, 1000, 10_000)
RESIZED_BYTES = 100_000
VERSION = "v1"
CHUNK = 250
PROCESS = """
import json, os, sys, time
from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from chalicelib.bundles.models import Variant
from chalicelib.bundles.service import BundleRequest
container = ContainerProvider(os.environ, Clients()).current()
arguments = json.loads(sys.argv[1])
bundles, photos = container.bundles, container.bundle_photos
time_before, cpu_before = time.perf_counter(), time.process_time()
"""
PLAN = """
request = BundleRequest("share/s", photos.in_album(arguments["album"]), arguments["owner"], Variant.RESIZED)
bundle = bundles.create(request)
result = {"bundle_id": bundle.bundle_id, "volumes": len(bundle.volumes), "bytes": bundle.bytes}
"""
BUILD = """
volume = bundles.build_volume(arguments["bundle_id"], arguments["number"], container.now())
result = {"photos": volume.photos_done, "skipped": len(volume.skipped), "size": volume.size}
"""
REPORT = """
result |= {"seconds": time.perf_counter() - time_before, "cpu": time.process_time() - cpu_before}
peak = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps(result | {"peak": peak}))
"""


def run() -> Iterator[str]:
    """The table: time, CPU and memory of the request, and of the volumes."""
    yield "| photos | request | CPU | peak | volumes | MB | building | CPU | peak of a volume |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    with tempfile.TemporaryDirectory() as data, services.run_services(Path(data)) as cloud:
        stack = provision(cloud, free_ports()[0])
        target = target_of(stack)
        for size in SIZES:
            _fill(target, f"album{size}", size)
            plan = _run(stack, PLAN, album=f"album{size}", owner=OWNER)
            volumes = [
                _run(stack, BUILD, bundle_id=plan["bundle_id"], number=number + 1) for number in range(plan["volumes"])
            ]
            assert sum(volume["photos"] - volume["skipped"] for volume in volumes) == size
            yield (
                f"| {size:,} | {plan['seconds']:.1f} s | {plan['cpu']:.1f} s | {plan['peak'] / 1e6:.0f} MB "
                f"| {len(volumes)} | {plan['bytes'] / 1e6:,.0f} | {sum(volume['seconds'] for volume in volumes):.0f} s "
                f"| {sum(volume['cpu'] for volume in volumes):.0f} s "
                f"| {max(volume['peak'] for volume in volumes) / 1e6:.0f} MB |"
            )


def _fill(target: Target, album: str, count: int) -> None:
    """Write photos that are in this album, each with a resized image of its own."""
    noise = Random(0).randbytes(RESIZED_BYTES)

    def store(photo: Photo) -> Photo:
        photo_id = f"{album}-{photo.photo_id}"
        resized = replace(
            photo.derivatives["resized"], key=derivative_key(photo_id, "resized", "image/jpeg"), bytes=RESIZED_BYTES
        )
        body = f"{photo_id:>64}".encode() + noise[64:]
        target.s3.put_object(
            Bucket=target.derivatives, Key=resized.key, Body=body, Metadata={ORIGINAL_VERSION: VERSION}
        )
        return replace(
            photo,
            photo_id=photo_id,
            sha256=photo_id,
            albums=(album,),
            object_version=VERSION,
            derivatives={**photo.derivatives, "resized": resized},
        )

    with ThreadPoolExecutor(THREADS) as threads:
        for chunk in batched(search_library(count), CHUNK):
            photos = list(threads.map(store, chunk))
            rows = (row for photo in photos for row in memberships_for(photo) if row.scope == album_scope(album))
            put_photos(target, threads, photos, rows)


def _run(stack: ProvisionedStack, work: str, **arguments: Any) -> dict[str, Any]:
    process = subprocess.run(
        [sys.executable, "-c", PROCESS + work + REPORT, json.dumps(arguments)],
        env=os.environ | stack.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise RuntimeError(process.stderr)
    return dict(json.loads(process.stdout.splitlines()[-1]))
