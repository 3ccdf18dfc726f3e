"""The two buckets of pictures in S3: originals that are only ever read, and what is made of them."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import IO, Any
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from chalicelib.aws import content_disposition
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.aws.url_window import URL_WINDOW, window_start
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.ingest.originals import Original
from chalicelib.ingest.uploads import PresignedPost
from chalicelib.library.photo import State

NOT_FOUND_CODES = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed"})
STATE_TAG = "tintype-state"
MAX_OBJECT_TAGS = 10
DELETE_BATCH_SIZE = 1000
# A derivative never changes under its URL for as long as the URL lives.
CACHE_CONTROL = "private, max-age=3600, immutable"


@dataclass(frozen=True, slots=True)
class S3Originals:
    """`originals.Originals`, `uploads.Tickets`, `removal.Shredder`, `volumes.Source` over one versioned bucket."""

    client: Any
    bucket: str

    def head(self, key: str) -> Original | None:
        """What lies under the key now, or None."""
        try:
            with translate_transient_errors():
                answer = self.client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                return None
            raise
        return Original(
            key=key,
            version=answer.get("VersionId") or answer["ETag"],
            size=answer["ContentLength"],
            stored_at=answer["LastModified"].astimezone(UTC),
            metadata=answer["Metadata"],
        )

    def download(self, original: Original, into: IO[bytes]) -> None:
        """Write that version's bytes; raises Conflict where the version is gone."""
        try:
            with translate_transient_errors():
                answer = self.client.get_object(Bucket=self.bucket, Key=original.key, VersionId=original.version)
                shutil.copyfileobj(answer["Body"], into, 1024 * 1024)
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise Conflict("The original has changed since it was looked at.") from error
            raise

    def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
        """Bytes `first` to `last` of that version, as far as there are any; raises NotFound where it is gone."""
        where = {"Bucket": self.bucket, "Key": key, "VersionId": version, "Range": f"bytes={first}-{last}"}
        try:
            with translate_transient_errors():
                return bytes(self.client.get_object(**where)["Body"].read())
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise NotFound("That version of the original is gone.") from error
            if error_code(error) == "InvalidRange":
                return b""
            raise

    def tag_state(self, original: Original, state: State) -> None:
        """Tag the object with the photo's state, beside the tags it has; one that is full of tags is let be."""
        where: dict[str, Any] = {"Bucket": self.bucket, "Key": original.key, "VersionId": original.version}
        try:
            with translate_transient_errors():
                tags = {tag["Key"]: tag["Value"] for tag in self.client.get_object_tagging(**where)["TagSet"]}
                after = tags | {STATE_TAG: str(state)}
                if after == tags or len(after) > MAX_OBJECT_TAGS:
                    return
                marked = [{"Key": key, "Value": value} for key, value in after.items()]
                self.client.put_object_tagging(**where, Tagging={"TagSet": marked})
        except ClientError as error:
            if error_code(error) not in NOT_FOUND_CODES:
                raise

    def purge(self, key: str, version: str) -> None:
        """Delete this version and all that were stored before it, this one last; what came later stays.

        Markers of deletions go only where nothing stays: the one on top of a later version keeps that hidden.
        """
        versions, markers = self._list_versions(key)
        if version not in versions:
            return  # the last to go: all before it are gone
        later = versions.index(version)
        self._delete_versions(key, [*versions[later + 1 :], *(markers if later == 0 else [])])
        self._delete_versions(key, [version])

    def _list_versions(self, key: str) -> tuple[list[str], list[str]]:
        """The versions under this key, the latest first, and the markers of deletions."""
        versions: list[str] = []
        markers: list[str] = []
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
            versions += [found["VersionId"] for found in page.get("Versions", []) if found["Key"] == key]
            markers += [found["VersionId"] for found in page.get("DeleteMarkers", []) if found["Key"] == key]
            if page.get("NextKeyMarker", key) != key:
                break
        return versions, markers

    def _delete_versions(self, key: str, versions: list[str]) -> None:
        for some in batched(versions, DELETE_BATCH_SIZE):
            delete_objects(self.client, self.bucket, [{"Key": key, "VersionId": version} for version in some])

    def check_access(self) -> None:
        """Ask for the bucket itself; raises what S3 says where it is not there."""
        self.client.head_bucket(Bucket=self.bucket)

    def presign_post(
        self, key: str, *, mime: str, min_bytes: int, max_bytes: int, lifetime: timedelta
    ) -> PresignedPost:
        """A POST policy that fixes the key, the type and the size in bytes."""
        made = self.client.generate_presigned_post(
            self.bucket,
            key,
            Fields={"Content-Type": mime},
            Conditions=[{"Content-Type": mime}, ["content-length-range", min_bytes, max_bytes]],
            ExpiresIn=int(lifetime.total_seconds()),
        )
        return PresignedPost(url=made["url"], fields=made["fields"])

    def presign_put(self, key: str, *, lifetime: timedelta) -> str:
        """A presigned PUT URL for this key, whatever the type."""
        seconds = int(lifetime.total_seconds())
        where = {"Bucket": self.bucket, "Key": key}
        return str(self.client.generate_presigned_url("put_object", Params=where, ExpiresIn=seconds))

    def put(self, key: str, data: bytes, mime: str) -> None:
        """Store an original that came through one of our own doors."""
        with translate_transient_errors():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=mime)


@dataclass(frozen=True, slots=True)
class S3Derivatives:
    """`darkroom.Derivatives` over one bucket."""

    client: Any
    bucket: str

    def put(self, key: str, data: bytes, mime: str, metadata: Mapping[str, str]) -> None:
        """Store one image under its key, replacing what was there."""
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
        """One image's bytes; raises NotFound."""
        try:
            with translate_transient_errors():
                return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error_code(error) in NOT_FOUND_CODES:
                raise NotFound("There is no such image.") from error
            raise

    def remove(self, keys: list[str]) -> None:
        """Remove these; those that are not there are let be."""
        for some in batched(keys, DELETE_BATCH_SIZE):
            delete_objects(self.client, self.bucket, [{"Key": key} for key in some])

    def check_access(self) -> None:
        """Ask for the bucket itself; raises what S3 says where it is not there."""
        self.client.head_bucket(Bucket=self.bucket)


def delete_objects(client: Any, bucket: str, objects: list[dict[str, str]]) -> None:
    """Delete at most 1,000 objects; raises Unavailable where one could not be."""
    with translate_transient_errors():
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    # The call succeeds even where a key did not.
    if refused := answer.get("Errors"):
        raise Unavailable(f"{len(refused)} objects could not be deleted: {refused[0].get('Code')}.")


class _WindowedAuth(S3SigV4QueryAuth):  # type: ignore[misc]  # botocore comes without types
    """SigV4 in the query, dated at the beginning of a time window instead of now."""

    def __init__(self, credentials: Any, region: str, *, opens: datetime, life: timedelta) -> None:
        super().__init__(credentials, "s3", region, expires=int(life.total_seconds()))
        self._opens = opens

    def _modify_request_before_signing(self, request: Any) -> None:
        request.context["timestamp"] = f"{self._opens:%Y%m%dT%H%M%SZ}"
        super()._modify_request_before_signing(request)


@dataclass(frozen=True, slots=True)
class SignedUrls:
    """Presigned GET URLs that stay the same throughout a window, so that browsers can cache.

    A URL lives for two windows: at the end of its own it is still good for another.
    """

    credentials: Callable[[], Any]
    endpoint: str
    region: str
    bucket: str
    now: Callable[[], datetime]
    window: timedelta = URL_WINDOW

    def sign(self, key: str, filename: str | None = None) -> str:
        """A URL of this object, by path, good for one to two windows; to save it under a name, if one is given."""
        opens = window_start(self.now(), self.window)
        told = {content_disposition.PARAMETER: content_disposition.attachment(filename)} if filename else {}
        request = AWSRequest("GET", f"{self.endpoint}/{self.bucket}/{quote(key, safe='/~')}", params=told)
        _WindowedAuth(self.credentials(), self.region, opens=opens, life=2 * self.window).add_auth(request)
        return str(request.url)
