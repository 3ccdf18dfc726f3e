import pytest

from chalicelib.bundles.zip import Entry, ImageBucket
from chalicelib.errors import NotFound
from chalicelib.ingest.originals import ORIGINAL_VERSION, Original
from tests.contract.conftest import Buckets
from tests.support.factories import NOON

DATA = bytes(range(256)) * 5000
KEY = "emoji 🏖/a+b%.jpg"


def dropped(buckets: Buckets, data: bytes = DATA) -> Original:
    buckets.drop(KEY, data)
    original = buckets.originals.head(KEY)
    assert original is not None
    return original


def entry(original: Original) -> Entry:
    return Entry("p1", original.key, original.version, original.size, "a.jpg", NOON)


def resized_entry(buckets: Buckets, data: bytes = DATA) -> Entry:
    """The entry of a derivative that was made from version `v1` of an original."""
    key = "p1/resized.jpg"
    buckets.derivatives.put(key, data, "image/jpeg", {ORIGINAL_VERSION: "v1"})
    return Entry("p1", key, "v1", len(data), "a.jpg", NOON, ImageBucket.DERIVATIVES)


RANGES = [(0, 0), (0, 9), (10, 10), (999_999, 1_200_000), (0, len(DATA) - 1), (0, len(DATA)), (5, 2 * len(DATA))]


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_range_is_read_up_to_the_end(buckets: Buckets, first: int, last: int) -> None:
    original = dropped(buckets)
    assert buckets.range_reader.read_range(entry(original), first, last) == DATA[first : last + 1]


def test_range_beyond_the_end_is_empty(buckets: Buckets) -> None:
    original = dropped(buckets)
    assert buckets.range_reader.read_range(entry(original), len(DATA), len(DATA) + 9) == b""
    empty = dropped(buckets, b"")
    assert buckets.range_reader.read_range(entry(empty), 0, 0) == b""


def test_older_version_is_readable(buckets: Buckets) -> None:
    original = dropped(buckets, b"old")
    dropped(buckets, b"newer")
    assert buckets.range_reader.read_range(entry(original), 0, 9) == b"old"
    buckets.delete(KEY)
    assert buckets.range_reader.read_range(entry(original), 0, 9) == b"old"


def test_deleted_version_raises_not_found(buckets: Buckets) -> None:
    original = dropped(buckets)
    dropped(buckets, b"newer")
    buckets.delete_version(original)
    with pytest.raises(NotFound):
        buckets.range_reader.read_range(entry(original), 0, 9)


def test_key_without_versions_raises_not_found(buckets: Buckets) -> None:
    original = dropped(buckets)
    buckets.delete_version(original)
    with pytest.raises(NotFound):
        buckets.range_reader.read_range(entry(original), 0, 9)


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_range_of_a_derivative_is_read_up_to_the_end(buckets: Buckets, first: int, last: int) -> None:
    assert buckets.range_reader.read_range(resized_entry(buckets), first, last) == DATA[first : last + 1]


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("data", [b"new", DATA[:-1], DATA + b".", DATA])
def test_derivative_that_was_replaced_raises_not_found(buckets: Buckets, version: str, data: bytes) -> None:
    planned = resized_entry(buckets)
    buckets.derivatives.put(planned.key, data, "image/jpeg", {ORIGINAL_VERSION: version})
    if (version, data) == ("v1", DATA):
        assert buckets.range_reader.read_range(planned, 0, 9) == DATA[:10]
        return
    for first in (0, len(DATA) - 1):
        with pytest.raises(NotFound):
            buckets.range_reader.read_range(planned, first, first + 9)


def test_deleted_derivative_raises_not_found(buckets: Buckets) -> None:
    planned = resized_entry(buckets)
    buckets.derivatives.remove([planned.key])
    with pytest.raises(NotFound):
        buckets.range_reader.read_range(planned, 0, 9)
