from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

import pytest
from moto import mock_aws

from chalicelib.aws.content_disposition import attachment
from chalicelib.aws.multipart import S3MultipartUploader
from chalicelib.bundles.zip import MultipartUploader
from chalicelib.errors import Conflict
from tests.contract.conftest import CLOUD, FAKE, MOTO
from tests.fakes.bundles import SMALLEST_PART, MemoryMultipartUploader
from tests.support import aws_clients

KEY = "b1/1.zip"
FILENAME = 'été 🏖 "sea"; a=b\r\nX: y/1.zip'
ONE, TWO = b"1" * SMALLEST_PART, b"2" * 100


class Bundles(Protocol):
    """A bucket of bundles, and what a browser finds there."""

    @property
    def sink(self) -> MultipartUploader:
        """To write volumes to."""

    def found(self, key: str) -> tuple[bytes, str] | None:
        """The object, and the filename that it is saved under."""


@dataclass
class InMemory:
    """Over the fake."""

    sink: MemoryMultipartUploader = field(default_factory=MemoryMultipartUploader)

    def found(self, key: str) -> tuple[bytes, str] | None:
        return (self.sink.objects[key], self.sink.filenames[key]) if key in self.sink.objects else None


@dataclass
class InS3:
    """Over S3, by whatever name."""

    s3: Any
    bucket: str

    def __post_init__(self) -> None:
        self.sink = S3MultipartUploader(self.s3, self.bucket)

    def found(self, key: str) -> tuple[bytes, str] | None:
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=key)
        except self.s3.exceptions.NoSuchKey:
            return None
        assert answer["ContentType"] == "application/zip"
        kind, _, rest = answer["ContentDisposition"].partition("; ")
        assert kind == "attachment"
        return answer["Body"].read(), unquote(rest.rpartition("filename*=UTF-8''")[2])


@pytest.fixture(params=[FAKE, MOTO, CLOUD])
def bundles(request: pytest.FixtureRequest) -> Iterator[Bundles]:
    """An empty bucket of each kind."""
    if request.param == "fake":
        yield InMemory()
    elif request.param == "moto":
        s3 = request.getfixturevalue("moto_clients").get("s3")
        with mock_aws(), aws_clients.temporary_bucket(s3, versioned=False) as bucket:
            yield InS3(s3, bucket)
    else:
        s3 = request.getfixturevalue("cloud_clients").get("s3")
        with aws_clients.temporary_bucket(s3, versioned=False) as bucket:
            yield InS3(s3, bucket)


def test_object_has_parts_in_order_of_their_numbers(bundles: Bundles) -> None:
    upload = bundles.sink.create(KEY, FILENAME)
    second = bundles.sink.upload_part(KEY, upload, 2, TWO)
    first = bundles.sink.upload_part(KEY, upload, 1, ONE)
    assert bundles.found(KEY) is None
    bundles.sink.complete(KEY, upload, [first, second])
    assert bundles.found(KEY) == (ONE + TWO, FILENAME)
    assert bundles.sink.list_unfinished(KEY) == []


def test_object_of_one_short_part(bundles: Bundles) -> None:
    uploader(bundles, b"short")
    assert bundles.found(KEY) == (b"short", FILENAME)


def test_resent_part_replaces_the_first(bundles: Bundles) -> None:
    upload = bundles.sink.create(KEY, FILENAME)
    bundles.sink.upload_part(KEY, upload, 1, b"lost")
    bundles.sink.complete(KEY, upload, [bundles.sink.upload_part(KEY, upload, 1, b"sent again")])
    assert bundles.found(KEY) == (b"sent again", FILENAME)


def test_complete_replaces_an_existing_object(bundles: Bundles) -> None:
    uploader(bundles, b"first")
    uploader(bundles, b"second")
    assert bundles.found(KEY) == (b"second", FILENAME)


def test_unfinished_uploads_of_one_key_are_listed_and_aborted(bundles: Bundles) -> None:
    one, two = bundles.sink.create(KEY, FILENAME), bundles.sink.create(KEY, FILENAME)
    other = bundles.sink.create(f"{KEY}.other", FILENAME)
    bundles.sink.upload_part(KEY, one, 1, ONE)
    assert sorted(bundles.sink.list_unfinished(KEY)) == sorted([one, two])
    for upload in (one, two):
        bundles.sink.abort(KEY, upload)
    assert bundles.sink.list_unfinished(KEY) == []
    assert bundles.sink.list_unfinished(f"{KEY}.other") == [other]
    bundles.sink.abort(f"{KEY}.other", other)


def test_abort_is_idempotent(bundles: Bundles) -> None:
    upload = bundles.sink.create(KEY, FILENAME)
    bundles.sink.upload_part(KEY, upload, 1, b"short")
    bundles.sink.abort(KEY, upload)
    bundles.sink.abort(KEY, upload)
    assert bundles.sink.list_unfinished(KEY) == []
    assert bundles.found(KEY) is None


def test_abort_of_a_complete_upload_changes_nothing(bundles: Bundles) -> None:
    upload = uploader(bundles, b"first")
    bundles.sink.abort(KEY, upload)
    assert bundles.found(KEY) == (b"first", FILENAME)


@pytest.mark.parametrize("bundles", [FAKE, CLOUD], indirect=True)  # moto breaks off
def test_aborted_upload_raises_conflict(bundles: Bundles) -> None:
    upload = bundles.sink.create(KEY, FILENAME)
    etag = bundles.sink.upload_part(KEY, upload, 1, b"short")
    bundles.sink.abort(KEY, upload)
    with pytest.raises(Conflict):
        bundles.sink.upload_part(KEY, upload, 2, b"late")
    with pytest.raises(Conflict):
        bundles.sink.complete(KEY, upload, [etag])
    assert bundles.sink.list_unfinished(KEY) == []
    assert bundles.found(KEY) is None


@pytest.mark.parametrize("bundles", [FAKE, MOTO], indirect=True)  # the local cloud takes parts of any size
def test_complete_with_too_small_a_part_raises(bundles: Bundles) -> None:
    upload = bundles.sink.create(KEY, FILENAME)
    etags = [bundles.sink.upload_part(KEY, upload, number, TWO) for number in (1, 2)]
    with pytest.raises(Exception, match="EntityTooSmall"):
        bundles.sink.complete(KEY, upload, etags)
    bundles.sink.abort(KEY, upload)


def test_filename_is_escaped_in_content_disposition() -> None:
    header = attachment(FILENAME)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("attachment; filename=\"_t_ _ _sea__ a_b__X_ y_1.zip\"; filename*=UTF-8''")
    assert attachment("beach 1.zip") == "attachment; filename=\"beach 1.zip\"; filename*=UTF-8''beach%201.zip"


def uploader(bundles: Bundles, data: bytes) -> str:
    upload = bundles.sink.create(KEY, FILENAME)
    bundles.sink.complete(KEY, upload, [bundles.sink.upload_part(KEY, upload, 1, data)])
    return upload
