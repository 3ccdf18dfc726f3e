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


def get_original(buckets: Buckets, key: str = "a.jpg") -> Original:
    original = buckets.originals.head(key)
    assert original is not None
    return original


def download(buckets: Buckets, original: Original) -> bytes:
    into = io.BytesIO()
    buckets.originals.download(original, into)
    return into.getvalue()


@pytest.mark.parametrize("key", KEYS)
def test_original_with_any_key_is_found_fetched_and_tagged(buckets: Buckets, key: str) -> None:
    buckets.drop(key, b"sea")
    original = get_original(buckets, key)
    assert (original.key, original.size) == (key, 3)
    assert download(buckets, original) == b"sea"
    buckets.originals.tag_state(original, State.READY)
    assert buckets.state_tag(original) == "ready"


def test_head_of_a_missing_key_returns_none(buckets: Buckets) -> None:
    assert buckets.originals.head("a.jpg") is None


def test_head_returns_time_and_metadata(buckets: Buckets) -> None:
    before = datetime.now(UTC)
    buckets.drop("a.jpg", b"sea", {"tags": "sea,caf%C3%A9", "status": "public"})
    original = get_original(buckets)
    assert dict(original.metadata) == {"tags": "sea,caf%C3%A9", "status": "public"}
    assert original.stored_at.utcoffset() == timedelta(0)
    assert abs(original.stored_at - before) < timedelta(minutes=1)


def test_empty_object_is_found(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"")
    original = get_original(buckets)
    assert (original.size, download(buckets, original)) == (0, b"")


def test_head_is_repeatable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    assert get_original(buckets) == get_original(buckets)


def test_large_original_is_fetched_completely(buckets: Buckets) -> None:
    data = bytes(range(256)) * 12_000  # three megabytes
    buckets.drop("a.jpg", data)
    assert download(buckets, get_original(buckets)) == data


def test_overwriting_creates_a_version_and_keeps_the_old_one_readable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = get_original(buckets)
    buckets.drop("a.jpg", b"newer")
    new = get_original(buckets)
    assert old.version != new.version
    assert (new.size, download(buckets, new), download(buckets, old)) == (5, b"newer", b"old")


def test_same_bytes_create_another_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    first = get_original(buckets)
    buckets.drop("a.jpg", b"sea")
    assert get_original(buckets).version != first.version


def test_deleted_original_is_not_found_but_its_version_is_readable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = get_original(buckets)
    buckets.delete("a.jpg")
    assert buckets.originals.head("a.jpg") is None
    assert download(buckets, original) == b"sea"


def test_fetch_of_a_purged_version_raises_conflict(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = get_original(buckets)
    buckets.drop("a.jpg", b"new")
    new = get_original(buckets)
    buckets.delete_version(old)
    with pytest.raises(Conflict):
        download(buckets, old)
    assert get_original(buckets) == new
    buckets.delete_version(new)
    assert buckets.originals.head("a.jpg") is None
    with pytest.raises(Conflict):
        download(buckets, new)


def test_state_tag_is_set_on_the_given_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"old")
    old = get_original(buckets)
    buckets.drop("a.jpg", b"new")
    new = get_original(buckets)
    buckets.originals.tag_state(old, State.REJECTED)
    assert (buckets.state_tag(old), buckets.state_tag(new)) == ("rejected", None)


def test_state_tag_is_idempotent_and_replaceable(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = get_original(buckets)
    for state in (State.REJECTED, State.READY, State.READY):
        buckets.originals.tag_state(original, state)
    assert buckets.state_tag(original) == "ready"
    assert get_original(buckets) == original


def test_tagging_a_purged_version_does_nothing(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"sea")
    original = get_original(buckets)
    buckets.delete_version(original)
    buckets.originals.tag_state(original, State.READY)
    assert buckets.originals.head("a.jpg") is None


def test_delete_marker_is_not_an_original(s3_buckets: S3Buckets) -> None:
    s3_buckets.drop("a.jpg", b"sea")
    original = get_original(s3_buckets)
    marker = s3_buckets.s3.delete_object(Bucket=s3_buckets.bucket, Key="a.jpg")["VersionId"]
    with pytest.raises(Conflict):
        download(s3_buckets, replace(original, version=marker))
    s3_buckets.originals.tag_state(replace(original, version=marker), State.READY)


def test_state_tag_preserves_other_tags(s3_buckets: S3Buckets) -> None:
    s3_buckets.s3.put_object(Bucket=s3_buckets.bucket, Key="a.jpg", Body=b"sea", Tagging="trip=2024")
    original = get_original(s3_buckets)
    s3_buckets.originals.tag_state(original, State.READY)
    assert s3_buckets.tags(original) == {"trip": "2024", "tintype-state": "ready"}


def test_object_with_ten_tags_stays_without_state_tag(s3_buckets: S3Buckets) -> None:
    tags = {f"t{n}": str(n) for n in range(10)}
    s3_buckets.s3.put_object(Bucket=s3_buckets.bucket, Key="a.jpg", Body=b"sea", Tagging=urlencode(tags))
    original = get_original(s3_buckets)
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
    last = get_original(buckets)
    buckets.version_purger.purge("a.jpg", last.version)
    assert buckets.originals.head("a.jpg") is None
    assert buckets.count_versions("a.jpg") == 0
    assert get_original(buckets, "a.jpg.b").size == 7


def test_purge_deletes_delete_markers(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    buckets.delete("a.jpg")
    buckets.drop("a.jpg", b"two")
    known = get_original(buckets)
    buckets.delete("a.jpg")
    buckets.version_purger.purge("a.jpg", known.version)
    assert buckets.count_versions("a.jpg") == 0


def test_purge_preserves_newer_versions(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    buckets.drop("a.jpg", b"two")
    known = get_original(buckets)
    buckets.drop("a.jpg", b"later")
    buckets.version_purger.purge("a.jpg", known.version)
    later = get_original(buckets)
    assert (download(buckets, later), buckets.count_versions("a.jpg")) == (b"later", 1)


def test_purge_does_not_restore_a_newer_deleted_version(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    known = get_original(buckets)
    buckets.drop("a.jpg", b"later")
    buckets.delete("a.jpg")
    buckets.version_purger.purge("a.jpg", known.version)
    assert buckets.originals.head("a.jpg") is None


def test_purge_is_idempotent(buckets: Buckets) -> None:
    buckets.drop("a.jpg", b"one")
    known = get_original(buckets)
    buckets.version_purger.purge("a.jpg", known.version)
    buckets.version_purger.purge("a.jpg", known.version)
    buckets.drop("a.jpg", b"two")
    buckets.version_purger.purge("a.jpg", known.version)
    assert get_original(buckets).size == 3


def list_keys(buckets: Buckets, page_size: int) -> list[str]:
    """Every key in the bucket, in the order listed."""
    keys, after = list[str](), None
    while True:
        page = buckets.lister.list_originals(after, page_size)
        assert len(page.rows) <= page_size
        keys.extend(one.key for one in page.rows)
        if page.after is None:
            return keys
        after = page.after


@pytest.mark.parametrize("page_size", [1, 3, len(KEYS), 100])
def test_list_originals_returns_each_key_once_in_byte_order(buckets: Buckets, page_size: int) -> None:
    for key in KEYS:
        buckets.drop(key, b"sea")
    assert list_keys(buckets, page_size) == sorted(KEYS, key=str.encode)


def test_list_originals_of_an_empty_bucket_is_empty(buckets: Buckets) -> None:
    page = buckets.lister.list_originals(None, 5)
    assert (list(page.rows), page.after) == ([], None)


def test_list_originals_returns_current_versions_and_their_time(buckets: Buckets) -> None:
    buckets.drop("gone.jpg", b"gone")
    buckets.delete("gone.jpg")
    buckets.drop("a.jpg", b"old")
    buckets.drop("a.jpg", b"new")
    (one,) = buckets.lister.list_originals(None, 5).rows
    assert one.key == "a.jpg"
    assert abs(one.stored_at - get_original(buckets).stored_at) < timedelta(seconds=1)


def test_list_originals_continues_after_a_deleted_key(buckets: Buckets) -> None:
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        buckets.drop(key, b"sea")
    buckets.delete("b.jpg")
    assert [one.key for one in buckets.lister.list_originals("b.jpg", 5).rows] == ["c.jpg"]
