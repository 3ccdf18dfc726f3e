from datetime import timedelta

import pytest

from chalicelib.maintenance.pacing import MAX_PAUSE, PassProgress, time_share
from tests.support.factories import NOON


@pytest.mark.parametrize(
    ("rows", "pause"),
    [(0, timedelta(0)), (3000, timedelta(minutes=5)), (864_000, MAX_PAUSE), (10**12, MAX_PAUSE)],
)
def test_pause_is_a_tenth_of_a_second_per_row_and_at_most_a_day(rows: int, pause: timedelta) -> None:
    assert PassProgress().add_rows(rows).next_pass(NOON) == PassProgress(0, NOON + pause)


def test_pass_is_paused_until_its_time() -> None:
    progress = PassProgress(paused_until=NOON)
    assert progress.is_paused(NOON - timedelta(seconds=1))
    assert not progress.is_paused(NOON)
    assert not PassProgress().is_paused(NOON)


def test_time_share_is_a_fraction_of_the_time_left_at_the_start() -> None:
    remaining = [timedelta(seconds=40)]
    half = time_share(lambda: remaining[0], 1 / 2)
    seen = []
    for seconds in (40, 21, 20, 0):
        remaining[0] = timedelta(seconds=seconds)
        seen.append(half())
    assert seen == [True, True, False, False]


@pytest.mark.parametrize("seconds", [0, -5])
def test_time_share_of_no_time_is_over(seconds: int) -> None:
    for part in (1 / 3, 1):
        assert not time_share(lambda: timedelta(seconds=seconds), part)()
