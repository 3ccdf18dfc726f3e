from datetime import timedelta

import pytest

from chalicelib.maintenance.pacing import MAX_PAUSE, MIN_PAUSE, PassProgress, time_share
from tests.support.factories import NOON


@pytest.mark.parametrize(
    ("rows", "pause"),
    [(0, MIN_PAUSE), (36_000, MIN_PAUSE), (72_000, 2 * MIN_PAUSE), (864_000, MAX_PAUSE), (10**12, MAX_PAUSE)],
)
def test_pause_is_a_tenth_of_a_second_per_row_at_least_an_hour_at_most_a_day(rows: int, pause: timedelta) -> None:
    progress = PassProgress().add_rows(rows, changes=1).next_pass(NOON)
    assert progress == PassProgress(pause_seconds=pause.total_seconds(), paused_until=NOON + pause)


def test_passes_that_change_nothing_rest_longer_each_time() -> None:
    progress, pauses = PassProgress(), []
    for changes in (0, 0, 0, 0, 0, 0, 3, 0):
        progress = progress.add_rows(1000).add_rows(1000, changes).next_pass(NOON)
        pauses.append(round(progress.pause_seconds / 3600))
    assert pauses == [1, 2, 4, 8, 16, 24, 1, 2]


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
