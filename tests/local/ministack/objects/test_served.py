"""Objects in the services' own process, over HTTP."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

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
    services: services.Services

    def presigned_url(self, key: str) -> str:
        """A URL from which anybody may get the object."""
        access_key = self.services.access_key
        s3 = boto3.client(
            "s3",
            endpoint_url=self.services.endpoint,
            region_name="us-east-1",
            aws_access_key_id=access_key.key_id,
            aws_secret_access_key=access_key.secret,
            config=Config(signature_version="s3v4"),
        )
        return str(s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key}))

    @property
    def open_objects(self) -> list[str]:
        """The files of objects that are open."""
        process = self.supervisor.children[0].process
        assert process is not None
        paths = []
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                paths.append(str(descriptor.readlink()))
        return [path for path in paths if "/data/" in path]

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
    return Running(running.client("s3"), supervisor, running)


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


def connect(url: str) -> socket.socket:
    """A connection on which a GET request has been sent; it takes in little that it does not read."""
    parts = urlsplit(url)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(30)
    client.connect((parts.hostname, parts.port))
    client.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return client


def test_cancelled_downloads_leave_nothing(tmp_path: Path, supervisor: Supervisor) -> None:
    running = start(tmp_path, supervisor)
    s3, target = running.s3, {"Bucket": BUCKET, "Key": "large.zip"}
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(**target, Body=bytes(48 * MEGABYTE))
    url = running.presigned_url("large.zip")
    before = running.peak_memory
    for _ in range(3):
        with ExitStack() as clients:
            for client in [clients.enter_context(connect(url)) for _ in range(4)]:
                assert client.recv(1000).startswith(b"HTTP/1.1 200")
    deadline = time.monotonic() + 30
    while running.open_objects:
        assert time.monotonic() < deadline, "the files of cancelled downloads stay open"
        time.sleep(0.02)
    assert running.peak_memory - before < 48 * MEGABYTE
    s3.close()


def test_refused_body_is_not_waited_for(tmp_path: Path, supervisor: Supervisor) -> None:
    running = start(tmp_path, supervisor)
    running.s3.create_bucket(Bucket=BUCKET)
    running.s3.close()
    address = urlsplit(running.services.endpoint)
    form = "Content-Type: multipart/form-data; boundary=x\r\n"
    for path, header in (("/", ""), ("/oauth2/token", ""), (f"/{BUCKET}", form)):
        with socket.create_connection((address.hostname, address.port), 30) as client:
            head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{header}Content-Length: {2**40}\r\n\r\n"
            client.sendall(head.encode())
            with suppress(ConnectionError):
                for _ in range(100):
                    client.sendall(bytes(MEGABYTE))
                pytest.fail("The connection was not closed.")


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
