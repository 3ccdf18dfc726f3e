"""The originals and derivatives buckets in S3."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import batched
from typing import IO, Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.aws import content_disposition
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.aws.query_signature import presign
from chalicelib.aws.url_window import URL_WINDOW, window_start
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.ingest.originals import ORIGINAL_VERSION, Original
from chalicelib.ingest.uploads import PresignedPost
from chalicelib.library.photo import State

NOT_FOUND_CODES = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed"})
STATE_TAG = "tintype-state"
MAX_OBJECT_TAGS = 10
DELETE_BATCH_SIZE = 1000
# A derivative does not change while its URL is valid.
CACHE_CONTROL = "private, max-age=3600, immutable"


@dataclass(frozen=True, slots=True)
class S3Originals:
    """The ports of the originals bucket, over one versioned S3 bucket."""

    client: Any
    bucket: str

    def head(self, key: str) -> Original | None:
        """The current object under this key, or None."""
        response = head_object(self.client, self.bucket, key)
        if response is None:
            return None
        return Original(
            key=key,
            version=response.get("VersionId") or response["ETag"],
            size=response["ContentLength"],
            stored_at=response["LastModified"].astimezone(UTC),
            metadata=response["Metadata"],
        )

    def download(self, original: Original, into: IO[bytes]) -> None:
        """Write the bytes of that version to a file; raises Conflict if the version is gone."""
        try:
            with translate_transient_errors():
                response = self.client.get_object(Bucket=self.bucket, Key=original.key, VersionId=original.version)
                shutil.copyfileobj(response["Body"], into, 1024 * 1024)
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise Conflict("The original has changed since it was read.") from error
            raise

    def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
        """Bytes `first` to `last` of that version, as far as they exist; raises NotFound if the version is gone."""
        request = {"Bucket": self.bucket, "Key": key, "VersionId": version, "Range": f"bytes={first}-{last}"}
        try:
            with translate_transient_errors():
                return bytes(self.client.get_object(**request)["Body"].read())
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise NotFound("That version of the original is gone.") from error
            if error_code(error) == "InvalidRange":
                return b""
            raise

    def tag_state(self, original: Original, state: State) -> None:
        """Tag the object with the photo's state and keep its other tags; skipped if it has no tag left."""
        target: dict[str, Any] = {"Bucket": self.bucket, "Key": original.key, "VersionId": original.version}
        try:
            with translate_transient_errors():
                tags = {tag["Key"]: tag["Value"] for tag in self.client.get_object_tagging(**target)["TagSet"]}
                after = tags | {STATE_TAG: str(state)}
                if after == tags or len(after) > MAX_OBJECT_TAGS:
                    return
                tag_set = [{"Key": key, "Value": value} for key, value in after.items()]
                self.client.put_object_tagging(**target, Tagging={"TagSet": tag_set})
        except ClientError as error:
            if error_code(error) not in NOT_FOUND_CODES:
                raise

    def purge(self, key: str, version: str) -> None:
        """Delete this version and all older ones, this version last; newer versions stay.

        Delete markers are removed only if no version stays: a marker above a newer version keeps it hidden.
        """
        versions, markers = self._list_versions(key)
        if version not in versions:
            return  # it is deleted last, so the older versions are deleted too
        index = versions.index(version)
        self._delete_versions(key, [*versions[index + 1 :], *(markers if index == 0 else [])])
        self._delete_versions(key, [version])

    def _list_versions(self, key: str) -> tuple[list[str], list[str]]:
        """The version ids under this key, latest first, and the ids of its delete markers."""
        versions: list[str] = []
        markers: list[str] = []
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
            versions += [found["VersionId"] for found in page.get("Versions", []) if found["Key"] == key]
            markers += [found["VersionId"] for found in page.get("DeleteMarkers", []) if found["Key"] == key]
            if page.get("NextKeyMarker", key) != key:
                break
        return versions, markers

    def _delete_versions(self, key: str, versions: list[str]) -> None:
        for batch in batched(versions, DELETE_BATCH_SIZE):
            delete_objects(self.client, self.bucket, [{"Key": key, "VersionId": version} for version in batch])

    def check_access(self) -> None:
        """Request the bucket itself; raises the error of S3 if it is missing."""
        self.client.head_bucket(Bucket=self.bucket)

    def presign_post(
        self, key: str, *, mime: str, min_bytes: int, max_bytes: int, lifetime: timedelta
    ) -> PresignedPost:
        """A presigned POST whose policy fixes the key, the type and the size range in bytes."""
        post = self.client.generate_presigned_post(
            self.bucket,
            key,
            Fields={"Content-Type": mime},
            Conditions=[{"Content-Type": mime}, ["content-length-range", min_bytes, max_bytes]],
            ExpiresIn=int(lifetime.total_seconds()),
        )
        return PresignedPost(url=post["url"], fields=post["fields"])

    def presign_put(self, key: str, *, lifetime: timedelta) -> str:
        """A presigned PUT URL for this key and any type."""
        seconds = int(lifetime.total_seconds())
        params = {"Bucket": self.bucket, "Key": key}
        return str(self.client.generate_presigned_url("put_object", Params=params, ExpiresIn=seconds))

    def put(self, key: str, data: bytes, mime: str) -> None:
        """Store an original that was uploaded through the API."""
        with translate_transient_errors():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=mime)


@dataclass(frozen=True, slots=True)
class S3Derivatives:
    """`processing.DerivativeStore` over one S3 bucket."""

    client: Any
    bucket: str

    def put(self, key: str, data: bytes, mime: str, metadata: Mapping[str, str]) -> None:
        """Store one image, replacing any object under the same key."""
        with translate_transient_errors():
            self.client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=data,
                ContentType=mime,
                CacheControl=CACHE_CONTROL,
                Metadata=dict(metadata),
            )

    def get(self, key: str) -> bytes:
        """The bytes of one image; raises NotFound."""
        data = read_object(self.client, self.bucket, key)
        if data is None:
            raise NotFound("Image not found.")
        return data

    def read_range(self, key: str, original_version: str, size: int, first: int, last: int) -> bytes:
        """Bytes `first` to `last`, as far as they exist, of an image of `size` bytes that was made from that version.

        Raises NotFound if the image is gone or another one.
        """
        try:
            with translate_transient_errors():
                response = self.client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes={first}-{last}")
                is_same = response["Metadata"].get(ORIGINAL_VERSION) == original_version
                if is_same and int(response["ContentRange"].rpartition("/")[2]) == size:
                    return bytes(response["Body"].read())
                response["Body"].close()
        except ClientError as error:
            if error_code(error) not in {*NOT_FOUND_CODES, "InvalidRange"}:
                raise
        raise NotFound("The image is gone or has been replaced.")

    def copy(self, source: str, target: str) -> None:
        """Copy an object with its type, metadata and Cache-Control; raises NotFound."""
        try:
            with translate_transient_errors():
                self.client.copy_object(
                    Bucket=self.bucket, Key=target, CopySource={"Bucket": self.bucket, "Key": source}
                )
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise NotFound("Image not found.") from error
            raise

    def remove(self, keys: list[str]) -> None:
        """Delete these objects; missing ones are ignored."""
        for batch in batched(keys, DELETE_BATCH_SIZE):
            delete_objects(self.client, self.bucket, [{"Key": key} for key in batch])

    def check_access(self) -> None:
        """Request the bucket itself; raises the error of S3 if it is missing."""
        self.client.head_bucket(Bucket=self.bucket)


def head_object(client: Any, bucket: str, key: str) -> Any | None:
    """The metadata of the current object at this key, or None if there is none; raises Unavailable."""
    try:
        with translate_transient_errors():
            return client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error_code(error) in NOT_FOUND_CODES:
            return None
        raise


def read_object(client: Any, bucket: str, key: str) -> bytes | None:
    """The bytes of an object, or None if there is none."""
    try:
        with translate_transient_errors():
            return bytes(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        if error_code(error) in NOT_FOUND_CODES:
            return None
        raise


def delete_objects(client: Any, bucket: str, objects: list[dict[str, str]]) -> None:
    """Delete at most 1,000 objects; raises Unavailable if any could not be deleted."""
    with translate_transient_errors():
        response = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    # The request succeeds even if some keys fail.
    if errors := response.get("Errors"):
        raise Unavailable(f"{len(errors)} objects could not be deleted: {errors[0].get('Code')}.")


@dataclass(frozen=True, slots=True)
class SignedUrls:
    """Presigned GET URLs that stay the same throughout a time window, so that browsers can cache them.

    A URL is valid for two windows, so it still works for one window after it was last issued.
    """

    credentials: Callable[[], Any]
    endpoint: str
    region: str
    bucket: str
    now: Callable[[], datetime]
    window: timedelta = URL_WINDOW

    def sign(self, key: str, filename: str | None = None, *, method: str = "GET") -> str:
        """A path-style URL, valid for one to two windows; with a filename, browsers save it under that name."""
        url = f"{self.endpoint}/{self.bucket}/{quote(key, safe='/~')}"
        credentials = self.credentials().get_frozen_credentials()
        starts_at = window_start(self.now(), self.window)
        return _presign(method, url, filename, credentials, self.region, starts_at, self.window)


# A page of fifty photos has three hundred URLs, each of which takes 0.03 ms to sign, and is requested again and again.
@lru_cache(maxsize=10_000)
def _presign(
    method: str, url: str, filename: str | None, credentials: Any, region: str, starts_at: datetime, window: timedelta
) -> str:
    params = {content_disposition.PARAMETER: content_disposition.attachment(filename)} if filename else {}
    return presign(method, url, params, credentials, region, starts_at=starts_at, lifetime=2 * window)
