"""Lambda's functions at several memory sizes: time and peak memory of cold and warm invocations, with their calls.

Each process runs `app.py` with the share of a core that Lambda gives a function of that memory, against the local
cloud, which has the rest of the machine. Costs are for the times measured.
"""

import base64
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks import images
from benchmarks.cpu_share import cpu_share
from benchmarks.invocations import api_event, s3_event, schedule_event, sqs_event
from local import services, users
from local.ports import free_ports
from local.provision import ProvisionedStack, provision

LIBRARY_PHOTOS = 60  # more than a page
PAGE = 50
WARM = 100
TAG = "beach"
DOLLARS_PER_GB_SECOND = 0.0000166667
API_SIZES, INGEST_SIZES, WORKER_SIZES = (256, 512, 1024, 1769), (1024, 1769, 3008), (512, 1024, 1769)
REQUESTS = {
    "trending": api_event("/gallery/trending", {}),
    "a tag page of 50": api_event("/gallery/articles", {"tag": TAG, "limit": str(PAGE)}),
    "a random image": api_event("/random", {"label": TAG}),
}

type Result = dict[str, Any]


@dataclass(frozen=True)
class Library:
    """A provisioned library, in which functions are invoked."""

    provisioned: ProvisionedStack

    def invoke(
        self, invocations: Sequence[tuple[str, Any]], memory_mb: int | None = None, *, bodies: bool = False
    ) -> Result:
        """The figures of these invocations in a new process, at the speed of this memory; raises RuntimeError."""
        with cpu_share(memory_mb) if memory_mb else nullcontext("") as group:
            instructions = {"group": str(group), "invocations": invocations, "bodies": bodies}
            process = subprocess.run(
                [sys.executable, "-m", "benchmarks.invocations"],
                env=os.environ | self.provisioned.environment(),
                input=json.dumps(instructions),
                capture_output=True,
                text=True,
                check=False,
            )
        if process.returncode:
            raise RuntimeError(process.stderr)
        result: Result = json.loads(process.stderr)
        failed = [each for each in result["results"] if each["status"] >= 300]
        if failed:
            raise RuntimeError(f"an invocation failed: {failed[0]}")
        return result

    def drop(self, name: str, data: bytes, copies: int) -> list[tuple[str, Any]]:
        """Put different originals with this image into the bucket; returns the invocations for their events."""
        bucket, s3 = self.provisioned.outputs["OriginalsBucket"], self.provisioned.client("s3")
        keys = [f"{name}-{copy}.jpg" for copy in range(copies)]
        for key in keys:  # bytes after the end of an image do not change it
            s3.put_object(
                Bucket=bucket, Key=key, Body=data + os.urandom(16), Metadata={"tags": f"{TAG},sea", "status": "public"}
            )
        return [("ingest_photo", s3_event(bucket, key)) for key in keys]

    @cached_property
    def token(self) -> str:
        """An id token of the library's owner."""
        outputs, cognito = self.provisioned.outputs, self.provisioned.client("cognito-idp")
        return users.id_token(cognito, outputs["UserPoolId"], outputs["UserPoolClientId"], "demo")

    def request_bundle(self) -> tuple[str, Any]:
        """Request a bundle of all photos; returns the invocation that builds its only volume."""
        request = api_event("/bundles", {}, self.token, {"tags": [TAG]}, "POST")
        (response,) = self.invoke([("app", request)], bodies=True)["results"]
        bundle = json.loads(base64.b64decode(response["body"]))
        message = {"bundle_id": bundle["bundle_id"], "volume": 1, "sent_at": datetime.now(UTC).isoformat()}
        return "build_volume", sqs_event(message)


def run() -> Iterator[str]:
    """The tables: the API's requests, and each function's memory sizes."""
    with tempfile.TemporaryDirectory() as data, services.run_services(Path(data)) as cloud:
        library = Library(provision(cloud, page_port=free_ports()[0]))
        library.invoke(library.drop("library", _jpeg((1600, 1200)), LIBRARY_PHOTOS))
        yield from _requests(library)
        yield from _api(library)
        yield from _ingest(library)
        yield from _workers(library)
    yield "\nTargets at the API's 1,024 MB: warm requests below 100 ms, import and first request below 1 s."


def _requests(library: Library) -> Iterator[str]:
    """CPU and calls of requests at full speed: the first one of a process, and the hundredth."""
    yield "| request | first: CPU | first: calls | hundredth: CPU | hundredth: calls |"
    yield "| --- | ---: | --- | ---: | --- |"
    for name, event in REQUESTS.items():
        results = library.invoke([("app", event)] * WARM)["results"]
        first, last = results[0], results[-1]
        warm = statistics.median(each["cpu_ms"] for each in results[WARM // 2 :])
        yield f"| {name} | {first['cpu_ms']:.0f} ms | {_calls(first)} | {warm:.1f} ms | {_calls(last)} |"


def _api(library: Library) -> Iterator[str]:
    """Times of the API at each memory size: import, the first request, and the medians of warm requests."""
    yield "\n| API | import | first request | " + " | ".join(REQUESTS) + " | peak | a million pages |"
    yield "| --- |" + " ---: |" * (len(REQUESTS) + 4)
    for memory in API_SIZES:
        cold, cells = list[Result](), list[str]()
        for event in REQUESTS.values():
            result = library.invoke([("app", event)] * WARM, memory)
            cold.append(result)
            cells.append(f"{_median(result['results'][WARM // 2 :]):.0f} ms")
        page = _median(cold[1]["results"][WARM // 2 :])
        first = statistics.median(each["results"][0]["ms"] for each in cold)
        imported = statistics.median(each["imported"]["ms"] for each in cold)
        peak = max(each["peak"] for each in cold)
        yield (
            f"| {memory:,} MB | {imported:.0f} ms | {first:.0f} ms | {' | '.join(cells)} | {peak / 1e6:.0f} MB "
            f"| {_dollars(memory, page, 1_000_000)} |"
        )


def _ingest(library: Library) -> Iterator[str]:
    """Times of ingest at each memory size, for photos of 12 and 50 megapixels."""
    yield "\n| ingest | first photo | 12 MP | 50 MP | peak | 100,000 photos of 12 MP |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    usual, large = _jpeg((4032, 3024)), _jpeg((8192, 6144))
    for memory in INGEST_SIZES:
        usual_events = library.drop(f"usual-{memory}", usual, 6)
        result = library.invoke([*usual_events, *library.drop(f"large-{memory}", large, 2)], memory)
        first, *warm = result["results"]
        median = _median(warm[:5])
        yield (
            f"| {memory:,} MB | {result['imported']['ms'] + first['ms']:.0f} ms | {median:.0f} ms "
            f"| {_median(warm[5:]):.0f} ms | {result['peak'] / 1e6:.0f} MB | {_dollars(memory, median, 100_000)} |"
        )


def _workers(library: Library) -> Iterator[str]:
    """Times of a sweep and of a volume at each memory size."""
    yield "\n| schedule and bundles | import | sweep | peak | volume | peak |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for memory in WORKER_SIZES:
        sweep = library.invoke([("sweep", schedule_event())], memory)
        volume = library.invoke([library.request_bundle()], memory)
        yield (
            f"| {memory:,} MB | {sweep['imported']['ms']:.0f} ms "
            f"| {sweep['results'][0]['ms'] / 1000:.1f} s | {sweep['peak'] / 1e6:.0f} MB "
            f"| {volume['results'][0]['ms'] / 1000:.1f} s | {volume['peak'] / 1e6:.0f} MB |"
        )


def _calls(result: Result) -> str:
    return ", ".join(f"{count} {service}" for service, count in sorted(result["calls"].items()))


def _median(results: Sequence[Result]) -> float:
    return statistics.median(float(each["ms"]) for each in results)


def _dollars(memory_mb: int, ms: float, times: int) -> str:
    """The price of Lambda's time for so many invocations that take this long; requests and other services excluded."""
    return f"${memory_mb / 1024 * ms / 1000 * times * DOLLARS_PER_GB_SECOND:.2f}"


def _jpeg(size: tuple[int, int]) -> bytes:
    with io.BytesIO() as file:
        images.draw(size).save(file, "JPEG", quality=90)
        return file.getvalue()
