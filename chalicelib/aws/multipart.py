"""Multipart uploads into the bundles bucket."""

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
    """`parts.MultipartUploader` over one S3 bucket."""

    client: Any
    bucket: str

    def create(self, key: str, filename: str) -> str:
        """Start an upload of a file that browsers save under this name; returns the upload id."""
        with translate_transient_errors():
            response = self.client.create_multipart_upload(
                Bucket=self.bucket, Key=key, ContentType=ZIP, ContentDisposition=attachment(filename)
            )
        return str(response["UploadId"])

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        """Upload one part; returns its ETag. Raises Conflict if the upload was aborted."""
        with _missing_upload_as_conflict():
            response = self.client.upload_part(
                Bucket=self.bucket, Key=key, UploadId=upload, PartNumber=number, Body=data
            )
        return str(response["ETag"])

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        """Assemble the object from its parts; raises Conflict if the upload was aborted."""
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
        with _missing_upload_as_conflict():
            self.client.complete_multipart_upload(
                Bucket=self.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            )

    def abort(self, key: str, upload: str) -> None:
        """Abort an upload and delete its parts; does nothing if it is already aborted."""
        try:
            with translate_transient_errors():
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)
        except ClientError as error:
            if error_code(error) != NO_SUCH_UPLOAD:
                raise

    def list_unfinished(self, key: str) -> list[str]:
        """Ids of the uploads to exactly this key that were neither completed nor aborted."""
        pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=key)
        with translate_transient_errors():
            return [found["UploadId"] for page in pages for found in page.get("Uploads", []) if found["Key"] == key]


@contextmanager
def _missing_upload_as_conflict() -> Iterator[None]:
    try:
        with translate_transient_errors():
            yield
    except ClientError as error:
        if error_code(error) == NO_SUCH_UPLOAD:
            raise Conflict("Another worker aborted this upload.") from error
        raise
