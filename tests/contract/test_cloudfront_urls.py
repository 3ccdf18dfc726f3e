"""CloudFront's signed URLs, checked by a fake of its edge."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.aws import content_disposition
from chalicelib.aws.cloudfront import CloudFrontUrls
from tests.contract.test_originals import KEYS
from tests.contract.test_signed_urls import NAMES
from tests.fakes import cloudfront

WINDOW = timedelta(hours=1)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PRIVATE, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
SIGNERS = {"K1": PRIVATE.public_key(), "K2": OTHER.public_key()}


def setting(key_id: str, private: rsa.RSAPrivateKey) -> str:
    """The setting as the deployment stores it."""
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return f"{key_id}\n{pem.decode()}"


def signed(
    at: datetime = NOON, key: str = "o/p1/a.jpg", by: str = setting("K1", PRIVATE), filename: str | None = None
) -> str:
    return CloudFrontUrls("https://images.example.org", by, lambda: at).sign(key, filename)


def test_url_is_the_same_within_a_window() -> None:
    assert signed(NOON) == signed(NOON + WINDOW - timedelta(microseconds=1))
    assert signed(NOON) != signed(NOON + WINDOW)
    assert signed(NOON) != signed(NOON - timedelta(microseconds=1))


def test_url_expires_two_windows_after_its_window_starts() -> None:
    url = signed(NOON + timedelta(minutes=59))
    assert cloudfront.status(url, SIGNERS, NOON + 2 * WINDOW - timedelta(seconds=1)) == 200
    assert cloudfront.status(url, SIGNERS, NOON + 2 * WINDOW) == 403


@pytest.mark.parametrize("key", KEYS)
def test_url_of_any_key_is_valid(key: str) -> None:
    url = signed(key=key)
    assert cloudfront.status(url, SIGNERS, NOON) == 200
    assert unquote(cloudfront.object_key(url)) == key
    assert url.isascii()


@pytest.mark.parametrize("name", NAMES)
def test_url_contains_the_filename_and_is_valid_for_it_only(name: str) -> None:
    url = signed(filename=name)
    assert url == signed(NOON + WINDOW - timedelta(microseconds=1), filename=name)
    assert cloudfront.status(url, SIGNERS, NOON) == 200
    assert cloudfront.forwarded_query(url) == {content_disposition.PARAMETER: content_disposition.attachment(name)}
    assert cloudfront.status(url.replace("attachment", "inline"), SIGNERS, NOON) == 403
    assert cloudfront.forwarded_query(signed()) == {}
    assert url.isascii()
    assert len(url) < cloudfront.MAX_URL_BYTES


def test_altered_url_is_rejected() -> None:
    url = signed()
    expires = str(int((NOON + 2 * WINDOW).timestamp()))
    assert expires in url
    assert cloudfront.status(url.replace("a.jpg", "b.jpg"), SIGNERS, NOON) == 403
    assert cloudfront.status(url.replace(expires, str(int(expires) + 1)), SIGNERS, NOON) == 403
    assert cloudfront.status(url.replace("Key-Pair-Id=K1", "Key-Pair-Id=K2"), SIGNERS, NOON) == 403
    assert cloudfront.status(url.replace("images.", "other."), SIGNERS, NOON) == 403


def test_both_signing_keys_are_valid_during_rotation() -> None:
    assert cloudfront.status(signed(), SIGNERS, NOON) == 200
    assert cloudfront.status(signed(by=setting("K2", OTHER)), SIGNERS, NOON) == 200
    assert cloudfront.status(signed(), {"K2": OTHER.public_key()}, NOON) == 403


def test_private_key_is_not_in_repr() -> None:
    urls = CloudFrontUrls("https://images.example.org", setting("K1", PRIVATE), lambda: NOON)
    assert "PRIVATE" not in repr(urls)
