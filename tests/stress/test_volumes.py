"""Volumes of a thousand photos from a real worker, and a zip file beyond 4 gigabytes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP64_LIMIT, ZipFile

import pytest

from chalicelib.bundles.zip import Entry, ZipBuilder, unique_names
from local.provision import ProvisionedStack
from tests.support import aws_clients
from tests.support.factories import NOON

ROOT = Path(__file__).parents[2]
MB, MIB = 10**6, 1024 * 1024
MAX_MEMORY = 250 * MB
NOISE = Random(0).randbytes(4 * MB)


def ignore_progress(photos: int, size: int) -> None:
    """A callback that does nothing."""


def bytes_of(number: int, size: int) -> bytes:
    """Distinct bytes of an original, generated quickly."""
    start = number * 4099 % (len(NOISE) // 2)
    noise = NOISE[start:] * (size // (len(NOISE) - start) + 1)
    return (number.to_bytes(8) + noise)[:size]


@dataclass
class Bundle:
    """Originals in the local cloud, and the volumes that a worker builds from them."""

    s3: Any
    cloud: ProvisionedStack
    originals: str
    bundles: str

    def put(self, sizes: list[int]) -> list[Entry]:
        """Store one original of each size."""

        def put(number: int) -> str:
            request = self.s3.put_object(
                Bucket=self.originals, Key=f"{number}.jpg", Body=bytes_of(number, sizes[number])
            )
            return str(request["VersionId"])

        called = unique_names("strand 🏖.jpg" for _ in sizes)
        with ThreadPoolExecutor(4) as threads:
            versions = threads.map(put, range(len(sizes)))
        return [
            Entry(f"p{number}", f"{number}.jpg", version, size, name, NOON)
            for number, (version, size, name) in enumerate(zip(versions, sizes, called, strict=True))
        ]

    def build(self, *volumes: list[Entry]) -> int:
        """Build these volumes in one worker process; returns its peak memory in bytes."""
        asked = {
            "originals": self.originals,
            "bundles": self.bundles,
            "volumes": [
                {
                    "key": f"b1/{number}.zip",
                    "filename": f"beach {number}.zip",
                    "entries": [asdict(entry) | {"timestamp": entry.timestamp.isoformat()} for entry in volume],
                }
                for number, volume in enumerate(volumes)
            ],
        }
        worker = subprocess.run(
            [sys.executable, "-m", "tests.stress.volume_worker"],
            cwd=ROOT,
            env=os.environ | self.cloud.services.environment(),
            input=json.dumps(asked).encode(),
            capture_output=True,
            check=False,
        )
        assert worker.returncode == 0, worker.stderr.decode()
        request = json.loads(worker.stdout)
        assert request["photos"] == [len(volume) for volume in volumes]
        assert "Uploads" not in self.s3.list_multipart_uploads(Bucket=self.bundles)
        return int(request["peak"])

    def check(self, number: int, entries: list[Entry], folder: Path) -> None:
        """The volume contains every byte of these entries, as read by zipfile and unzip."""
        path = folder / "volume.zip"
        self.s3.download_file(self.bundles, f"b1/{number}.zip", str(path))
        with ZipFile(path) as volume:
            assert volume.namelist() == [entry.name for entry in entries]
            for entry in entries:
                assert volume.read(entry.name) == bytes_of(int(entry.photo_id[1:]), entry.bytes)
        unzip(path)


@pytest.fixture
def bundle(cloud: ProvisionedStack) -> Iterator[Bundle]:
    """Two empty buckets."""
    with (
        aws_clients.local_cloud_clients(cloud) as clients,
        aws_clients.temporary_bucket(clients.get("s3"), versioned=True) as originals,
        aws_clients.temporary_bucket(clients.get("s3"), versioned=False) as bundles,
    ):
        yield Bundle(clients.get("s3"), cloud, originals, bundles)


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="peak memory is read from Linux's /proc")
def test_1000_photos_are_copied_exactly_with_no_more_memory_than_10(bundle: Bundle, tmp_path: Path) -> None:
    entries = bundle.put([200_000 + 1_600 * number for number in range(1000)])
    assert sum(entry.bytes for entry in entries) > 990 * MB
    ten = bundle.build(entries[::100])
    bundle.check(0, entries[::100], tmp_path)
    volumes = [entries[start : start + 250] for start in range(0, 1000, 250)]
    thousand = bundle.build(*volumes)
    for number, volume in enumerate(volumes):
        bundle.check(number, volume, tmp_path)
    print(f"peak of ten: {ten / MB:.0f} MB, of a thousand: {thousand / MB:.0f} MB")  # noqa: T201
    assert max(ten, thousand) < MAX_MEMORY


@pytest.mark.cloud
@pytest.mark.proof
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="peak memory is read from Linux's /proc")
def test_photos_of_200_megabytes_stay_within_the_memory_limit(bundle: Bundle, tmp_path: Path) -> None:
    entries = bundle.put([200 * MB, 200 * MB])
    peak = bundle.build(entries)
    bundle.check(0, entries, tmp_path)
    print(f"peak: {peak / MB:.0f} MB")  # noqa: T201
    assert peak < MAX_MEMORY


class Zeros:
    """A reader of originals of zeros of any size."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self._sizes = sizes
        self._zeros = bytes(8 * MIB + 1)

    def read_range(self, entry: Entry, first: int, last: int) -> bytes:
        size = min(last + 1, self._sizes[entry.key]) - first
        return self._zeros if size == len(self._zeros) else self._zeros[:size]


@dataclass
class Sparse:
    """An uploader that writes a sparse file."""

    path: Path
    size: int
    zeros: bytes = field(default_factory=lambda: bytes(8 * MIB))

    def create(self, key: str, filename: str) -> str:
        self.path.touch()
        return "u1"

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        if data != self.zeros:
            with self.path.open("r+b") as file:
                file.seek((number - 1) * self.size)
                file.write(data)
        return str(number)

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        assert etags == [str(number) for number in range(1, len(etags) + 1)]

    def abort(self, key: str, upload: str) -> None:
        raise AssertionError

    def list_unfinished(self, key: str) -> list[str]:
        return []


@pytest.mark.proof
def test_photos_and_volumes_beyond_4_gigabytes_are_readable(tmp_path: Path) -> None:
    estimated = int(ZIP64_LIMIT / 1.05)  # from this size on, zipfile writes zip64 headers
    sizes = [1, estimated, estimated + 1, ZIP64_LIMIT, ZIP64_LIMIT + 1, 2**32 + 1, 1, 0, 1000]
    entries = [
        Entry(f"p{number}", f"{number}.jpg", "v1", size, f"{number} 🏖.jpg", NOON) for number, size in enumerate(sizes)
    ]
    path = tmp_path / "volume.zip"
    source = Zeros({entry.key: entry.bytes for entry in entries})
    built = ZipBuilder(source, Sparse(path, 8 * MIB)).build("b1/1.zip", "1.zip", entries, ignore_progress)
    assert built.bytes == path.stat().st_size
    with ZipFile(path) as volume:
        assert [(info.filename, info.file_size) for info in volume.infolist()] == [(e.name, e.bytes) for e in entries]
        assert volume.infolist()[-1].header_offset > 2**32
        assert volume.testzip() is None
    unzip(path)


def unzip(path: Path) -> None:
    """Info-ZIP reports no error, if it is installed."""
    if shutil.which("unzip"):
        request = subprocess.run(["unzip", "-tqq", str(path)], capture_output=True, check=False)  # noqa: S607 (wherever it is)
        assert request.returncode == 0, request.stdout + request.stderr
