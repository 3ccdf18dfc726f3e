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
from tests.contract.test_originals import bytes_of, there
from tests.support.multipart import TYPE, form

HOUR = timedelta(hours=1)
KEY = "o/p1/a b+ü%.jpg"
DATA = b"\xff\xd8 a picture"


def ticket(buckets: Buckets, key: str = KEY, *, size: int = len(DATA), life: timedelta = HOUR) -> PresignedPost:
    return buckets.tickets.presign_post(key, mime="image/jpeg", min_bytes=size, max_bytes=size, lifetime=life)


def send(to: PresignedPost, data: bytes = DATA, **different: str | None) -> int:
    """Send a file with the ticket's form, some fields changed, or left out by None; answers the status."""
    fields: Mapping[str, str | None] = dict(to.fields) | different
    parts = [(name, None, value.encode()) for name, value in fields.items() if value is not None]
    return request("POST", to.url, form(*parts, ("file", "a.jpg", data)), {"Content-Type": TYPE})


def request(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> int:
    """One request to this machine; answers its status."""
    asked = urllib.request.Request(url, body, dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_ticket_contains_key_and_content_type(buckets: Buckets) -> None:
    made = ticket(buckets)
    assert (made.fields["key"], made.fields["Content-Type"]) == (KEY, "image/jpeg")


def test_put_stores_the_bytes(buckets: Buckets) -> None:
    buckets.tickets.put(KEY, DATA, "image/jpeg")
    original = there(buckets, KEY)
    assert (original.size, bytes_of(buckets, original)) == (len(DATA), DATA)


def test_put_stores_the_type(s3_buckets: S3Buckets) -> None:
    s3_buckets.tickets.put(KEY, DATA, "image/jpeg")
    assert s3_buckets.s3.head_object(Bucket=s3_buckets.bucket, Key=KEY)["ContentType"] == "image/jpeg"


def test_policy_restricts_bucket_key_type_and_size(s3_buckets: S3Buckets) -> None:
    made = s3_buckets.tickets.presign_post(KEY, mime="image/jpeg", min_bytes=1, max_bytes=99, lifetime=HOUR)
    policy: dict[str, Any] = json.loads(base64.b64decode(made.fields["policy"]))
    for condition in (
        {"bucket": s3_buckets.bucket},
        {"key": KEY},
        {"Content-Type": "image/jpeg"},
        ["content-length-range", 1, 99],
    ):
        assert condition in policy["conditions"]
    assert made.url.endswith(f"/{s3_buckets.bucket}")


def test_policy_has_a_valid_signature(s3_buckets: S3Buckets) -> None:
    """The local cloud does not look at a form's signature, so it is computed here once more (SigV4, POST policy)."""
    made, credentials = ticket(s3_buckets), s3_buckets.s3._request_signer._credentials
    key = f"AWS4{credentials.secret_key}".encode()
    for part in made.fields["x-amz-credential"].split("/")[1:]:
        key = hmac.digest(key, part.encode(), "sha256")
    assert made.fields["x-amz-signature"] == hmac.digest(key, made.fields["policy"].encode(), "sha256").hex()


@pytest.mark.cloud
def test_matching_file_is_accepted(cloud_buckets: S3Buckets) -> None:
    assert send(ticket(cloud_buckets)) == 204
    original = there(cloud_buckets, KEY)
    assert bytes_of(cloud_buckets, original) == DATA
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
    made = ticket(cloud_buckets)
    assert 400 <= send(made, data, **different) < 500
    listed = cloud_buckets.s3.list_objects_v2(Bucket=cloud_buckets.bucket)
    assert listed["KeyCount"] == 0


@pytest.mark.cloud
def test_expired_ticket_is_rejected(cloud_buckets: S3Buckets) -> None:
    assert 400 <= send(ticket(cloud_buckets, life=-timedelta(seconds=1))) < 500
    assert cloud_buckets.originals.head(KEY) is None


@pytest.mark.cloud
def test_ticket_without_size_accepts_any_size_up_to_the_limit(cloud_buckets: S3Buckets) -> None:
    made = cloud_buckets.tickets.presign_post(KEY, mime="image/jpeg", min_bytes=1, max_bytes=10, lifetime=HOUR)
    assert [send(made, b"x" * size) for size in (1, 10)] == [204, 204]
    assert [400 <= send(made, b"x" * size) < 500 for size in (0, 11)] == [True, True]


@pytest.mark.cloud
@pytest.mark.parametrize("mime", ["image/jpeg", "image/heic", "text/plain", ""])
def test_presigned_put_accepts_any_content_type(cloud_buckets: S3Buckets, mime: str) -> None:
    url = cloud_buckets.tickets.presign_put(KEY, lifetime=HOUR)
    assert request("PUT", url, DATA, {"Content-Type": mime}) == 200
    assert bytes_of(cloud_buckets, there(cloud_buckets, KEY)) == DATA


@pytest.mark.cloud
def test_presigned_put_is_valid_for_its_key_and_method_only(cloud_buckets: S3Buckets) -> None:
    url = cloud_buckets.tickets.presign_put(KEY, lifetime=HOUR)
    assert request("GET", url) == 403
    assert request("PUT", url.replace("/p1/", "/p2/"), DATA) == 403
    assert request("PUT", url.replace("X-Amz-Signature=", "X-Amz-Signature=0"), DATA) == 403
    assert cloud_buckets.s3.list_objects_v2(Bucket=cloud_buckets.bucket)["KeyCount"] == 0
