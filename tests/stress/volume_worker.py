"""A worker in a process of its own: makes the volumes that standard input asks for, and tells its peak of memory."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.aws.clients import Clients
from chalicelib.aws.multipart import S3MultipartUploader
from chalicelib.aws.s3 import S3Originals
from chalicelib.bundles.zip import Entry, ZipBuilder


def main() -> None:
    """Make one volume after the other; the answer is one JSON object."""
    request = json.load(sys.stdin)
    s3 = Clients().get("s3")
    volumes = ZipBuilder(S3Originals(s3, request["originals"]), S3MultipartUploader(s3, request["bundles"]))
    built = [
        volumes.build(volume["key"], volume["filename"], map(_entry, volume["entries"]), _untold)
        for volume in request["volumes"]
    ]
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    json.dump({"peak": peak, "photos": [made.photos for made in built]}, sys.stdout)


def _untold(*far: int) -> None:
    """Ignores progress."""


def _entry(progress: dict[str, Any]) -> Entry:
    return Entry(**progress | {"moment": datetime.fromisoformat(progress["moment"])})


if __name__ == "__main__":
    main()
