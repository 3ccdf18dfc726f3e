from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain

from chalicelib.library.photo import clean_tags
from local.demo.series import PhotoMetadata, demo_series

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def photos(total: int) -> list[PhotoMetadata]:
    return list(chain.from_iterable(series.photos for series in demo_series(total, NOW)))


def test_photos_are_numbered_without_gaps_and_have_valid_tags() -> None:
    found = photos(1000)
    assert [photo.number for photo in found] == list(range(1, 1001))
    assert len({photo.filename for photo in found}) == 1000
    assert all(clean_tags(photo.tags) == photo.tags for photo in found)


def test_a_smaller_library_is_the_beginning_of_a_larger_one() -> None:
    assert photos(300) == photos(900)[:300]


def test_dates_span_years_and_none_is_later_than_now() -> None:
    dates = [photo.taken_at for photo in photos(5000)]
    assert max(dates) <= NOW
    assert max(dates) - min(dates) > timedelta(days=10 * 365)


def test_few_tags_are_common_and_most_are_rare() -> None:
    counts = Counter(tag for photo in photos(5000) for tag in photo.tags)
    ranked = [count for _, count in counts.most_common()]
    assert len(ranked) > 200
    assert ranked[0] > 1000
    assert ranked[len(ranked) // 2] < 50


def test_some_photos_are_public() -> None:
    found = photos(5000)
    assert 0.05 < sum(photo.public for photo in found) / len(found) < 0.4
