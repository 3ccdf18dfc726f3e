import pytest

from chalicelib.errors import NotFound
from chalicelib.ingest.originals import Original
from tests.contract.conftest import Buckets

DATA = bytes(range(256)) * 5000
KEY = "emoji 🏖/a+b%.jpg"


def dropped(buckets: Buckets, data: bytes = DATA) -> Original:
    buckets.drop(KEY, data)
    original = buckets.originals.head(KEY)
    assert original is not None
    return original


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (0, 9), (10, 10), (999_999, 1_200_000), (0, len(DATA) - 1), (0, len(DATA)), (5, 2 * len(DATA))],
)
def test_range_is_read_up_to_the_end(buckets: Buckets, first: int, last: int) -> None:
    original = dropped(buckets)
    assert buckets.range_reader.read_range(KEY, original.version, first, last) == DATA[first : last + 1]


def test_range_beyond_the_end_is_empty(buckets: Buckets) -> None:
    original = dropped(buckets)
    assert buckets.range_reader.read_range(KEY, original.version, len(DATA), len(DATA) + 9) == b""
    empty = dropped(buckets, b"")
    assert buckets.range_reader.read_range(KEY, empty.version, 0, 0) == b""


def test_older_version_is_readable(buckets: Buckets) -> None:
    original = dropped(buckets, b"old")
    dropped(buckets, b"newer")
    assert buckets.range_reader.read_range(KEY, original.version, 0, 9) == b"old"
    buckets.delete(KEY)
    assert buckets.range_reader.read_range(KEY, original.version, 0, 9) == b"old"


def test_deleted_version_raises_not_found(buckets: Buckets) -> None:
    original = dropped(buckets)
    dropped(buckets, b"newer")
    buckets.delete_version(original)
    with pytest.raises(NotFound):
        buckets.range_reader.read_range(KEY, original.version, 0, 9)


def test_key_without_versions_raises_not_found(buckets: Buckets) -> None:
    original = dropped(buckets)
    buckets.delete_version(original)
    with pytest.raises(NotFound):
        buckets.range_reader.read_range(KEY, original.version, 0, 9)
