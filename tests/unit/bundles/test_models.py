from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bundles.models import (
    BUNDLE_LIFETIME,
    MAX_ATTEMPTS,
    Bundle,
    BundleState,
    Volume,
    link_token,
    new_volume,
    parse_link_token,
    split_into_volumes,
)
from chalicelib.errors import Expired, NotFound
from tests.support.factories import NOON, OWNER, photo


def bundle(*volumes: dict[str, Any]) -> Bundle:
    rows = tuple(Volume("b1", number, 2, 200, **told) for number, told in enumerate(volumes or ({},), start=1))
    return Bundle("b1", OWNER, NOON, NOON + BUNDLE_LIFETIME, notify=True, volumes=rows)


HELD = {"attempts": 1, "worker": "w", "lease_expires_at": NOON + timedelta(seconds=9)}
DONE = {"attempts": 1, "size": 222}


@pytest.mark.parametrize(
    ("volumes", "state"),
    [
        ([{}, {}], BundleState.QUEUED),
        ([HELD, {}], BundleState.BUILDING),
        ([DONE, {}], BundleState.BUILDING),
        ([DONE, DONE], BundleState.READY),
        ([DONE, {"attempts": 2}], BundleState.BUILDING),
        ([DONE, {"attempts": MAX_ATTEMPTS}], BundleState.FAILED),
        ([DONE, {**HELD, "attempts": MAX_ATTEMPTS}], BundleState.BUILDING),
        ([DONE, {**HELD, "attempts": MAX_ATTEMPTS, "lease_expires_at": NOON}], BundleState.FAILED),
        ([{}, {"attempts": 1, "reason": "It could not be."}], BundleState.FAILED),
        ([{**DONE, "attempts": MAX_ATTEMPTS}], BundleState.READY),
    ],
)
def test_the_state_of_a_bundle_is_read_off_its_volumes(volumes: list[dict[str, Any]], state: BundleState) -> None:
    assert bundle(*volumes).state(NOON) is state
    assert bundle(*volumes).state(NOON + BUNDLE_LIFETIME) is BundleState.EXPIRED


def test_a_bundle_is_cut_into_volumes_in_the_order_of_its_photos() -> None:
    sizes = [400, 500, 200, 1200, 100, 900]
    photos = [photo(f"p{n}", bytes=size, object_version="v1") for n, size in enumerate(sizes)]
    volumes = list(split_into_volumes(photos, 1000))
    assert [[entry.photo_id for entry in volume] for volume in volumes] == [["p0", "p1"], ["p2"], ["p3"], ["p4", "p5"]]
    entry = volumes[0][0]
    assert (entry.key, entry.version, entry.bytes, entry.timestamp) == (photos[0].key, "v1", 400, NOON)
    row = new_volume("b1", 1, volumes[0])
    assert (row.photos, row.bytes, row.attempts) == (2, 900, 0)
    assert list(split_into_volumes([], 1000)) == []


def test_a_link_leads_to_its_volume_until_the_bundle_expires() -> None:
    made = bundle({}, {})
    token = link_token(made, 2, "secret")
    assert parse_link_token(token, NOON, "secret") == ("b1", 2)
    assert parse_link_token(token, made.expires_at - timedelta(seconds=1), "secret") == ("b1", 2)
    with pytest.raises(Expired):
        parse_link_token(token, made.expires_at, "secret")


@pytest.mark.parametrize(
    "mar", [lambda t: t[:-1], lambda t: "A" + t[1:], lambda t: t + "A", lambda _: "", lambda _: "ü"]
)
def test_a_link_that_was_altered_leads_nowhere(mar: Any) -> None:
    token = link_token(bundle(), 1, "secret")
    with pytest.raises(NotFound):
        parse_link_token(mar(token), NOON, "secret")
    with pytest.raises(NotFound):
        parse_link_token(token, NOON, "another secret")


def test_links_of_two_volumes_and_two_bundles_differ() -> None:
    made = bundle({}, {})
    other = replace(made, bundle_id="b2")
    assert len({link_token(made, 1, "s"), link_token(made, 2, "s"), link_token(other, 1, "s")}) == 3
