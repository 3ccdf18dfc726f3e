"""A worker process: builds the volumes that standard input describes, and prints its peak memory."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.aws.clients import Clients
from chalicelib.aws.multipart import S3MultipartUploader
from chalicelib.aws.s3 import S3Derivatives, S3Originals
from chalicelib.aws.zip_entries import S3EntryReader
from chalicelib.bundles.zip import Entry, ImageBucket, ZipBuilder


def main() -> None:
    """Build the volumes; prints one JSON object."""
    request = json.load(sys.stdin)
    s3 = Clients().get("s3")
    reader = S3EntryReader(S3Originals(s3, request["originals"]), S3Derivatives(s3, "derivatives"))
    volumes = ZipBuilder(reader, S3MultipartUploader(s3, request["bundles"]))
    built = [
        volumes.build(volume["key"], volume["filename"], map(_entry, volume["entries"]), _ignore_progress)
        for volume in request["volumes"]
    ]
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    json.dump({"peak": peak, "photos": [made.photos for made in built]}, sys.stdout)


def _ignore_progress(*far: int) -> None:
    """A callback that does nothing."""


def _entry(fields: dict[str, Any]) -> Entry:
    timestamp, bucket = datetime.fromisoformat(fields["timestamp"]), ImageBucket(fields["bucket"])
    return Entry(**fields | {"timestamp": timestamp, "bucket": bucket})


if __name__ == "__main__":
    main()
