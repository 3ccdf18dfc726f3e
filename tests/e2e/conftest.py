"""The whole library, running, and its five doors as programs use them: over HTTP and S3, nothing else."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from local.library import Library, run_library
from local.ports import Ports, free_ports

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Client:
    """A program signed in as the demo user, who owns what is dropped into the bucket."""

    library: Library
    token: str

    def request(self, method: str, path: str, body: bytes = b"", kind: str | None = None) -> Any:
        """One call of the API that must succeed; its JSON."""
        return json.loads(self.send(method, self.library.api_url + path, body, kind, signed_in=True))

    def send(self, method: str, url: str, body: bytes, kind: str | None, *, signed_in: bool = False) -> bytes:
        """One request that must succeed; its body. urllib names a type of its own where none is given."""
        request = urllib.request.Request(url, data=body or None, method=method)
        request.add_header("Content-Type", kind or "application/octet-stream")
        if signed_in:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {url}: {error.code} {error.read()[:500]!r}") from error

    def upload_with_ticket(self, name: str, data: bytes) -> None:
        """`POST /uploads`, then the form straight to S3."""
        told = json.dumps({"filename": name, "bytes": len(data)}).encode()
        upload = self.request("POST", "/uploads", told, "application/json")["upload"]
        body, kind = multipart({**upload["fields"]}, "file", name, data)
        self.send("POST", upload["url"], body, kind)

    def upload_form(self, name: str, data: bytes) -> None:
        """`POST /upload`."""
        body, kind = multipart({"label": "camera"}, "img", name, data)
        self.request("POST", "/upload", body, kind)

    def upload_body(self, name: str, data: bytes) -> None:
        """`PUT /originals/{filename}`, as `curl -T` does it."""
        self.request("PUT", f"/originals/{quote(name)}", data)

    def upload_to_url(self, name: str, data: bytes) -> None:
        """`PUT /upload`, then the bytes to the URL, as the Photo Asset Manager's client does it."""
        told = json.dumps({"file_name": name}).encode()
        self.send("PUT", self.request("PUT", "/upload", told, "application/json")["url"], data, "image/jpeg")

    def put_in_bucket(self, name: str, data: bytes) -> None:
        """Any S3 tool, straight into the bucket."""
        bucket = self.library.provisioned.outputs["OriginalsBucket"]
        self.library.client("s3").put_object(Bucket=bucket, Key=f"dropped/{uuid4().hex}/{name}", Body=data)

    def wait_until_processed(self, names: set[str]) -> dict[str, Any]:
        """One's own photos of these names, once all are ready, rejected or known as duplicates."""
        until = time.monotonic() + TIMEOUT_SECONDS
        found: dict[str, Any] = {}
        while time.monotonic() < until:
            found = {p["filename"]: p for path in ("/photos?", "/photos?state=rejected&") for p in self.list_all(path)}
            if names <= found.keys():
                return {name: found[name] for name in names}
            time.sleep(0.3)
        raise AssertionError(f"not finished: {sorted(names - found.keys())}")

    def list_all(self, path: str) -> Iterator[Any]:
        """Everything of a listing, page by page."""
        cursor = ""
        while True:
            page = self.request("GET", f"{path}limit=100{cursor}")
            yield from page["items"]
            if not page["cursor"]:
                return
            cursor = f"&cursor={page['cursor']}"


UPLOAD_METHODS = {
    "ticket": Client.upload_with_ticket,
    "form": Client.upload_form,
    "body": Client.upload_body,
    "address": Client.upload_to_url,
    "tool": Client.put_in_bucket,
}


def multipart(fields: dict[str, str], file: str, name: str, data: bytes) -> tuple[bytes, str]:
    """A multipart body with its content type; the file comes last, as S3 wants it."""
    boundary = uuid4().hex
    out = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    )
    out += f'--{boundary}\r\nContent-Disposition: form-data; name="{file}"; filename="{name}"\r\n'.encode()
    kind = fields.get("Content-Type", "application/octet-stream")
    out += f"Content-Type: {kind}\r\n\r\n".encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return out, f"multipart/form-data; boundary={boundary}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A program at a library that is new and empty."""
    with run_library(tmp_path_factory.mktemp("library"), Ports(*free_ports(3))) as library:
        yield Client(library, library.token())


def sample_photos() -> list[Path]:
    """Real camera files to try, where somebody has put them; else none."""
    folder = Path(os.environ.get("TINTYPE_SAMPLE_PHOTOS", Path(__file__).parents[2] / ".." / "shared" / "photos"))
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in {".jpg", ".heic", ".tiff"})
