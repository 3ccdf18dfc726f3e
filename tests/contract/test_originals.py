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
def test_original_with_any_key_is_found_fetched_and_tagged(buckets: Buckets, key: str) -> None:
    buckets.drop(key, b"sea")
    original = there(buckets, key)
    assert (original.key, original.size) == (key, 3)
    assert bytes_of(buckets, original) == b"sea"
    buckets.originals.tag_state(original, State.READY)
    assert buckets.marked(original) == "ready"


def test_head_of_a_missing_key_returns_none(buckets: Buckets) -> None:
    assert buckets.originals.head("a.jpg") is None


def test_head_returns_time_and_metadata(buckets: Buckets) -> None:
    before = datetime.now(UTC)
    buckets.drop("a.jpg", b"sea", {"tags": "sea,caf%C3%A9", "status": "public"})
    original = there(buckets)
    assert dict(original.metadata) == {"tags": "sea,caf%C3%A9", "status": "public"}
    assert original.stored_at.utcoffset() == timedelta(0)
    assert abs(original.stored_at - before) < timedelta(minutes=1)


def test_empty_object_is_found(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"")
    original = there(buckets)
    assert (original.size, bytes_of(buckets, original)) == (0, b"")


def test_head_is_repeatable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    assert there(buckets) == there(buckets)


def test_large_original_is_fetched_completely(buckets: Buckets) -> None:
    data = bytes(range(256)) * 12_000  # three megabytes
    buckets.drop("a.jpg", data)
    assert bytes_of(buckets, there(buckets)) == data


def test_overwriting_creates_a_version_and_keeps_the_old_one_readable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = there(buckets)
    buckets.drop("a.jpg", b"newer")
    new = there(buckets)
    assert old.version != new.version
    assert (new.size, bytes_of(buckets, new), bytes_of(buckets, old)) == (5, b"newer", b"old")


def test_same_bytes_create_another_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    first = there(buckets)
    buckets.drop("a.jpg", b"sea")
    assert there(buckets).version != first.version


def test_deleted_original_is_not_found_but_its_version_is_readable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = there(buckets)
    buckets.delete("a.jpg")
    assert buckets.originals.head("a.jpg") is None
    assert bytes_of(buckets, original) == b"sea"


def test_fetch_of_a_purged_version_raises_conflict(buckets: Buckets) -> None:
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


def test_state_tag_is_set_on_the_given_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = there(buckets)
    buckets.drop("a.jpg", b"new")
    new = there(buckets)
    buckets.originals.tag_state(old, State.REJECTED)
    assert (buckets.marked(old), buckets.marked(new)) == ("rejected", None)


def test_state_tag_is_idempotent_and_replaceable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = there(buckets)
    for state in (State.REJECTED, State.READY, State.READY):
        buckets.originals.tag_state(original, state)
    assert buckets.marked(original) == "ready"
    assert there(buckets) == original


def test_tagging_a_purged_version_does_nothing(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = there(buckets)
    buckets.erase(original)
    buckets.originals.tag_state(original, State.READY)
    assert buckets.originals.head("a.jpg") is None


def test_delete_marker_is_not_an_original(s3_buckets: S3Buckets) -> None:
    s3_buckets.drop("a.jpg", b"sea")
    original = there(s3_buckets)
    marker = s3_buckets.s3.delete_object(Bucket=s3_buckets.bucket, Key="a.jpg")["VersionId"]
    with pytest.raises(Conflict):
        bytes_of(s3_buckets, replace(original, version=marker))
    s3_buckets.originals.tag_state(replace(original, version=marker), State.READY)


def test_state_tag_preserves_other_tags(s3_buckets: S3Buckets) -> None:
    s3_buckets.s3.put_object(Bucket=s3_buckets.bucket, Key="a.jpg", Body=b"sea", Tagging="trip=2024")
    original = there(s3_buckets)
    s3_buckets.originals.tag_state(original, State.READY)
    assert s3_buckets.tags(original) == {"trip": "2024", "tintype-state": "ready"}


def test_object_with_ten_tags_stays_without_state_tag(s3_buckets: S3Buckets) -> None:
    tags = {f"t{n}": str(n) for n in range(10)}
    s3_buckets.s3.put_object(Bucket=s3_buckets.bucket, Key="a.jpg", Body=b"sea", Tagging=urlencode(tags))
    original = there(s3_buckets)
    s3_buckets.originals.tag_state(original, State.READY)
    assert s3_buckets.tags(original) == tags


def test_check_access_raises_for_a_missing_bucket(s3_buckets: S3Buckets) -> None:
    s3_buckets.originals.check_access()
    with pytest.raises(Exception, match="404"):
        replace(s3_buckets.originals, bucket="tests-nowhere").check_access()


def test_purge_deletes_the_version_and_all_older_ones(buckets: Buckets) -> None:
    for data in (b"one", b"two", b"three"):
        buckets.drop("a.jpg", data)
    buckets.drop("a.jpg.b", b"another")
    last = there(buckets)
    buckets.shredder.purge("a.jpg", last.version)
    assert buckets.originals.head("a.jpg") is None
    assert buckets.stored("a.jpg") == 0
    assert there(buckets, "a.jpg.b").size == 7


def test_purge_deletes_delete_markers(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    buckets.delete("a.jpg")
    buckets.drop("a.jpg", b"two")
    known = there(buckets)
    buckets.delete("a.jpg")
    buckets.shredder.purge("a.jpg", known.version)
    assert buckets.stored("a.jpg") == 0


def test_purge_preserves_newer_versions(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    buckets.drop("a.jpg", b"two")
    known = there(buckets)
    buckets.drop("a.jpg", b"later")
    buckets.shredder.purge("a.jpg", known.version)
    later = there(buckets)
    assert (bytes_of(buckets, later), buckets.stored("a.jpg")) == (b"later", 1)


def test_purge_does_not_restore_a_newer_deleted_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    known = there(buckets)
    buckets.drop("a.jpg", b"later")
    buckets.delete("a.jpg")
    buckets.shredder.purge("a.jpg", known.version)
    assert buckets.originals.head("a.jpg") is None


def test_purge_is_idempotent(buckets: Buckets) -> None:
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
def test_list_originals_returns_each_key_once_in_byte_order(buckets: Buckets, at_once: int) -> None:
    for key in KEYS:
        buckets.drop(key, b"sea")
    assert listed(buckets, at_once) == sorted(KEYS, key=str.encode)


def test_list_originals_of_an_empty_bucket_is_empty(buckets: Buckets) -> None:
    page = buckets.listing.list_originals(None, 5)
    assert (list(page.rows), page.after) == ([], None)


def test_list_originals_returns_current_versions_and_their_time(buckets: Buckets) -> None:
    buckets.drop("gone.jpg", b"gone")
    buckets.delete("gone.jpg")
    buckets.drop("a.jpg", b"old")
    buckets.drop("a.jpg", b"new")
    (one,) = buckets.listing.list_originals(None, 5).rows
    assert one.key == "a.jpg"
    assert abs(one.stored_at - there(buckets).stored_at) < timedelta(seconds=1)


def test_list_originals_continues_after_a_deleted_key(buckets: Buckets) -> None:
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        buckets.drop(key, b"sea")
    buckets.delete("b.jpg")
    assert [one.key for one in buckets.listing.list_originals("b.jpg", 5).rows] == ["c.jpg"]
