"""The bucket of bundles in S3, written in parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.content_disposition import attachment
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Conflict

NO_SUCH_UPLOAD = "NoSuchUpload"
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class S3MultipartUploader:
    """`volumes.Sink` over one bucket."""

    client: Any
    bucket: str

    def create(self, key: str, filename: str) -> str:
        """Begin an upload that a browser will save under this filename; returns its id."""
        with translate_transient_errors():
            answer = self.client.create_multipart_upload(
                Bucket=self.bucket, Key=key, ContentType=ZIP, ContentDisposition=attachment(filename)
            )
        return str(answer["UploadId"])

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        """Send one part; returns its ETag. Raises Conflict where the upload is gone."""
        with _gone_as_conflict():
            answer = self.client.upload_part(Bucket=self.bucket, Key=key, UploadId=upload, PartNumber=number, Body=data)
        return str(answer["ETag"])

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        """Make the object of the parts; raises Conflict where the upload is gone."""
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
        with _gone_as_conflict():
            self.client.complete_multipart_upload(
                Bucket=self.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            )

    def abort(self, key: str, upload: str) -> None:
        """Do away with an upload and its parts; one that is gone is let be."""
        try:
            with translate_transient_errors():
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)
        except ClientError as error:
            if error_code(error) != NO_SUCH_UPLOAD:
                raise

    def list_unfinished(self, key: str) -> list[str]:
        """The uploads to exactly this key that were begun and neither completed nor aborted."""
        pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=key)
        with translate_transient_errors():
            return [found["UploadId"] for page in pages for found in page.get("Uploads", []) if found["Key"] == key]


@contextmanager
def _gone_as_conflict() -> Iterator[None]:
    try:
        with translate_transient_errors():
            yield
    except ClientError as error:
        if error_code(error) == NO_SUCH_UPLOAD:
            raise Conflict("Somebody else has done away with this upload.") from error
        raise
