"""Errors of AWS that emulators do not produce: transaction conflicts, unprocessed keys, timeouts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
)
from moto import mock_aws

from chalicelib.accounts.api_keys import ApiKey
from chalicelib.accounts.identity import Permission
from chalicelib.aws.clients import Clients
from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore
from chalicelib.aws.dynamodb.bundles import DynamoBundleStore
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.aws.dynamodb.requests import MAX_TRIES
from chalicelib.aws.dynamodb.sampling import MAX_TRIES as MAX_READS
from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.bundles.models import BUNDLE_LIFETIME, Bundle, Volume
from chalicelib.errors import StorageFull, Unavailable
from tests.contract.tables import create_api_keys_table, create_bundles_table, create_tables
from tests.support.factories import NOON, photo
from tests.support.fault_injection import call_hooks

type Pauses = list[float]


def client_error(code: str, operation: str = "TransactWriteItems", status: int = 400, **more: Any) -> ClientError:
    """An error response."""
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(response, operation)


def canceled_transaction(*reasons: str) -> ClientError:
    return client_error("TransactionCanceledException", CancellationReasons=[{"Code": reason} for reason in reasons])


@pytest.fixture
def pauses() -> Pauses:
    """The pauses between retries, in seconds."""
    return []


@pytest.fixture
def photo_store(moto_clients: Clients, pauses: Pauses) -> Iterator[DynamoPhotoStore]:
    """An empty photo store over moto that does not sleep and has maximum jitter."""
    with mock_aws():
        client = moto_clients.get("dynamodb")
        tables = create_tables(client, "faults")
        yield DynamoPhotoStore(client, tables, lambda: NOON, pauses.append, lambda: 1.0)


class FailingOperation:
    """Raises this error for the first calls of one operation."""

    def __init__(self, operation: str, error: ClientError, times: int) -> None:
        self._operation, self._error, self.left = operation, error, times

    def __call__(self, name: str) -> None:
        if name == self._operation and self.left:
            self.left -= 1
            raise self._error


def no_hook(_: str) -> None:
    """A hook that does nothing."""


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_conflicting_transaction_is_retried_with_backoff(
    photo_store: DynamoPhotoStore, moto_clients: Clients, pauses: Pauses, reason: str
) -> None:
    conflict = FailingOperation("TransactWriteItems", canceled_transaction("None", reason, "None"), times=3)
    with call_hooks(moto_clients, before=conflict, after=no_hook):
        stored = photo_store.commit(None, photo())
    assert conflict.left == 0
    assert photo_store.get("p1") == stored
    assert len(pauses) >= 3
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 1.0


@pytest.mark.parametrize("message", ["3 MB are free.", ""])
def test_full_disk_of_the_local_services_raises_storage_full(message: str) -> None:
    error = client_error("InsufficientStorage", "PutObject", 507)
    error.response["Error"]["Message"] = message
    with pytest.raises(StorageFull, match=message or "full"), translate_transient_errors():
        raise error


def test_transaction_in_constant_conflict_raises_unavailable(
    photo_store: DynamoPhotoStore, moto_clients: Clients
) -> None:
    conflict = FailingOperation("TransactWriteItems", canceled_transaction("TransactionConflict"), times=MAX_TRIES)
    with call_hooks(moto_clients, before=conflict, after=no_hook), pytest.raises(Unavailable):
        photo_store.commit(None, photo())
    assert conflict.left == 0
    assert photo_store.get("p1") is None


def test_invalid_transaction_is_not_retried(photo_store: DynamoPhotoStore, moto_clients: Clients) -> None:
    wrong = FailingOperation("TransactWriteItems", canceled_transaction("ValidationError"), times=2)
    with call_hooks(moto_clients, before=wrong, after=no_hook), pytest.raises(ClientError):
        photo_store.commit(None, photo())
    assert wrong.left == 1


@pytest.fixture
def key_store(moto_clients: Clients) -> Iterator[DynamoApiKeyStore]:
    """An empty store of API keys over moto."""
    with mock_aws():
        client = moto_clients.get("dynamodb")
        yield DynamoApiKeyStore(client, create_api_keys_table(client, "faults"))


KEY = ApiKey("k1", "alice", "garage", frozenset({Permission.READ}), "f" * 64, NOON)


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_concurrent_key_change_raises_unavailable_and_can_be_retried(
    key_store: DynamoApiKeyStore, moto_clients: Clients, reason: str
) -> None:
    conflict = FailingOperation("TransactWriteItems", canceled_transaction("None", reason), times=1)
    with call_hooks(moto_clients, before=conflict, after=no_hook), pytest.raises(Unavailable):
        key_store.add(KEY, max_keys=1, issued_at=1)
    assert key_store.list_by_owner("alice") == []
    key_store.add(KEY, max_keys=1, issued_at=1)
    conflict.left = 1
    with call_hooks(moto_clients, before=conflict, after=no_hook), pytest.raises(Unavailable):
        key_store.remove("alice", "k1")
    assert key_store.list_by_owner("alice") == [KEY]


def test_unprocessed_keys_of_a_list_raise_unavailable(key_store: DynamoApiKeyStore) -> None:
    key_store.add(KEY, max_keys=2, issued_at=1)
    key_store.add(replace(KEY, key_id="k2"), max_keys=2, issued_at=1)
    client = PartialBatchClient(key_store.client, ever=True)
    with pytest.raises(Unavailable):
        DynamoApiKeyStore(client, key_store.table).list_by_owner("alice")


class PartialBatchClient:
    """A client that processes one key per batch and returns the rest as unprocessed, as BatchGetItem may."""

    def __init__(self, inner: Any, *, ever: bool) -> None:
        self._inner, self._ever = inner, ever

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 (botocore's name)
        ((table, asked),) = RequestItems.items()
        first, *rest = asked["Keys"]
        answer = self._inner.batch_get_item(RequestItems={table: asked | {"Keys": [first]}})
        left = rest if self._ever else asked["Keys"]
        return answer | {"UnprocessedKeys": {table: asked | {"Keys": left}} if left else {}}


def test_unprocessed_photos_are_requested_again(photo_store: DynamoPhotoStore) -> None:
    stored = {p.photo_id: p for p in (photo_store.commit(None, photo(f"p{n}")) for n in range(3))}
    over = DynamoPhotoStore(
        PartialBatchClient(photo_store.client, ever=True),
        photo_store.tables,
        photo_store.now,
        photo_store.sleep,
        photo_store.jitter,
    )
    assert over.get_many(stored) == stored


def test_unprocessed_volumes_of_bundles_are_requested_again(moto_clients: Clients, pauses: Pauses) -> None:
    volumes = tuple(Volume("b1", number, 10, 10**10) for number in range(1, 4))
    bundle = Bundle("b1", "alice", NOON, NOON + BUNDLE_LIFETIME, True, volumes)
    with mock_aws():
        client = PartialBatchClient(moto_clients.get("dynamodb"), ever=True)
        store = DynamoBundleStore(client, create_bundles_table(client, "faults"), pauses.append, lambda: 1.0)
        store.add(bundle, max_bundles=1)
        assert store.list_by_owner("alice") == [bundle]
        assert len(pauses) == 2
        client = PartialBatchClient(client, ever=False)
        with pytest.raises(Unavailable):
            replace(store, client=client).list_by_owner("alice")


def test_photos_that_stay_unprocessed_raise_unavailable(photo_store: DynamoPhotoStore) -> None:
    photo_store.commit(None, photo())
    over = DynamoPhotoStore(
        PartialBatchClient(photo_store.client, ever=False),
        photo_store.tables,
        photo_store.now,
        photo_store.sleep,
        photo_store.jitter,
    )
    with pytest.raises(Unavailable):
        over.get_many(["p1"])


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="https://aws"),
        ReadTimeoutError(endpoint_url="https://aws"),
        EndpointConnectionError(endpoint_url="https://aws"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        client_error("SlowDown", "GetObject", 503),
        client_error("ThrottlingException", "Query"),
        client_error("ProvisionedThroughputExceededException", "Query"),
        client_error("TransactionInProgressException"),
        client_error("NobodyKnows", "GetObject", 502),
    ],
    ids=lambda error: type(error).__name__,
)
def test_transient_error_raises_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable) as raised, translate_transient_errors():
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [client_error("AccessDenied", "GetObject", 403), client_error("ValidationException", "Query"), KeyError("mine")],
)
def test_permanent_error_is_raised_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)), translate_transient_errors():
        raise error


def test_conflicting_read_is_retried_with_backoff(
    photo_store: DynamoPhotoStore, moto_clients: Clients, pauses: Pauses
) -> None:
    stored = photo_store.commit(None, photo())
    sampling_index = DynamoSamplingIndex(photo_store.client, photo_store.tables, pauses.append, lambda: 1.0)
    conflict = FailingOperation(
        "TransactGetItems", canceled_transaction("TransactionConflict", "None"), times=MAX_READS - 1
    )
    with call_hooks(moto_clients, before=conflict, after=no_hook):
        assert sampling_index.get_photo_and_trend("public", "sea", "p1")[0] == stored
    assert len(pauses) == MAX_READS - 1
    assert pauses == sorted(pauses)
    assert sum(pauses) < 2


def test_read_in_constant_conflict_raises_unavailable(photo_store: DynamoPhotoStore, moto_clients: Clients) -> None:
    sampling_index = DynamoSamplingIndex(photo_store.client, photo_store.tables, lambda _: None, lambda: 1.0)
    always = FailingOperation("TransactGetItems", canceled_transaction("None", "TransactionConflict"), times=99)
    with call_hooks(moto_clients, before=always, after=no_hook), pytest.raises(Unavailable):
        sampling_index.get_photo_and_trend("public", "sea", "p1")
    assert always.left == 99 - MAX_READS


def test_invalid_read_is_not_retried(photo_store: DynamoPhotoStore, moto_clients: Clients) -> None:
    sampling_index = DynamoSamplingIndex(photo_store.client, photo_store.tables, lambda _: None, lambda: 1.0)
    for error in (canceled_transaction("ValidationError"), client_error("AccessDeniedException")):
        wrong = FailingOperation("TransactGetItems", error, times=99)
        with call_hooks(moto_clients, before=wrong, after=no_hook), pytest.raises(ClientError):
            sampling_index.get_photo_and_trend("public", "sea", "p1")
        assert wrong.left == 98
