from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.dynamodb.bundles import DynamoBundleStore
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.bundles.models import BUNDLE_LIFETIME, Bundle, Volume
from chalicelib.ingest.leases import LEASE_DURATION, acquire, is_leased
from chalicelib.library.photo import State
from local.leases import end_leases
from tests.contract.tables import create_bundles_table, create_tables
from tests.support.aws_clients import moto_clients
from tests.support.factories import NOON, OWNER, photo

NOW = NOON + timedelta(seconds=10)


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        yield moto_clients().get("dynamodb")


def test_leases_end_and_nothing_else_becomes_due(dynamodb: Any) -> None:
    tables = create_tables(dynamodb, "t")
    store = DynamoPhotoStore(dynamodb, tables, lambda: NOON, lambda _: None, lambda: 0.5)
    processing = store.commit(None, acquire(photo("p1"), State.PROCESSING, worker="w", now=NOON))
    ticket = store.commit(None, replace(photo("p2", state=State.UPLOADING), due_at=NOON + LEASE_DURATION))
    trashed = store.commit(None, replace(photo("p3", state=State.TRASHED), due_at=NOON + timedelta(days=30)))
    assert is_leased(processing, now=NOW)
    assert end_leases(dynamodb, tables.photos, create_bundles_table(dynamodb, "t"), NOW) == 1
    after = store.get("p1")
    assert after is not None
    assert (is_leased(after, now=NOW), after.due_at) == (False, NOW)
    assert replace(after, due_at=processing.due_at) == processing
    assert [entry.photo_id for entry in store.list_due(NOW, None, 10)] == ["p1"]
    assert (store.get("p2"), store.get("p3")) == (ticket, trashed)
    store.commit(after, acquire(after, State.PROCESSING, worker="new", now=NOW))  # by the next worker


def test_leases_of_volumes_end(dynamodb: Any) -> None:
    tables, bundles_table = create_tables(dynamodb, "t"), create_bundles_table(dynamodb, "t")
    store = DynamoBundleStore(dynamodb, bundles_table, lambda _: None, lambda: 0.5)
    volumes = tuple(Volume("b1", number, 10, 1000) for number in (1, 2))
    store.add(Bundle("b1", OWNER, NOON, NOON + BUNDLE_LIFETIME, True, volumes), max_bundles=1)
    store.save_volume(volumes[0], replace(volumes[0], worker="w", lease_expires_at=NOON + timedelta(minutes=1)))
    assert end_leases(dynamodb, tables.photos, bundles_table, NOW) == 1
    bundle = store.get("b1")
    assert bundle is not None
    assert [volume.is_leased(NOW) for volume in bundle.volumes] == [False, False]
    assert end_leases(dynamodb, tables.photos, bundles_table, NOW) == 0
