"""What AWS does under load and no emulator by itself: transactions that meet, keys left over, no answer at all."""

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
from chalicelib.aws.dynamodb.photos import MAX_TRIES, DynamoPhotoStore
from chalicelib.aws.dynamodb.sampling import MAX_TRIES as MAX_LOOKS
from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.errors import Unavailable
from tests.contract.tables import create_api_keys_table, create_tables
from tests.support.factories import NOON, photo
from tests.support.fault_injection import call_hooks

type Pauses = list[float]


def refusal(code: str, operation: str = "TransactWriteItems", status: int = 400, **more: Any) -> ClientError:
    """An answer of the service that says no."""
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(response, operation)


def cancelled(*reasons: str) -> ClientError:
    return refusal("TransactionCanceledException", CancellationReasons=[{"Code": reason} for reason in reasons])


@pytest.fixture
def pauses() -> Pauses:
    """How long it was waited each time."""
    return []


@pytest.fixture
def catalogue(moto_clients: Clients, pauses: Pauses) -> Iterator[DynamoPhotoStore]:
    """An empty catalogue over moto, which waits in no time, and always as long as it may."""
    with mock_aws():
        client = moto_clients.get("dynamodb")
        tables = create_tables(client, "faults")
        yield DynamoPhotoStore(client, tables, lambda: NOON, pauses.append, lambda: 1.0)


class Refusing:
    """Refuses so many calls of one operation, before they are made."""

    def __init__(self, operation: str, error: ClientError, times: int) -> None:
        self._operation, self._error, self.left = operation, error, times

    def __call__(self, name: str) -> None:
        if name == self._operation and self.left:
            self.left -= 1
            raise self._error


def nothing(_: str) -> None:
    """Lets everything pass."""


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_conflicting_transaction_is_retried_with_backoff(
    catalogue: DynamoPhotoStore, moto_clients: Clients, pauses: Pauses, reason: str
) -> None:
    meeting = Refusing("TransactWriteItems", cancelled("None", reason, "None"), times=3)
    with call_hooks(moto_clients, before=meeting, after=nothing):
        stored = catalogue.commit(None, photo())
    assert meeting.left == 0
    assert catalogue.get("p1") == stored
    assert len(pauses) >= 3
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 1.0


def test_transaction_in_constant_conflict_raises_unavailable(
    catalogue: DynamoPhotoStore, moto_clients: Clients
) -> None:
    meeting = Refusing("TransactWriteItems", cancelled("TransactionConflict"), times=MAX_TRIES)
    with call_hooks(moto_clients, before=meeting, after=nothing), pytest.raises(Unavailable):
        catalogue.commit(None, photo())
    assert meeting.left == 0
    assert catalogue.get("p1") is None


def test_invalid_transaction_is_not_retried(catalogue: DynamoPhotoStore, moto_clients: Clients) -> None:
    wrong = Refusing("TransactWriteItems", cancelled("ValidationError"), times=2)
    with call_hooks(moto_clients, before=wrong, after=nothing), pytest.raises(ClientError):
        catalogue.commit(None, photo())
    assert wrong.left == 1


@pytest.fixture
def keyring(moto_clients: Clients) -> Iterator[DynamoApiKeyStore]:
    """An empty keyring over moto."""
    with mock_aws():
        client = moto_clients.get("dynamodb")
        yield DynamoApiKeyStore(client, create_api_keys_table(client, "faults"))


KEY = ApiKey("k1", "alice", "garage", frozenset({Permission.READ}), "f" * 64, NOON)


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_concurrent_key_change_raises_unavailable_and_can_be_retried(
    keyring: DynamoApiKeyStore, moto_clients: Clients, reason: str
) -> None:
    meeting = Refusing("TransactWriteItems", cancelled("None", reason), times=1)
    with call_hooks(moto_clients, before=meeting, after=nothing), pytest.raises(Unavailable):
        keyring.add(KEY, max_keys=1)
    assert keyring.list_by_owner("alice") == []
    keyring.add(KEY, max_keys=1)
    meeting.left = 1
    with call_hooks(moto_clients, before=meeting, after=nothing), pytest.raises(Unavailable):
        keyring.remove("alice", "k1")
    assert keyring.list_by_owner("alice") == [KEY]


def test_unprocessed_keys_of_a_list_raise_unavailable(keyring: DynamoApiKeyStore) -> None:
    keyring.add(KEY, max_keys=2)
    keyring.add(replace(KEY, key_id="k2"), max_keys=2)
    client = LeavesOver(keyring.client, ever=True)
    with pytest.raises(Unavailable):
        DynamoApiKeyStore(client, keyring.table).list_by_owner("alice")


class LeavesOver:
    """A client that answers for one photo at a time and leaves the rest over, as BatchGetItem may."""

    def __init__(self, inner: Any, *, ever: bool) -> None:
        self._inner, self._ever = inner, ever

    def get_item(self, **asked: Any) -> Any:
        return self._inner.get_item(**asked)

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 (botocore's name)
        ((table, asked),) = RequestItems.items()
        first, *rest = asked["Keys"]
        answer = self._inner.batch_get_item(RequestItems={table: asked | {"Keys": [first]}})
        left = rest if self._ever else asked["Keys"]
        return answer | {"UnprocessedKeys": {table: asked | {"Keys": left}} if left else {}}


def test_unprocessed_photos_are_requested_again(catalogue: DynamoPhotoStore) -> None:
    stored = {p.photo_id: p for p in (catalogue.commit(None, photo(f"p{n}")) for n in range(3))}
    over = DynamoPhotoStore(
        LeavesOver(catalogue.client, ever=True), catalogue.tables, catalogue.now, catalogue.sleep, catalogue.jitter
    )
    assert over.get_many(stored) == stored


def test_photos_that_stay_unprocessed_raise_unavailable(catalogue: DynamoPhotoStore) -> None:
    catalogue.commit(None, photo())
    over = DynamoPhotoStore(
        LeavesOver(catalogue.client, ever=False), catalogue.tables, catalogue.now, catalogue.sleep, catalogue.jitter
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
        refusal("SlowDown", "GetObject", 503),
        refusal("ThrottlingException", "Query"),
        refusal("ProvisionedThroughputExceededException", "Query"),
        refusal("TransactionInProgressException"),
        refusal("NobodyKnows", "GetObject", 502),
    ],
    ids=lambda error: type(error).__name__,
)
def test_transient_error_raises_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable) as raised, translate_transient_errors():
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [refusal("AccessDenied", "GetObject", 403), refusal("ValidationException", "Query"), KeyError("mine")]
)
def test_permanent_error_is_raised_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)), translate_transient_errors():
        raise error


def test_conflicting_read_is_retried_with_backoff(
    catalogue: DynamoPhotoStore, moto_clients: Clients, pauses: Pauses
) -> None:
    stored = catalogue.commit(None, photo())
    slots = DynamoSamplingIndex(catalogue.client, catalogue.tables, pauses.append, lambda: 1.0)
    meeting = Refusing("TransactGetItems", cancelled("TransactionConflict", "None"), times=MAX_LOOKS - 1)
    with call_hooks(moto_clients, before=meeting, after=nothing):
        assert slots.get_photo_and_trend("public", "sea", "p1")[0] == stored
    assert len(pauses) == MAX_LOOKS - 1
    assert pauses == sorted(pauses)
    assert sum(pauses) < 2


def test_read_in_constant_conflict_raises_unavailable(catalogue: DynamoPhotoStore, moto_clients: Clients) -> None:
    slots = DynamoSamplingIndex(catalogue.client, catalogue.tables, lambda _: None, lambda: 1.0)
    always = Refusing("TransactGetItems", cancelled("None", "TransactionConflict"), times=99)
    with call_hooks(moto_clients, before=always, after=nothing), pytest.raises(Unavailable):
        slots.get_photo_and_trend("public", "sea", "p1")
    assert always.left == 99 - MAX_LOOKS


def test_invalid_read_is_not_retried(catalogue: DynamoPhotoStore, moto_clients: Clients) -> None:
    slots = DynamoSamplingIndex(catalogue.client, catalogue.tables, lambda _: None, lambda: 1.0)
    for error in (cancelled("ValidationError"), refusal("AccessDeniedException")):
        wrong = Refusing("TransactGetItems", error, times=99)
        with call_hooks(moto_clients, before=wrong, after=nothing), pytest.raises(ClientError):
            slots.get_photo_and_trend("public", "sea", "p1")
        assert wrong.left == 98
