"""A running library and a client that uses it over HTTP and S3 only."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from local.demo.client import read_pages
from local.library import Library, run_library
from local.ports import Ports, free_ports
from tests.support.multipart import file_form

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Client:
    """A client signed in as the demo user, who owns objects put into the bucket."""

    library: Library
    token: str

    def request(self, method: str, path: str, body: bytes = b"", content_type: str | None = None) -> Any:
        """The JSON body of an API request that must succeed."""
        return json.loads(self.send(method, self.library.api_url + path, body, content_type, signed_in=True))

    def send(self, method: str, url: str, body: bytes, content_type: str | None, *, signed_in: bool = False) -> bytes:
        """The body of a request that must succeed."""
        request = urllib.request.Request(url, data=body or None, method=method)
        request.add_header("Content-Type", content_type or "application/octet-stream")  # else urllib sets a form's
        if signed_in:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {url}: {error.code} {error.read()[:500]!r}") from error

    def upload_with_ticket(self, name: str, data: bytes) -> None:
        """`POST /uploads`, then the form to S3."""
        metadata = json.dumps({"filename": name, "bytes": len(data)}).encode()
        upload = self.request("POST", "/uploads", metadata, "application/json")["upload"]
        body, content_type = file_form({**upload["fields"]}, "file", name, data)
        self.send("POST", upload["url"], body, content_type)

    def upload_form(self, name: str, data: bytes) -> None:
        """`POST /upload`."""
        body, content_type = file_form({"label": "camera"}, "img", name, data)
        self.request("POST", "/upload", body, content_type)

    def upload_body(self, name: str, data: bytes) -> None:
        """`PUT /originals/{filename}`, like `curl -T`."""
        self.request("PUT", f"/originals/{quote(name)}", data)

    def upload_to_url(self, name: str, data: bytes) -> None:
        """`PUT /upload`, then the bytes to the URL, like the Photo Asset Manager's client."""
        metadata = json.dumps({"file_name": name}).encode()
        self.send("PUT", self.request("PUT", "/upload", metadata, "application/json")["url"], data, "image/jpeg")

    def put_in_bucket(self, name: str, data: bytes) -> None:
        """PutObject into the bucket, like any S3 tool."""
        bucket = self.library.provisioned.outputs["OriginalsBucket"]
        self.library.client("s3").put_object(Bucket=bucket, Key=f"dropped/{uuid4().hex}/{name}", Body=data)

    def wait_until_processed(self, names: set[str]) -> dict[str, Any]:
        """The user's photos by file name, once all of them are processed or rejected."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        photos: dict[str, Any] = {}
        while time.monotonic() < deadline:
            found = (self.list_all(f"/photos?scope=mine{state}") for state in ("", "&state=rejected"))
            photos = {photo["filename"]: photo for photo in chain.from_iterable(found)}
            if names <= photos.keys():
                return {name: photos[name] for name in names}
            time.sleep(0.3)
        raise AssertionError(f"not processed: {sorted(names - photos.keys())}")

    def list_all(self, path: str) -> Iterator[Any]:
        """All items of a list; `path` has a query."""
        return read_pages(lambda page: self.request("GET", page), path)


UPLOAD_METHODS = {
    "ticket": Client.upload_with_ticket,
    "form": Client.upload_form,
    "body": Client.upload_body,
    "url": Client.upload_to_url,
    "bucket": Client.put_in_bucket,
}


@pytest.fixture(scope="package")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of one library for all tests of the package; photos of one test are there in the next."""
    with run_library(tmp_path_factory.mktemp("library"), Ports(*free_ports(3))) as library:
        yield Client(library, library.token())


def sample_photos() -> list[Path]:
    """Real camera files, if TINTYPE_SAMPLE_PHOTOS or the default folder has any."""
    folder = Path(os.environ.get("TINTYPE_SAMPLE_PHOTOS", Path(__file__).parents[2] / ".." / "shared" / "photos"))
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in {".jpg", ".heic", ".tiff"})
