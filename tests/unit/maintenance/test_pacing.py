from datetime import timedelta

import pytest

from chalicelib.maintenance.pacing import MAX_PAUSE, PassProgress, time_share
from tests.support.factories import NOON


@pytest.mark.parametrize(
    ("rows", "rest"),
    [(0, timedelta(0)), (3000, timedelta(minutes=5)), (864_000, MAX_PAUSE), (10**12, MAX_PAUSE)],
)
def test_a_round_rests_a_tenth_of_a_second_for_each_row_and_at_most_a_day(rows: int, rest: timedelta) -> None:
    assert PassProgress().add_rows(rows).next_pass(NOON) == PassProgress(0, NOON + rest)


def test_a_round_rests_until_its_time_has_come() -> None:
    pace = PassProgress(paused_until=NOON)
    assert pace.is_paused(NOON - timedelta(seconds=1))
    assert not pace.is_paused(NOON)
    assert not PassProgress().is_paused(NOON)


def test_a_share_is_a_part_of_the_time_that_is_left_when_it_is_given() -> None:
    left = [timedelta(seconds=40)]
    half = time_share(lambda: left[0], 1 / 2)
    seen = []
    for seconds in (40, 21, 20, 0):
        left[0] = timedelta(seconds=seconds)
        seen.append(half())
    assert seen == [True, True, False, False]


@pytest.mark.parametrize("seconds", [0, -5])
def test_a_share_of_nothing_is_nothing(seconds: int) -> None:
    for part in (1 / 3, 1):
        assert not time_share(lambda: timedelta(seconds=seconds), part)()
