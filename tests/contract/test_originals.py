import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.errors import Conflict
from chalicelib.ingest.originals import Original
from chalicelib.library.photo import State
from tests.contract.conftest import Buckets, S3Buckets

KEYS = [
    "plain.jpg",
    "with space.jpg",
    "plus+and%percent.jpg",
    "a%2Fb.jpg",
    "emoji 🏖/naïve.jpg",
    "/leading.jpg",
    "dir//double.jpg",
    "quote'\"&<>.jpg",
    "~tilde=eq?query#hash.jpg",
    "k" * 1020 + ".jpg",
]


def there(buckets: Buckets, key: str = "a.jpg") -> Original:
    original = buckets.originals.head(key)
    assert original is not None
    return original


def bytes_of(buckets: Buckets, original: Original) -> bytes:
    into = io.BytesIO()
    buckets.originals.download(original, into)
    return into.getvalue()


@pytest.mark.parametrize("key", KEYS)
def test_what_lies_under_a_key_of_any_shape_is_found_and_fetched(buckets: Buckets, key: str) -> None:
    buckets.drop(key, b"sea")
    original = there(buckets, key)
    assert (original.key, original.size) == (key, 3)
    assert bytes_of(buckets, original) == b"sea"
    buckets.originals.tag_state(original, State.READY)
    assert buckets.marked(original) == "ready"


def test_where_nothing_lies_there_is_none(buckets: Buckets) -> None:
    assert buckets.originals.head("a.jpg") is None


def test_head_returns_time_and_metadata(buckets: Buckets) -> None:
    before = datetime.now(UTC)
    buckets.drop("a.jpg", b"sea", {"tags": "sea,caf%C3%A9", "status": "public"})
    original = there(buckets)
    assert dict(original.metadata) == {"tags": "sea,caf%C3%A9", "status": "public"}
    assert original.stored_at.utcoffset() == timedelta(0)
    assert abs(original.stored_at - before) < timedelta(minutes=1)


def test_an_empty_object_is_there_with_no_bytes(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"")
    original = there(buckets)
    assert (original.size, bytes_of(buckets, original)) == (0, b"")


def test_two_looks_at_one_object_are_the_same(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    assert there(buckets) == there(buckets)


def test_a_large_original_is_fetched_whole(buckets: Buckets) -> None:
    data = bytes(range(256)) * 12_000  # three megabytes
    buckets.drop("a.jpg", data)
    assert bytes_of(buckets, there(buckets)) == data


def test_an_overwritten_original_is_another_version_and_the_old_one_can_still_be_fetched(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = there(buckets)
    buckets.drop("a.jpg", b"newer")
    new = there(buckets)
    assert old.version != new.version
    assert (new.size, bytes_of(buckets, new), bytes_of(buckets, old)) == (5, b"newer", b"old")


def test_the_same_bytes_again_are_another_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    first = there(buckets)
    buckets.drop("a.jpg", b"sea")
    assert there(buckets).version != first.version


def test_a_deleted_original_is_not_there_though_its_bytes_are(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = there(buckets)
    buckets.delete("a.jpg")
    assert buckets.originals.head("a.jpg") is None
    assert bytes_of(buckets, original) == b"sea"


def test_a_version_that_is_gone_for_ever_is_a_conflict(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = there(buckets)
    buckets.drop("a.jpg", b"new")
    new = there(buckets)
    buckets.erase(old)
    with pytest.raises(Conflict):
        bytes_of(buckets, old)
    assert there(buckets) == new
    buckets.erase(new)
    assert buckets.originals.head("a.jpg") is None
    with pytest.raises(Conflict):
        bytes_of(buckets, new)


def test_a_mark_is_put_on_the_version_that_was_looked_at(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = there(buckets)
    buckets.drop("a.jpg", b"new")
    new = there(buckets)
    buckets.originals.tag_state(old, State.REJECTED)
    assert (buckets.marked(old), buckets.marked(new)) == ("rejected", None)


def test_a_mark_may_be_put_twice_and_gives_way_to_the_next(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = there(buckets)
    for state in (State.REJECTED, State.READY, State.READY):
        buckets.originals.tag_state(original, state)
    assert buckets.marked(original) == "ready"
    assert there(buckets) == original


def test_a_version_that_is_gone_is_marked_nowhere_and_that_is_no_error(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = there(buckets)
    buckets.erase(original)
    buckets.originals.tag_state(original, State.READY)
    assert buckets.originals.head("a.jpg") is None


def test_a_marker_of_deletion_is_no_original(s3_buckets: S3Buckets) -> None:
    s3_buckets.drop("a.jpg", b"sea")
    original = there(s3_buckets)
    marker = s3_buckets.s3.delete_object(Bucket=s3_buckets.bucket, Key="a.jpg")["VersionId"]
    with pytest.raises(Conflict):
        bytes_of(s3_buckets, replace(original, version=marker))
    s3_buckets.originals.tag_state(replace(original, version=marker), State.READY)


def test_a_mark_leaves_the_other_tags_alone(s3_buckets: S3Buckets) -> None:
    s3_buckets.s3.put_object(Bucket=s3_buckets.bucket, Key="a.jpg", Body=b"sea", Tagging="trip=2024")
    original = there(s3_buckets)
    s3_buckets.originals.tag_state(original, State.READY)
    assert s3_buckets.tags(original) == {"trip": "2024", "tintype-state": "ready"}


def test_an_object_that_is_full_of_tags_is_left_unmarked(s3_buckets: S3Buckets) -> None:
    tags = {f"t{n}": str(n) for n in range(10)}
    s3_buckets.s3.put_object(Bucket=s3_buckets.bucket, Key="a.jpg", Body=b"sea", Tagging=urlencode(tags))
    original = there(s3_buckets)
    s3_buckets.originals.tag_state(original, State.READY)
    assert s3_buckets.tags(original) == tags


def test_a_bucket_that_is_not_there_is_not_reachable(s3_buckets: S3Buckets) -> None:
    s3_buckets.originals.check_access()
    with pytest.raises(Exception, match="404"):
        replace(s3_buckets.originals, bucket="tests-nowhere").check_access()


def test_an_original_is_purged_with_all_that_were_stored_before_it(buckets: Buckets) -> None:
    for data in (b"one", b"two", b"three"):
        buckets.drop("a.jpg", data)
    buckets.drop("a.jpg.b", b"another")
    last = there(buckets)
    buckets.shredder.purge("a.jpg", last.version)
    assert buckets.originals.head("a.jpg") is None
    assert buckets.stored("a.jpg") == 0
    assert there(buckets, "a.jpg.b").size == 7


def test_an_original_that_was_deleted_and_put_again_is_purged_with_its_markers(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    buckets.delete("a.jpg")
    buckets.drop("a.jpg", b"two")
    known = there(buckets)
    buckets.delete("a.jpg")
    buckets.shredder.purge("a.jpg", known.version)
    assert buckets.stored("a.jpg") == 0


def test_what_was_put_later_stays_when_an_original_is_purged(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    buckets.drop("a.jpg", b"two")
    known = there(buckets)
    buckets.drop("a.jpg", b"later")
    buckets.shredder.purge("a.jpg", known.version)
    later = there(buckets)
    assert (bytes_of(buckets, later), buckets.stored("a.jpg")) == (b"later", 1)


def test_what_was_put_and_deleted_later_does_not_come_back_when_an_original_is_purged(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    known = there(buckets)
    buckets.drop("a.jpg", b"later")
    buckets.delete("a.jpg")
    buckets.shredder.purge("a.jpg", known.version)
    assert buckets.originals.head("a.jpg") is None


def test_purging_twice_or_nothing_does_no_harm(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    known = there(buckets)
    buckets.shredder.purge("a.jpg", known.version)
    buckets.shredder.purge("a.jpg", known.version)
    buckets.drop("a.jpg", b"two")
    buckets.shredder.purge("a.jpg", known.version)
    assert there(buckets).size == 3


def listed(buckets: Buckets, at_once: int) -> list[str]:
    """Every key that a walk through the bucket meets."""
    met, after = list[str](), None
    while True:
        page = buckets.listing.list_originals(after, at_once)
        assert len(page.rows) <= at_once
        met.extend(one.key for one in page.rows)
        if page.after is None:
            return met
        after = page.after


@pytest.mark.parametrize("at_once", [1, 3, len(KEYS), 100])
def test_a_listing_meets_every_key_once_in_the_order_of_their_bytes(buckets: Buckets, at_once: int) -> None:
    for key in KEYS:
        buckets.drop(key, b"sea")
    assert listed(buckets, at_once) == sorted(KEYS, key=str.encode)


def test_a_listing_of_an_empty_bucket_is_empty(buckets: Buckets) -> None:
    page = buckets.listing.list_originals(None, 5)
    assert (list(page.rows), page.after) == ([], None)


def test_a_listing_shows_what_lies_there_now_and_since_when(buckets: Buckets) -> None:
    buckets.drop("gone.jpg", b"gone")
    buckets.delete("gone.jpg")
    buckets.drop("a.jpg", b"old")
    buckets.drop("a.jpg", b"new")
    (one,) = buckets.listing.list_originals(None, 5).rows
    assert one.key == "a.jpg"
    assert abs(one.stored_at - there(buckets).stored_at) < timedelta(seconds=1)


def test_a_listing_goes_on_behind_a_key_that_is_gone(buckets: Buckets) -> None:
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        buckets.drop(key, b"sea")
    buckets.delete("b.jpg")
    assert [one.key for one in buckets.listing.list_originals("b.jpg", 5).rows] == ["c.jpg"]
