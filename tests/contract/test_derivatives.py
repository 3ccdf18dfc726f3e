from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import NotFound, Unavailable
from tests.contract.conftest import Buckets, S3Buckets

KEYS = ["o/p1/resized-a.jpg", "o/p1/resized-ü b+c%2F🏖.jpg", "o/p1/thumbnail-'\"&<>.png", "o/" + "k" * 1022]


def put(buckets: Buckets, key: str, data: bytes = b"image") -> None:
    buckets.derivatives.put(key, data, "image/jpeg", {"photo-id": "p1"})


def names(buckets: S3Buckets) -> list[str]:
    return [found["Key"] for found in buckets.s3.list_objects_v2(Bucket=buckets.derivatives_bucket).get("Contents", [])]


@pytest.mark.parametrize("key", KEYS)
def test_stored_image_is_returned_unchanged(buckets: Buckets, key: str) -> None:
    put(buckets, key, b"\x00\xff image")
    assert buckets.derivatives.get(key) == b"\x00\xff image"


def test_put_replaces_an_existing_image(buckets: Buckets) -> None:
    put(buckets, "k", b"old")
    put(buckets, "k", b"new")
    assert buckets.derivatives.get("k") == b"new"


@pytest.mark.parametrize("key", KEYS)
def test_copy_has_bytes_type_metadata_and_cache_control(s3_buckets: S3Buckets, key: str) -> None:
    put(s3_buckets, key)
    s3_buckets.derivatives.copy(key, "p1/resized.jpg")
    one, other = (
        s3_buckets.s3.get_object(Bucket=s3_buckets.derivatives_bucket, Key=each) for each in (key, "p1/resized.jpg")
    )
    assert one["Body"].read() == other["Body"].read() == b"image"
    for name in ("ContentType", "Metadata", "CacheControl"):
        assert one[name] == other[name]


def test_copy_of_a_missing_image_raises_not_found(buckets: Buckets) -> None:
    with pytest.raises(NotFound):
        buckets.derivatives.copy("nowhere", "p1/resized.jpg")


def test_missing_image_raises_not_found(buckets: Buckets) -> None:
    with pytest.raises(NotFound):
        buckets.derivatives.get("nowhere")


def test_remove_deletes_images_and_ignores_missing_ones(buckets: Buckets) -> None:
    for key in (*KEYS, "stays"):
        put(buckets, key)
    for _ in range(2):
        buckets.derivatives.remove([*KEYS, "never there"])
    for key in KEYS:
        with pytest.raises(NotFound):
            buckets.derivatives.get(key)
    assert buckets.derivatives.get("stays") == b"image"


def test_remove_without_keys_deletes_nothing(buckets: Buckets) -> None:
    put(buckets, "stays")
    buckets.derivatives.remove([])
    assert buckets.derivatives.get("stays") == b"image"


def test_listing_has_the_keys_after_a_position_in_the_order_of_their_bytes(buckets: Buckets) -> None:
    keys = ["o/p1/a.jpg", "o/p1/\u00e9.jpg", "o/p1/\uff5e.jpg", "o/p1/\U0001f3d6.jpg", "o/p2/a.jpg"]
    for key in keys:
        put(buckets, key)
    assert buckets.derivative_lister.list_keys("o/p1") == (keys, False)
    assert buckets.derivative_lister.list_keys(keys[1]) == (keys[2:], False)
    assert buckets.derivative_lister.list_keys("o/p3") == ([], False)


@pytest.mark.parametrize("key", KEYS)
def test_existence_of_an_image_is_known_without_its_bytes(buckets: Buckets, key: str) -> None:
    assert not buckets.derivative_lister.exists(key)
    put(buckets, key)
    assert buckets.derivative_lister.exists(key)


def test_remove_handles_more_keys_than_one_request_allows(s3_buckets: S3Buckets) -> None:
    for key in ("first", "last", "stays"):
        put(s3_buckets, key)
    s3_buckets.derivatives.remove(["first", *(f"never-{n}" for n in range(1500)), "last"])
    assert names(s3_buckets) == ["stays"]


def test_image_has_type_metadata_and_cache_control(s3_buckets: S3Buckets) -> None:
    put(s3_buckets, "k")
    head = s3_buckets.s3.head_object(Bucket=s3_buckets.derivatives_bucket, Key="k")
    assert (head["ContentType"], head["Metadata"]) == ("image/jpeg", {"photo-id": "p1"})
    assert head["CacheControl"].startswith("private, ")


def test_remove_raises_if_one_key_failed(s3_buckets: S3Buckets) -> None:
    class Refusing:
        def delete_objects(self, **_: Any) -> dict[str, Any]:
            return {"Errors": [{"Key": "k", "Code": "InternalError"}]}

    with pytest.raises(Unavailable, match="InternalError"):
        replace(s3_buckets.derivatives, client=Refusing()).remove(["k"])
