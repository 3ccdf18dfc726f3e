from benchmarks.library.http import summarize


def test_percentiles_are_by_nearest_rank() -> None:
    times = summarize([float(n) for n in range(100, 0, -1)])
    assert (times.p50, times.p95, times.count) == (50, 95, 100)


def test_one_measurement_is_both_percentiles() -> None:
    assert summarize([2.0]).p50 == summarize([2.0]).p95 == 2.0
