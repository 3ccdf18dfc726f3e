"""Objects in the services' own process, over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import services
from local.data_dir import open_data_dir
from local.ports import free_ports
from local.processes import Supervisor

pytestmark = pytest.mark.cloud
MEGABYTE = 1024 * 1024
PART_BYTES = 8 * MEGABYTE
BUCKET = "tintype-local-served"


@dataclass
class Running:
    """Services with an empty bucket, and their process."""

    s3: Any
    supervisor: Supervisor

    @property
    def peak_memory(self) -> int:
        """The largest resident size so far, in bytes."""
        process = self.supervisor.children[0].process
        assert process is not None
        status = Path(f"/proc/{process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024


def start(path: Path, supervisor: Supervisor, **environment: str) -> Running:
    data_dir = open_data_dir(path)
    supervisor.logs = data_dir.logs
    running = services.start_services(data_dir, free_ports()[0], supervisor, extra_env=environment)
    return Running(running.client("s3"), supervisor)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """Stops what it has started."""
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.stop()


@pytest.mark.parametrize("parts", [12, pytest.param(64, marks=pytest.mark.proof)])
def test_memory_stays_flat_while_a_large_object_is_put_and_read(
    tmp_path: Path, supervisor: Supervisor, parts: int
) -> None:
    running = start(tmp_path, supervisor)
    s3, target = running.s3, {"Bucket": BUCKET, "Key": "large.zip"}
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(**target, Body=b"first")
    before = running.peak_memory
    upload = s3.create_multipart_upload(**target)["UploadId"]
    etags = []
    for number in range(1, parts + 1):
        part = bytes([number]) * PART_BYTES
        etags.append(s3.upload_part(**target, UploadId=upload, PartNumber=number, Body=part)["ETag"])
    numbered = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    s3.complete_multipart_upload(**target, UploadId=upload, MultipartUpload={"Parts": numbered})
    body = s3.get_object(**target)["Body"]
    position = 0
    while block := body.read(MEGABYTE):
        assert block == bytes([position // PART_BYTES + 1]) * MEGABYTE
        position += len(block)
    assert position == parts * PART_BYTES
    assert running.peak_memory - before < 48 * MEGABYTE
    s3.close()


def test_full_disk_is_reported_and_uploads_work_again_when_there_is_room(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    full = start(tmp_path, supervisor, FREE_SPACE_RESERVE_MB=str(2**40))
    full.s3.create_bucket(Bucket=BUCKET)
    with pytest.raises(full.s3.exceptions.ClientError, match=r"InsufficientStorage.*must stay free"):
        full.s3.put_object(Bucket=BUCKET, Key="a", Body=b"x" * 3 * MEGABYTE)
    full.s3.close()
    supervisor.stop()
    running = start(tmp_path, supervisor)
    assert "Contents" not in running.s3.list_objects_v2(Bucket=BUCKET)
    running.s3.put_object(Bucket=BUCKET, Key="a", Body=b"sea")
    with pytest.raises(running.s3.exceptions.ClientError, match="BucketNotEmpty"):
        running.s3.delete_bucket(Bucket=BUCKET)
    running.s3.delete_object(Bucket=BUCKET, Key="a")
    running.s3.delete_bucket(Bucket=BUCKET)
    running.s3.close()


def test_objects_survive_a_kill(tmp_path: Path, supervisor: Supervisor) -> None:
    running = start(tmp_path, supervisor)
    running.s3.create_bucket(Bucket=BUCKET)
    running.s3.close()
    supervisor.stop()  # MiniStack saves the bucket
    running = start(tmp_path, supervisor)
    for number in range(20):
        running.s3.put_object(Bucket=BUCKET, Key=f"{number}", Body=b"x" * number, Metadata={"number": str(number)})
    process = supervisor.children[0].process
    assert process is not None
    process.kill()
    process.wait()
    running.s3.close()
    supervisor.stop()
    running = start(tmp_path, supervisor)
    for number in range(20):
        got = running.s3.get_object(Bucket=BUCKET, Key=f"{number}")
        assert (got["Body"].read(), got["Metadata"]) == (b"x" * number, {"number": str(number)})
    running.s3.close()
