"""Copies of originals in the bundles bucket, whose lifecycle deletes them after a day."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.aws.s3 import NOT_FOUND_CODES, SignedUrls, head_object
from chalicelib.errors import NotFound
from chalicelib.library.photo import Photo

PREFIX = "shared/"
# The lifecycle deletes a copy at the first midnight (UTC) that is a day later; its URLs work for up to two hours.
REUSE_PERIOD = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class S3OriginalCopies:
    """`original_copies.OriginalCopies` over S3. `secret` keys the names of copies."""

    client: Any
    originals_bucket: str
    bucket: str
    urls: SignedUrls
    now: Callable[[], datetime]
    secret: str = field(repr=False)

    def url(self, photo: Photo, *, method: str) -> str:
        """A URL of a copy of the photo's original, which is made unless there is one of this version."""
        key = self._copy_key(photo)
        copy = head_object(self.client, self.bucket, key)
        if copy is None or copy["LastModified"] <= self.now() - REUSE_PERIOD:
            self._copy(photo, key)
        return self.urls.sign(key, photo.filename, method=method)

    def _copy(self, photo: Photo, key: str) -> None:
        """Copy the bytes; metadata and tags of the original stay behind, and browsers never display a copy."""
        if photo.object_version is None:  # it is about to be processed again
            raise NotFound("The original of this photo is not available now.")
        source = {"Bucket": self.originals_bucket, "Key": photo.key, "VersionId": photo.object_version}
        try:
            with translate_transient_errors():
                self.client.copy_object(
                    Bucket=self.bucket,
                    Key=key,
                    CopySource=source,
                    MetadataDirective="REPLACE",
                    TaggingDirective="REPLACE",
                    ContentType="application/octet-stream",
                )
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise NotFound("The original of this photo is gone.") from error
            raise

    def _copy_key(self, photo: Photo) -> str:
        """The same for the same version; without the secret, nothing follows from it."""
        version = f"copy:{photo.photo_id}:{photo.object_version}"
        return PREFIX + hmac.digest(self.secret.encode(), version.encode(), sha256).hex()[:32]
