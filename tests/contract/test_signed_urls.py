import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials

from chalicelib.aws import s3
from chalicelib.aws.content_disposition import attachment
from chalicelib.aws.s3 import SignedUrls
from local.provision import ProvisionedStack
from tests.contract.conftest import S3Buckets
from tests.contract.test_originals import KEYS

WINDOW = timedelta(hours=1)
NAMES = ("a.jpg", "a + b & c=d;e%20.jpg", 'sa"id\\.jpg', "Bucht, 3. Mai.jpg", "бухта 🏖.jpg", "ß" * 125 + ".heic")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def signed(at: datetime, key: str = "o/p1/a.jpg", filename: str | None = None, **different: Any) -> str:
    arguments: dict[str, Any] = {
        "credentials": lambda: Credentials("id", "secret"),
        "endpoint": "https://s3.eu-west-1.amazonaws.com",
        "region": "eu-west-1",
        "bucket": "b",
    }
    return SignedUrls(**(arguments | different), now=lambda: at).sign(key, filename)


def test_url_is_the_same_within_a_window() -> None:
    assert signed(NOON) == signed(NOON + WINDOW - timedelta(microseconds=1))
    assert signed(NOON) != signed(NOON + WINDOW)
    assert signed(NOON) != signed(NOON - timedelta(microseconds=1))


def test_url_is_signed_once_in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    url = signed(NOON, "o/p1/once.jpg")
    monkeypatch.delattr(s3, "presign")
    assert signed(NOON + timedelta(minutes=5), "o/p1/once.jpg") == url
    with pytest.raises(NameError):
        signed(NOON + WINDOW, "o/p1/once.jpg")


def test_url_with_a_filename_is_the_same_within_a_window() -> None:
    name = "Bucht, 3. Mai 🏖.jpg"
    assert signed(NOON, filename=name) == signed(NOON + WINDOW - timedelta(microseconds=1), filename=name)
    assert signed(NOON, filename=name) != signed(NOON)


def test_url_depends_on_key_bucket_and_credentials() -> None:
    assert len({
        signed(NOON),
        signed(NOON, "o/p1/b.jpg"),
        signed(NOON, bucket="c"),
        signed(NOON, credentials=lambda: Credentials("id", "another")),
    }) == 4  # fmt: skip


def test_url_expires_two_windows_after_its_window_starts() -> None:
    url = signed(NOON + timedelta(minutes=59))
    assert "X-Amz-Date=20261120T120000Z" in url
    assert "X-Amz-Expires=7200" in url


def test_url_contains_the_session_token() -> None:
    assert "X-Amz-Security-Token=t%2F" in signed(NOON, credentials=lambda: Credentials("id", "secret", "t/"))


def get(url: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body of a GET or HEAD."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, b""


def urls(cloud: ProvisionedStack, buckets: S3Buckets, ago: timedelta = timedelta()) -> SignedUrls:
    key = cloud.services.access_key
    return SignedUrls(
        credentials=lambda: Credentials(key.key_id, key.secret),
        endpoint=buckets.s3.meta.endpoint_url,
        region=buckets.s3.meta.region_name,
        bucket=buckets.derivatives_bucket,
        now=lambda: datetime.now(UTC) - ago,
    )


@pytest.mark.cloud
@pytest.mark.parametrize("key", KEYS)
def test_url_of_any_key_is_valid(cloud: ProvisionedStack, cloud_buckets: S3Buckets, key: str) -> None:
    cloud_buckets.derivatives.put(key, b"image", "image/jpeg", {})
    assert get(urls(cloud, cloud_buckets).sign(key)) == (200, b"image")


@pytest.mark.cloud
def test_url_is_valid_for_its_method_only(cloud: ProvisionedStack, cloud_buckets: S3Buckets) -> None:
    cloud_buckets.derivatives.put("k", b"image", "image/jpeg", {})
    for signed_for, sent in (("GET", "GET"), ("HEAD", "HEAD"), ("GET", "HEAD"), ("HEAD", "GET")):
        status, _ = get(urls(cloud, cloud_buckets).sign("k", "a.jpg", method=signed_for), sent)
        assert status == (200 if signed_for == sent else 403)


@pytest.mark.cloud
@pytest.mark.parametrize("name", NAMES)
def test_filename_is_in_content_disposition(cloud: ProvisionedStack, cloud_buckets: S3Buckets, name: str) -> None:
    cloud_buckets.derivatives.put("k", b"image", "image/jpeg", {})
    url = urls(cloud, cloud_buckets).sign("k", name)
    with urllib.request.urlopen(url, timeout=10) as response:
        assert response.headers["Content-Disposition"] == attachment(name)
        assert (response.headers["Content-Type"], response.read()) == ("image/jpeg", b"image")
    assert get(url.replace("attachment", "inline"))[0] == 403


@pytest.mark.cloud
def test_url_of_the_previous_window_is_valid_and_an_older_one_is_not(
    cloud: ProvisionedStack, cloud_buckets: S3Buckets
) -> None:
    cloud_buckets.derivatives.put("k", b"image", "image/jpeg", {})
    assert get(urls(cloud, cloud_buckets, WINDOW).sign("k")) == (200, b"image")
    assert get(urls(cloud, cloud_buckets, 2 * WINDOW).sign("k")) == (403, b"")


@pytest.mark.cloud
def test_altered_url_is_rejected(cloud: ProvisionedStack, cloud_buckets: S3Buckets) -> None:
    for key in ("k", "other"):
        cloud_buckets.derivatives.put(key, b"image", "image/jpeg", {})
    url = urls(cloud, cloud_buckets).sign("k")
    assert get(url.replace("/k?", "/other?"))[0] == 403
    assert get(url.replace("X-Amz-Expires=7200", "X-Amz-Expires=72000"))[0] == 403
    assert get(url.replace("X-Amz-Signature=", "X-Amz-Signature=0"))[0] == 403
