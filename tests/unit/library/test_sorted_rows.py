from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.collections import TimeRange, position
from chalicelib.library.sorted_rows import CalendarDays, ListedRows, TimeRangeRows, UnionRows, intersect
from chalicelib.util.capture_time import CaptureTime

START = datetime.fromisoformat("2018-12-30T12:00")
DAYS = st.integers(0, 800)
CALENDARS = st.builds(
    CalendarDays,
    st.sampled_from((None, 2018, 2019, 2020, 2030)),
    st.sampled_from((None, 1, 2, 11, 12)),
    st.sampled_from((None, 1, 29, 30, 31)),
)


def at(day: int) -> str:
    """The position of a photo of this day."""
    return position(CaptureTime(START + timedelta(days=day)), f"p{day}")


def found(*lists: ListedRows | UnionRows | CalendarDays | TimeRangeRows, after: str | None = None) -> list[str]:
    return [step.match for step in intersect(lists, (), after) if step.match]


@given(st.sets(DAYS), CALENDARS, st.booleans())
def test_days_of_the_calendar_are_those_that_a_filter_finds(
    days: set[int], calendar: CalendarDays, first: bool
) -> None:
    rows = ListedRows([at(day) for day in days])
    expected = [at(d) for d in sorted(days, reverse=True) if calendar.contains(START + timedelta(days=d))]
    assert found(*((calendar, rows) if first else (rows, calendar))) == expected


@given(st.sets(DAYS), st.sets(DAYS), CALENDARS)
def test_union_with_days_has_the_photos_of_either(days: set[int], other: set[int], calendar: CalendarDays) -> None:
    both = UnionRows([ListedRows([at(day) for day in other]), calendar])
    expected = [at(d) for d in sorted(days, reverse=True) if d in other or calendar.contains(START + timedelta(days=d))]
    assert found(both, ListedRows([at(day) for day in days])) == expected


@given(st.sets(DAYS), DAYS, DAYS)
def test_time_range_excludes_its_end(days: set[int], first: int, last: int) -> None:
    span = TimeRange(START + timedelta(days=first), START + timedelta(days=last))
    expected = [at(day) for day in sorted(days, reverse=True) if first <= day < last]
    assert found(TimeRangeRows(span), ListedRows([at(day) for day in days])) == expected


@given(st.lists(st.sets(DAYS, max_size=40), min_size=1, max_size=4), st.lists(st.sets(DAYS), max_size=2))
def test_intersection_can_go_on_from_every_bound(included: list[set[int]], excluded: list[set[int]]) -> None:
    def lists(days: list[set[int]]) -> list[ListedRows]:
        return [ListedRows([at(day) for day in each]) for each in days]

    expected = sorted(set.intersection(*included) - set().union(*excluded), reverse=True)
    steps = list(intersect(lists(included), lists(excluded), None))
    assert [step.match for step in steps if step.match] == [at(day) for day in expected]
    for number, step in enumerate(steps):
        rest = [each.match for each in steps[number + 1 :] if each.match]
        again = intersect(lists(included), lists(excluded), step.bound)
        assert [each.match for each in again if each.match] == rest
