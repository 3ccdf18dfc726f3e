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
from tests.fakes.bundles import MIN_PART_BYTES, MemoryMultipartUploader
from tests.support import aws_clients

KEY = "b1/1.zip"
FILENAME = 'été 🏖 "sea"; a=b\r\nX: y/1.zip'
ONE, TWO = b"1" * MIN_PART_BYTES, b"2" * 100


class UploadFixture(Protocol):
    """An uploader, and a reader of its objects."""

    @property
    def uploader(self) -> MultipartUploader:
        """The uploader under test."""

    def get_object(self, key: str) -> tuple[bytes, str] | None:
        """The object's bytes and its download filename, or None."""


@dataclass
class MemoryUploadFixture:
    """An uploader over the fake."""

    uploader: MemoryMultipartUploader = field(default_factory=MemoryMultipartUploader)

    def get_object(self, key: str) -> tuple[bytes, str] | None:
        return (self.uploader.objects[key], self.uploader.filenames[key]) if key in self.uploader.objects else None


@dataclass
class S3UploadFixture:
    """An uploader over moto or the local cloud."""

    s3: Any
    bucket: str

    def __post_init__(self) -> None:
        self.uploader = S3MultipartUploader(self.s3, self.bucket)

    def get_object(self, key: str) -> tuple[bytes, str] | None:
        try:
            response = self.s3.get_object(Bucket=self.bucket, Key=key)
        except self.s3.exceptions.NoSuchKey:
            return None
        assert response["ContentType"] == "application/zip"
        kind, _, rest = response["ContentDisposition"].partition("; ")
        assert kind == "attachment"
        return response["Body"].read(), unquote(rest.rpartition("filename*=UTF-8''")[2])


@pytest.fixture(params=[FAKE, MOTO, CLOUD])
def fixture(request: pytest.FixtureRequest) -> Iterator[UploadFixture]:
    """An empty bucket of each kind."""
    if request.param == "fake":
        yield MemoryUploadFixture()
    elif request.param == "moto":
        s3 = request.getfixturevalue("moto_clients").get("s3")
        with mock_aws(), aws_clients.temporary_bucket(s3, versioned=False) as bucket:
            yield S3UploadFixture(s3, bucket)
    else:
        s3 = request.getfixturevalue("cloud_clients").get("s3")
        with aws_clients.temporary_bucket(s3, versioned=False) as bucket:
            yield S3UploadFixture(s3, bucket)


def test_object_has_parts_in_order_of_their_numbers(fixture: UploadFixture) -> None:
    upload = fixture.uploader.create(KEY, FILENAME)
    second = fixture.uploader.upload_part(KEY, upload, 2, TWO)
    first = fixture.uploader.upload_part(KEY, upload, 1, ONE)
    assert fixture.get_object(KEY) is None
    fixture.uploader.complete(KEY, upload, [first, second])
    assert fixture.get_object(KEY) == (ONE + TWO, FILENAME)
    assert fixture.uploader.list_unfinished(KEY) == []


def test_object_of_one_short_part(fixture: UploadFixture) -> None:
    upload_object(fixture, b"short")
    assert fixture.get_object(KEY) == (b"short", FILENAME)


def test_resent_part_replaces_the_first(fixture: UploadFixture) -> None:
    upload = fixture.uploader.create(KEY, FILENAME)
    fixture.uploader.upload_part(KEY, upload, 1, b"lost")
    fixture.uploader.complete(KEY, upload, [fixture.uploader.upload_part(KEY, upload, 1, b"sent again")])
    assert fixture.get_object(KEY) == (b"sent again", FILENAME)


def test_complete_replaces_an_existing_object(fixture: UploadFixture) -> None:
    upload_object(fixture, b"first")
    upload_object(fixture, b"second")
    assert fixture.get_object(KEY) == (b"second", FILENAME)


def test_unfinished_uploads_of_one_key_are_listed_and_aborted(fixture: UploadFixture) -> None:
    one, two = fixture.uploader.create(KEY, FILENAME), fixture.uploader.create(KEY, FILENAME)
    other = fixture.uploader.create(f"{KEY}.other", FILENAME)
    fixture.uploader.upload_part(KEY, one, 1, ONE)
    assert sorted(fixture.uploader.list_unfinished(KEY)) == sorted([one, two])
    for upload in (one, two):
        fixture.uploader.abort(KEY, upload)
    assert fixture.uploader.list_unfinished(KEY) == []
    assert fixture.uploader.list_unfinished(f"{KEY}.other") == [other]
    fixture.uploader.abort(f"{KEY}.other", other)


def test_abort_is_idempotent(fixture: UploadFixture) -> None:
    upload = fixture.uploader.create(KEY, FILENAME)
    fixture.uploader.upload_part(KEY, upload, 1, b"short")
    fixture.uploader.abort(KEY, upload)
    fixture.uploader.abort(KEY, upload)
    assert fixture.uploader.list_unfinished(KEY) == []
    assert fixture.get_object(KEY) is None


def test_abort_of_a_complete_upload_changes_nothing(fixture: UploadFixture) -> None:
    upload = upload_object(fixture, b"first")
    fixture.uploader.abort(KEY, upload)
    assert fixture.get_object(KEY) == (b"first", FILENAME)


@pytest.mark.parametrize("fixture", [FAKE, CLOUD], indirect=True)  # moto raises an internal error
def test_aborted_upload_raises_conflict(fixture: UploadFixture) -> None:
    upload = fixture.uploader.create(KEY, FILENAME)
    etag = fixture.uploader.upload_part(KEY, upload, 1, b"short")
    fixture.uploader.abort(KEY, upload)
    with pytest.raises(Conflict):
        fixture.uploader.upload_part(KEY, upload, 2, b"late")
    with pytest.raises(Conflict):
        fixture.uploader.complete(KEY, upload, [etag])
    assert fixture.uploader.list_unfinished(KEY) == []
    assert fixture.get_object(KEY) is None


def test_complete_with_too_small_a_part_raises(fixture: UploadFixture) -> None:
    upload = fixture.uploader.create(KEY, FILENAME)
    etags = [fixture.uploader.upload_part(KEY, upload, number, TWO) for number in (1, 2)]
    with pytest.raises(Exception, match="EntityTooSmall"):
        fixture.uploader.complete(KEY, upload, etags)
    fixture.uploader.abort(KEY, upload)


def test_filename_is_escaped_in_content_disposition() -> None:
    header = attachment(FILENAME)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("attachment; filename=\"_t_ _ _sea__ a_b__X_ y_1.zip\"; filename*=UTF-8''")
    assert attachment("beach 1.zip") == "attachment; filename=\"beach 1.zip\"; filename*=UTF-8''beach%201.zip"


def upload_object(fixture: UploadFixture, data: bytes) -> str:
    upload = fixture.uploader.create(KEY, FILENAME)
    fixture.uploader.complete(KEY, upload, [fixture.uploader.upload_part(KEY, upload, 1, data)])
    return upload
