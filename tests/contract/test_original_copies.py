from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

import pytest
from botocore.credentials import Credentials

from chalicelib.aws.original_copies import REUSE_PERIOD, S3OriginalCopies
from chalicelib.aws.s3 import SignedUrls
from chalicelib.errors import NotFound
from chalicelib.library.photo import Photo
from tests.contract.conftest import S3Buckets
from tests.support.factories import photo

KEY = "secret folder/sea & sand + 100 %/bäy.jpg"
METADATA = {"tags": "secret-tag", "label": "secret-label"}


def copies_over(buckets: S3Buckets, *, later: timedelta = timedelta(0), credentials: Any = None) -> S3OriginalCopies:
    """Copies in the derivatives bucket, as a bundles bucket."""

    def now() -> datetime:
        return datetime.now(UTC) + later

    meta = buckets.s3.meta
    keys = credentials or (lambda: Credentials("id", "secret"))
    urls = SignedUrls(keys, meta.endpoint_url, meta.region_name, buckets.derivatives_bucket, now)
    return S3OriginalCopies(buckets.s3, buckets.bucket, buckets.derivatives_bucket, urls, now, "secret")


def stored_photo(buckets: S3Buckets, data: bytes = b"image") -> Photo:
    """A photo whose original is in the bucket."""
    buckets.drop(KEY, data, METADATA)
    original = buckets.originals.head(KEY)
    assert original is not None
    return photo(owner="the-owner", key=KEY, filename="Bucht 🏖.jpg", object_version=original.version)


def copied(buckets: S3Buckets) -> dict[str, Any]:
    """The objects of the bundles bucket by key."""
    listed = buckets.s3.list_objects_v2(Bucket=buckets.derivatives_bucket).get("Contents", [])
    return {each["Key"]: each for each in listed}


def test_copy_has_the_bytes_but_nothing_else_of_the_original(s3_buckets: S3Buckets) -> None:
    stored = stored_photo(s3_buckets)
    url = copies_over(s3_buckets).url(stored, method="GET")
    [key] = copied(s3_buckets)
    assert urlsplit(url).path == f"/{s3_buckets.derivatives_bucket}/{key}"
    for secret in ("the-owner", "secret", "bäy", stored.photo_id):
        assert secret not in unquote(url).replace("response-content-disposition", "").replace("Bucht", "")
    found = s3_buckets.s3.get_object(Bucket=s3_buckets.derivatives_bucket, Key=key)
    assert found["Body"].read() == b"image"
    assert (found["Metadata"], found["ContentType"]) == ({}, "application/octet-stream")


def test_copy_of_the_same_version_is_used_again_for_a_while(s3_buckets: S3Buckets) -> None:
    stored = stored_photo(s3_buckets)
    first = copies_over(s3_buckets).url(stored, method="GET").split("?")[0]
    [made] = copied(s3_buckets).values()
    s3_buckets.s3.put_object(Bucket=s3_buckets.derivatives_bucket, Key=made["Key"], Body=b"marked")
    still = copies_over(s3_buckets, later=REUSE_PERIOD - timedelta(minutes=1))
    assert still.url(stored, method="GET").split("?")[0] == first
    assert copied(s3_buckets)[made["Key"]]["Size"] == len(b"marked")
    copies_over(s3_buckets, later=REUSE_PERIOD + timedelta(minutes=1)).url(stored, method="GET")
    assert copied(s3_buckets)[made["Key"]]["Size"] == len(b"image")


def test_another_version_has_another_copy(s3_buckets: S3Buckets) -> None:
    copies = copies_over(s3_buckets)
    first = copies.url(stored_photo(s3_buckets), method="GET").split("?")[0]
    second = copies.url(stored_photo(s3_buckets, b"another"), method="GET").split("?")[0]
    assert first != second
    assert sorted(each["Size"] for each in copied(s3_buckets).values()) == [5, 7]


def test_missing_original_or_version_raises_not_found(s3_buckets: S3Buckets) -> None:
    stored = stored_photo(s3_buckets)
    with pytest.raises(NotFound):
        copies_over(s3_buckets).url(replace(stored, key="other.jpg"), method="GET")
    original = s3_buckets.originals.head(KEY)
    assert original is not None
    s3_buckets.delete_version(original)
    with pytest.raises(NotFound):
        copies_over(s3_buckets).url(stored, method="GET")


def test_url_downloads_the_copy_under_the_name_of_the_photo(cloud_buckets: S3Buckets, cloud_clients: Any) -> None:
    stored = stored_photo(cloud_buckets)
    copies = copies_over(cloud_buckets, credentials=cloud_clients.session.get_credentials)
    with urlopen(copies.url(stored, method="GET"), timeout=10) as response:
        assert response.read() == b"image"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert not any("secret" in str(value) for value in response.headers.values())
