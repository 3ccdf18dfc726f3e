"""Buckets and their configuration, which MiniStack keeps; the only module here that imports it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ministack.core.responses import get_region, request_scope
from ministack.services import s3

from local.ministack.objects.index import Index


class MiniStackBuckets:
    """`storage.Buckets` over MiniStack's dictionaries."""

    def exists(self, bucket: str) -> bool:
        """Whether there is such a bucket."""
        return bool(bucket) and s3._bucket_owner_account(bucket) is not None

    def versioning(self, bucket: str) -> str:
        """`Enabled`, `Suspended`, or an empty string."""
        with _owner_scope(bucket):
            return str(s3._bucket_versioning.get(bucket, "") or "")

    def lifecycle_rules(self, bucket: str) -> Sequence[Mapping[str, Any]]:
        """The rules, but none that MiniStack could not parse."""
        with _owner_scope(bucket):
            rules = s3._bucket_lifecycle.get(bucket)
            return rules if isinstance(rules, list) else []

    def cors_preflight(self, bucket: str, key: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """The answer to OPTIONS, as the bucket's CORS rules say."""
        status, response_headers, body = s3.cors_preflight(bucket, key, headers)
        return status, response_headers, body

    def cors_headers(self, bucket: str, method: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The Access-Control headers of a response."""
        found: Mapping[str, str] = s3.cors_response_headers(bucket, method, headers)
        return found

    def notify(self, bucket: str, key: str, event: str, *, size: int, etag: str, version_id: str) -> None:
        """Send the event."""
        with _owner_scope(bucket):
            deletion = "Delete Marker Created" if event.endswith("DeleteMarkerCreated") else None
            s3._fire_s3_event_async(
                bucket,
                key,
                event,
                size=size,
                etag=f'"{etag}"',
                deletion_type=deletion,
                version_id=version_id or None,
            )


def patch_bucket_has_versions(index: Index) -> Callable[[str], bool]:
    """MiniStack's check before it deletes a bucket."""
    return lambda bucket: not index.is_empty(bucket)


@contextmanager
def _owner_scope(bucket: str) -> Iterator[None]:
    """MiniStack's dictionaries are those of an account and region, which are variables of the context."""
    with request_scope(s3._bucket_owner_account(bucket) or "", get_region()):
        yield
