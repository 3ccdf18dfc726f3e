import base64
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ingest.uploads import PresignedPost
from tests.contract.conftest import Buckets, S3Buckets
from tests.contract.test_originals import download, get_original
from tests.support.multipart import TYPE, form

HOUR = timedelta(hours=1)
KEY = "o/p1/a b+ü%.jpg"
DATA = b"\xff\xd8 a picture"


def ticket(buckets: Buckets, key: str = KEY, *, size: int = len(DATA), life: timedelta = HOUR) -> PresignedPost:
    return buckets.upload_bucket.presign_post(key, mime="image/jpeg", min_bytes=size, max_bytes=size, lifetime=life)


def send(to: PresignedPost, data: bytes = DATA, **different: str | None) -> int:
    """POST the ticket's form with some fields replaced, or removed by None; returns the status."""
    fields: Mapping[str, str | None] = dict(to.fields) | different
    parts = [(name, None, value.encode()) for name, value in fields.items() if value is not None]
    return request("POST", to.url, form(*parts, ("file", "a.jpg", data)), {"Content-Type": TYPE})


def request(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> int:
    """The status of a request."""
    asked = urllib.request.Request(url, body, dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_ticket_contains_key_and_content_type(buckets: Buckets) -> None:
    presigned = ticket(buckets)
    assert (presigned.fields["key"], presigned.fields["Content-Type"]) == (KEY, "image/jpeg")


def test_put_stores_the_bytes(buckets: Buckets) -> None:
    buckets.upload_bucket.put(KEY, DATA, "image/jpeg")
    original = get_original(buckets, KEY)
    assert (original.size, download(buckets, original)) == (len(DATA), DATA)


def test_put_stores_the_type(s3_buckets: S3Buckets) -> None:
    s3_buckets.upload_bucket.put(KEY, DATA, "image/jpeg")
    assert s3_buckets.s3.head_object(Bucket=s3_buckets.bucket, Key=KEY)["ContentType"] == "image/jpeg"


def test_policy_restricts_bucket_key_type_and_size(s3_buckets: S3Buckets) -> None:
    presigned = s3_buckets.upload_bucket.presign_post(KEY, mime="image/jpeg", min_bytes=1, max_bytes=99, lifetime=HOUR)
    policy: dict[str, Any] = json.loads(base64.b64decode(presigned.fields["policy"]))
    for condition in (
        {"bucket": s3_buckets.bucket},
        {"key": KEY},
        {"Content-Type": "image/jpeg"},
        ["content-length-range", 1, 99],
    ):
        assert condition in policy["conditions"]
    assert presigned.url.endswith(f"/{s3_buckets.bucket}")


def test_policy_has_a_valid_signature(s3_buckets: S3Buckets) -> None:
    """The local cloud does not verify a form's signature, so it is recomputed here (SigV4, POST policy)."""
    presigned, credentials = ticket(s3_buckets), s3_buckets.s3._request_signer._credentials
    key = f"AWS4{credentials.secret_key}".encode()
    for part in presigned.fields["x-amz-credential"].split("/")[1:]:
        key = hmac.digest(key, part.encode(), "sha256")
    assert presigned.fields["x-amz-signature"] == hmac.digest(key, presigned.fields["policy"].encode(), "sha256").hex()


@pytest.mark.cloud
def test_matching_file_is_accepted(cloud_buckets: S3Buckets) -> None:
    assert send(ticket(cloud_buckets)) == 204
    original = get_original(cloud_buckets, KEY)
    assert download(cloud_buckets, original) == DATA
    assert cloud_buckets.s3.head_object(Bucket=cloud_buckets.bucket, Key=KEY)["ContentType"] == "image/jpeg"


@pytest.mark.cloud
@pytest.mark.parametrize(
    ("different", "data"),
    [
        ({"key": "o/p2/a.jpg"}, DATA),
        ({"key": KEY + "x"}, DATA),
        ({}, DATA + b"x"),
        ({}, DATA[:-1]),
        ({}, b""),
        ({"Content-Type": "text/html"}, DATA),
        ({"Content-Type": None}, DATA),
        ({"policy": None}, DATA),
        ({"x-amz-meta-status": "public"}, DATA),
        ({"acl": "public-read"}, DATA),
    ],
    ids=str,
)
def test_upload_that_differs_from_the_ticket_is_rejected(
    cloud_buckets: S3Buckets, different: dict[str, str | None], data: bytes
) -> None:
    presigned = ticket(cloud_buckets)
    assert 400 <= send(presigned, data, **different) < 500
    listed = cloud_buckets.s3.list_objects_v2(Bucket=cloud_buckets.bucket)
    assert listed["KeyCount"] == 0


@pytest.mark.cloud
def test_expired_ticket_is_rejected(cloud_buckets: S3Buckets) -> None:
    assert 400 <= send(ticket(cloud_buckets, life=-timedelta(seconds=1))) < 500
    assert cloud_buckets.originals.head(KEY) is None


@pytest.mark.cloud
def test_ticket_without_size_accepts_any_size_up_to_the_limit(cloud_buckets: S3Buckets) -> None:
    presigned = cloud_buckets.upload_bucket.presign_post(
        KEY, mime="image/jpeg", min_bytes=0, max_bytes=10, lifetime=HOUR
    )
    assert [send(presigned, b"x" * size) for size in (0, 1, 10)] == [204, 204, 204]
    assert 400 <= send(presigned, b"x" * 11) < 500


@pytest.mark.cloud
@pytest.mark.parametrize("mime", ["image/jpeg", "image/heic", "text/plain", ""])
def test_presigned_put_accepts_any_content_type(cloud_buckets: S3Buckets, mime: str) -> None:
    url = cloud_buckets.upload_bucket.presign_put(KEY, lifetime=HOUR)
    assert request("PUT", url, DATA, {"Content-Type": mime}) == 200
    assert download(cloud_buckets, get_original(cloud_buckets, KEY)) == DATA


@pytest.mark.cloud
def test_presigned_put_is_valid_for_its_key_and_method_only(cloud_buckets: S3Buckets) -> None:
    url = cloud_buckets.upload_bucket.presign_put(KEY, lifetime=HOUR)
    assert request("GET", url) == 403
    assert request("PUT", url.replace("/p1/", "/p2/"), DATA) == 403
    assert request("PUT", url.replace("X-Amz-Signature=", "X-Amz-Signature=0"), DATA) == 403
    assert cloud_buckets.s3.list_objects_v2(Bucket=cloud_buckets.bucket)["KeyCount"] == 0
