from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bundles.models import (
    BUNDLE_LIFETIME,
    MAX_ATTEMPTS,
    Bundle,
    BundleState,
    Link,
    Variant,
    Volume,
    image_entry,
    link_token,
    new_volume,
    parse_link_token,
    split_into_volumes,
)
from chalicelib.bundles.zip import ImageBucket
from chalicelib.errors import Expired, NotFound
from chalicelib.library.photo import Derivative
from tests.support.factories import NOON, OWNER, photo


def bundle(*volumes: dict[str, Any]) -> Bundle:
    rows = tuple(Volume("b1", number, 2, 200, **fields) for number, fields in enumerate(volumes or ({},), start=1))
    return Bundle("b1", OWNER, NOON, NOON + BUNDLE_LIFETIME, notify=True, volumes=rows)


LEASED = {"attempts": 1, "worker": "w", "lease_expires_at": NOON + timedelta(seconds=9)}
BUILT = {"attempts": 1, "size": 222}


@pytest.mark.parametrize(
    ("volumes", "state"),
    [
        ([{}, {}], BundleState.QUEUED),
        ([LEASED, {}], BundleState.BUILDING),
        ([BUILT, {}], BundleState.BUILDING),
        ([BUILT, BUILT], BundleState.READY),
        ([BUILT, {"attempts": 2}], BundleState.BUILDING),
        ([BUILT, {"attempts": MAX_ATTEMPTS}], BundleState.FAILED),
        ([BUILT, {**LEASED, "attempts": MAX_ATTEMPTS}], BundleState.BUILDING),
        ([BUILT, {**LEASED, "attempts": MAX_ATTEMPTS, "lease_expires_at": NOON}], BundleState.FAILED),
        ([{}, {"attempts": 1, "reason": "It could not be."}], BundleState.FAILED),
        ([{**BUILT, "attempts": MAX_ATTEMPTS}], BundleState.READY),
    ],
)
def test_bundle_state_follows_from_its_volumes(volumes: list[dict[str, Any]], state: BundleState) -> None:
    assert bundle(*volumes).state(NOON) is state
    assert bundle(*volumes).state(NOON + BUNDLE_LIFETIME) is BundleState.EXPIRED


def test_photos_are_split_into_volumes_in_order() -> None:
    sizes = [400, 500, 200, 1200, 100, 900]
    photos = [photo(f"p{n}", bytes=size, object_version="v1") for n, size in enumerate(sizes)]
    volumes = list(split_into_volumes((image_entry(each, Variant.ORIGINAL) for each in photos), 1000))
    assert [[entry.photo_id for entry in volume] for volume in volumes] == [["p0", "p1"], ["p2"], ["p3"], ["p4", "p5"]]
    entry = volumes[0][0]
    assert (entry.key, entry.version, entry.bytes, entry.timestamp) == (photos[0].key, "v1", 400, NOON)
    row = new_volume("b1", 1, volumes[0])
    assert (row.photos, row.bytes, row.attempts) == (2, 900, 0)
    assert list(split_into_volumes([], 1000)) == []


@pytest.mark.parametrize(
    ("filename", "mime", "name"),
    [
        ("beach.jpg", "image/jpeg", "beach.jpg"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("scan", "image/png", "scan.png"),
    ],
)
def test_entry_of_a_resized_image_names_its_bucket_and_type(filename: str, mime: str, name: str) -> None:
    resized = Derivative("p1/resized.jpg", mime, "JPEG", 20, 15, 77)
    stored = photo("p1", filename=filename, bytes=900, object_version="v1", derivatives={"resized": resized})
    original, entry = (image_entry(stored, variant) for variant in (Variant.ORIGINAL, Variant.RESIZED))
    assert (entry.bucket, entry.key, entry.version, entry.bytes, entry.name) == (
        ImageBucket.DERIVATIVES,
        "p1/resized.jpg",
        "v1",
        77,
        name,
    )
    assert (original.bucket, original.key, original.bytes, original.name) == (
        ImageBucket.ORIGINALS,
        stored.key,
        900,
        filename,
    )


def test_names_are_unique_after_their_extensions_are_changed() -> None:
    entries = [
        image_entry(
            photo(f"p{n}", filename=name, derivatives={"resized": Derivative("k", "image/jpeg", "JPEG", 2, 1, 9)}),
            Variant.RESIZED,
        )
        for n, name in enumerate(("a.heic", "a.jpg", "a.tiff"))
    ]
    (volume,) = split_into_volumes(entries, 1000)
    assert [entry.name for entry in volume] == ["a.jpg", "a (2).jpg", "a (3).jpg"]


def test_link_token_is_valid_until_the_bundle_expires() -> None:
    stored = bundle({}, {})
    token = link_token(stored, 2, "secret")
    assert parse_link_token(token, NOON, "secret") == Link("b1", 2)
    assert parse_link_token(token, stored.expires_at - timedelta(seconds=1), "secret") == Link("b1", 2)
    assert parse_link_token(link_token(stored, 2, "secret", "k1"), NOON, "secret") == Link("b1", 2, "k1")
    with pytest.raises(Expired):
        parse_link_token(token, stored.expires_at, "secret")


@pytest.mark.parametrize(
    "alter", [lambda t: t[:-1], lambda t: "A" + t[1:], lambda t: t + "A", lambda _: "", lambda _: "ü"]
)
def test_altered_link_token_raises_not_found(alter: Any) -> None:
    token = link_token(bundle(), 1, "secret")
    with pytest.raises(NotFound):
        parse_link_token(alter(token), NOON, "secret")
    with pytest.raises(NotFound):
        parse_link_token(token, NOON, "another secret")


def test_link_tokens_are_unique() -> None:
    stored = bundle({}, {})
    other = replace(stored, bundle_id="b2")
    assert len({link_token(stored, 1, "s"), link_token(stored, 2, "s"), link_token(other, 1, "s")}) == 3
