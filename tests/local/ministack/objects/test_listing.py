import random
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from local.ministack.objects.index import store
from local.ministack.objects.listing import successor
from local.ministack.objects.records import Content
from tests.local.ministack.objects.conftest import PLAIN, VERSIONED, Answer, S3Client

KEYS = ["a", "a/", "a/b", "a/c", "a/c/d", "a0", "b/x", "b/y", "b/z/1", "c", "ß", "\ud7ff", "\ue000", "🏖/1", "🏖/2", "🏖0"]


def fill(s3: S3Client, keys: list[str]) -> None:
    """Empty objects, stored in one transaction."""
    with s3.storage.connections.write() as writer:
        for key in keys:
            store(writer, PLAIN, key, Content(), versioned=False)


def pages(s3: S3Client, query: str, marker: str, next_marker: str) -> Iterator[Answer]:
    """All pages of a listing."""
    after = ""
    for _ in range(100):
        answer = s3.send("GET", f"/{PLAIN}?{query}" + (f"&{marker}={quote(after, safe='')}" if after else ""))
        yield answer
        if answer.text("IsTruncated") == "false":
            return
        after = answer.text(next_marker)
    raise AssertionError("the listing does not end")


@pytest.mark.parametrize("delimiter", ["", "/"])
def test_every_key_and_group_is_listed_once_in_byte_order(s3: S3Client, delimiter: str) -> None:
    fill(s3, random.Random(1).sample(KEYS, len(KEYS)))
    for prefix in ("", "a", "a/", "b/z", "🏖", "z"):
        matching = sorted((key for key in KEYS if key.startswith(prefix)), key=str.encode)
        groups = list[str]()
        if delimiter:
            ends = {key: key.find("/", len(prefix)) for key in matching}
            groups = list(dict.fromkeys(key[: end + 1] for key, end in ends.items() if end >= 0))
            matching = [key for key, end in ends.items() if end < 0]
        for limit in (1, 2, 3, 1000):
            query = f"list-type=2&prefix={quote(prefix)}&delimiter={delimiter}&max-keys={limit}"
            found = list(pages(s3, query, "continuation-token", "NextContinuationToken"))
            assert [key for page in found for key in page.texts("Contents/Key")] == matching
            assert [group for page in found for group in page.texts("CommonPrefixes/Prefix")] == groups
            assert all(int(page.text("KeyCount")) <= limit for page in found)


def test_first_version_of_the_api_continues_by_key(s3: S3Client) -> None:
    fill(s3, KEYS)
    found = list(pages(s3, "delimiter=/&max-keys=2", "marker", "NextMarker"))
    assert [key for page in found for key in page.texts("Contents/Key")] == [
        "a",
        "a0",
        "c",
        "ß",
        "\ud7ff",
        "\ue000",
        "🏖0",
    ]


def test_no_keys_are_listed_if_none_are_asked_for(s3: S3Client) -> None:
    s3.put(PLAIN, "a")
    answer = s3.send("GET", f"/{PLAIN}?list-type=2&max-keys=0")
    assert (answer.texts("Contents"), answer.text("IsTruncated")) == ([], "false")


def test_versions_are_listed_latest_first(s3: S3Client) -> None:
    expected = []
    for key in ("a", "a/b", "c"):
        ids = [s3.put(VERSIONED, key).headers["x-amz-version-id"] for _ in range(3)]
        ids.insert(2, s3.send("DELETE", f"/{VERSIONED}/{key}").headers["x-amz-version-id"])
        ids.append(s3.put(VERSIONED, key).headers["x-amz-version-id"])
        assert s3.send("GET", f"/{VERSIONED}?versions&prefix={key}").texts("Version/VersionId")[0] == ids[4]
        expected += [(key, each) for each in ids]
    for limit in (1, 2, 3, 1000):
        found, markers, more = list[tuple[str, str]](), "", True
        while more:
            answer = s3.send("GET", f"/{VERSIONED}?versions&max-keys={limit}{markers}")
            listed = list(zip(answer.texts("*/Key"), answer.texts("*/VersionId"), strict=True))
            assert len(listed) <= limit
            found += listed
            if more := answer.text("IsTruncated") == "true":
                names = (answer.text("NextKeyMarker"), answer.text("NextVersionIdMarker"))
                markers = "&key-marker={}&version-id-marker={}".format(*names)
        assert sorted(found) == sorted(expected)


def test_listing_reads_no_more_rows_than_it_returns(s3: S3Client) -> None:
    """A page of 2 groups of 300 keys, in a bucket with 1,000 versions of deleted keys before them."""
    with s3.storage.connections.write() as writer:
        for number in range(1000):
            store(writer, VERSIONED, f"deleted/{number:04d}", Content(), versioned=True)
            store(writer, VERSIONED, f"deleted/{number:04d}", None, versioned=True)
        for number in range(600):
            store(writer, VERSIONED, f"kept/{number % 2}/{number:04d}", Content(), versioned=True)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def connect_and_list() -> Answer:
        return s3.send("GET", f"/{VERSIONED}?list-type=2&prefix=kept/&delimiter=/")

    assert connect_and_list().texts("CommonPrefixes/Prefix") == ["kept/0/", "kept/1/"]
    for reader in s3.storage.connections._all_readers:
        reader.set_progress_handler(count, 10)
    assert connect_and_list().texts("CommonPrefixes/Prefix") == ["kept/0/", "kept/1/"]
    assert steps < 30  # of ten virtual instructions each


@pytest.mark.parametrize(
    ("text", "expected"), [("a", "b"), ("a/", "a0"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b"), ("\U0010ffff", "")]
)
def test_successor(text: str, expected: str) -> None:
    assert successor(text) == expected


def test_invalid_continuation_token_is_refused(s3: S3Client) -> None:
    s3.put(PLAIN, "a")
    s3.put(PLAIN, "b")
    token = s3.send("GET", f"/{PLAIN}?list-type=2&max-keys=1").text("NextContinuationToken")
    wrong = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for each in ("", "a", "YQ==", "!!!", "%C3%A9", "%00", quote(wrong), quote(f"{token}*"), "A" * 5000):
        answer = s3.send("GET", f"/{PLAIN}?list-type=2&continuation-token={each}")
        assert (answer.status, answer.code) == (400, "InvalidArgument"), each
        assert answer.text("Message") == "The continuation token provided is incorrect"
    assert s3.send("GET", f"/{PLAIN}?list-type=2&continuation-token={quote(token)}").texts("Contents/Key") == ["b"]
