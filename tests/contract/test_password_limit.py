from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from moto import mock_aws

from chalicelib.aws.clients import Clients
from chalicelib.aws.dynamodb.limits import DynamoMessageLimit, DynamoPasswordLimit
from chalicelib.errors import Unavailable
from chalicelib.sharing.access import PasswordLimit
from tests.contract.conftest import CLOUD, FAKE
from tests.contract.tables import MOTO_TABLES, create_bundles_table
from tests.fakes.shares import MemoryPasswordLimit
from tests.support.factories import NOON

MINUTE = timedelta(minutes=1)
SECONDS_6 = timedelta(seconds=6)
MAX_ATTEMPTS = 3


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def limit(request: pytest.FixtureRequest) -> Iterator[PasswordLimit]:
    """An empty limit of each kind."""
    if request.param == "fake":
        yield MemoryPasswordLimit(MAX_ATTEMPTS)
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield DynamoPasswordLimit(client, create_bundles_table(client, "contract"), MAX_ATTEMPTS)
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("bundles") as (table,):
            yield DynamoPasswordLimit(client, table, MAX_ATTEMPTS)


def retry[T](request: Callable[[], T]) -> T:
    """Repeat a request that gets 503, as clients do."""
    while True:
        try:
            return request()
        except Unavailable:
            continue


def test_attempts_are_limited_for_each_link_within_15_minutes(limit: PasswordLimit) -> None:
    for number in range(MAX_ATTEMPTS):
        assert limit.take("s1", f"a{number}", NOON + number * MINUTE) is None
    assert limit.take("s1", "a3", NOON + 14 * MINUTE) == NOON + 15 * MINUTE
    assert limit.take("s2", "a3", NOON + 14 * MINUTE) is None
    assert limit.take("s1", "a4", NOON + 15 * MINUTE) is None
    assert limit.take("s1", "a5", NOON + 15 * MINUTE + SECONDS_6) == NOON + 16 * MINUTE


def test_next_attempt_is_possible_soon_while_others_are_checked(limit: PasswordLimit) -> None:
    for number in range(MAX_ATTEMPTS):
        assert limit.take("s1", f"a{number}", NOON) is None
    assert limit.take("s1", "a3", NOON + timedelta(seconds=4)) == NOON + timedelta(seconds=9)
    assert limit.take("s1", "a3", NOON + SECONDS_6) == NOON + 15 * MINUTE


def test_attempt_that_is_given_back_does_not_count(limit: PasswordLimit) -> None:
    for number in range(5 * MAX_ATTEMPTS):
        assert limit.take("s1", f"a{number}", NOON) is None
        limit.give_back("s1", f"a{number}", NOON)


def test_limit_is_exact_under_concurrency(limit: PasswordLimit) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: retry(lambda: limit.take("s1", f"a{number}", NOON)), range(12)))
    assert taken.count(None) == MAX_ATTEMPTS


def test_messages_are_limited_within_their_own_period(moto_clients: Clients) -> None:
    with mock_aws():
        client = moto_clients.get("dynamodb")
        table = create_bundles_table(client, "contract")
        daily = DynamoMessageLimit(client, table, max_messages=1, period=timedelta(days=1))
        assert daily.take("links#alice", "m1", NOON)
        assert not daily.take("links#alice", "m2", NOON + timedelta(hours=23))
        assert daily.take("links#bob", "m3", NOON)
        assert daily.take("links#alice", "m4", NOON + timedelta(days=1))
