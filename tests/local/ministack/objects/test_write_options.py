"""Tags and headers that S3 refuses are refused with its codes, and nothing is stored."""

from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from tests.local.ministack.objects.conftest import PLAIN, Answer, S3Client

INVALID_TAGS = [
    "k" * 129 + "=v",
    "k=" + "v" * 257,
    "=v",
    "aws:k=v",
    "AWS:k=v",
    "k=%3Cv%3E",
    "k%00=v",
    "k=a%2Cb",
    "k=🦆",
]
VALID_TAGS = ["k" * 128 + "=" + "v" * 256, "k=", "k=a+b+-%3D._:/@1", "%C3%A9t%C3%A9=%E6%B5%B7", "aws=v"]


def put_tags(s3: S3Client, tags: list[tuple[str, str]]) -> Answer:
    """PutObjectTagging."""
    pairs = "".join(f"<Tag><Key>{escape(key)}</Key><Value>{escape(value)}</Value></Tag>" for key, value in tags)
    return s3.send("PUT", f"/{PLAIN}/a?tagging", f"<Tagging><TagSet>{pairs}</TagSet></Tagging>".encode())


@pytest.mark.parametrize("tags", INVALID_TAGS)
def test_invalid_tags_are_refused(s3: S3Client, tags: str) -> None:
    encoded = quote(tags, safe="=%+:/@")
    answer = s3.put(PLAIN, "a", x_amz_tagging=encoded)
    assert (answer.status, answer.code) == (400, "InvalidTag")
    upload = s3.send("POST", f"/{PLAIN}/a?uploads", headers={"x-amz-tagging": encoded})
    assert (upload.status, upload.code) == (400, "InvalidTag")
    assert s3.files() == []


@pytest.mark.parametrize("tags", [[("k" * 129, "v")], [("k", "<v>")], [("aws:k", "v")], [("k", "1"), ("k", "2")]])
def test_invalid_tags_of_an_object_change_nothing(s3: S3Client, tags: list[tuple[str, str]]) -> None:
    s3.put(PLAIN, "a", x_amz_tagging="k=old")
    answer = put_tags(s3, tags)
    assert (answer.status, answer.code) == (400, "InvalidTag")
    assert s3.get(PLAIN, "a", "tagging").texts("TagSet/Tag/Value") == ["old"]


@pytest.mark.parametrize("tags", VALID_TAGS)
def test_valid_tags_are_stored(s3: S3Client, tags: str) -> None:
    assert s3.put(PLAIN, "a", x_amz_tagging=tags).status == 200
    assert s3.get(PLAIN, "a").headers["x-amz-tagging-count"] == "1"


@pytest.mark.parametrize("tags", ["k=1&k=2", "k=%FF"])
def test_tags_that_are_no_query_are_refused(s3: S3Client, tags: str) -> None:
    answer = s3.put(PLAIN, "a", x_amz_tagging=tags)
    assert (answer.status, answer.code) == (400, "InvalidArgument")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("x-amz-acl", "public-read", "AccessControlListNotSupported"),
        ("x-amz-acl", "", "AccessControlListNotSupported"),
        ("x-amz-grant-read", "id=1", "AccessControlListNotSupported"),
        ("x-amz-storage-class", "FROZEN", "InvalidStorageClass"),
        ("x-amz-server-side-encryption", "ROT13", "InvalidArgument"),
    ],
)
def test_unknown_values_of_headers_are_refused(s3: S3Client, name: str, value: str, code: str) -> None:
    s3.put(PLAIN, "source")
    for method, path, more in (
        ("PUT", f"/{PLAIN}/a", {}),
        ("POST", f"/{PLAIN}/a?uploads", {}),
        ("PUT", f"/{PLAIN}/a", {"x-amz-copy-source": f"{PLAIN}/source"}),
    ):
        answer = s3.send(method, path, b"", {name: value, **more})
        assert (answer.status, answer.code) == (400, code)
    assert s3.get(PLAIN, "a").status == 404


@pytest.mark.parametrize("name", ["x-amz-metadata-directive", "x-amz-tagging-directive"])
def test_unknown_directive_of_a_copy_is_refused(s3: S3Client, name: str) -> None:
    s3.put(PLAIN, "source")
    answer = s3.send("PUT", f"/{PLAIN}/a", headers={"x-amz-copy-source": f"{PLAIN}/source", name: "MERGE"})
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert s3.get(PLAIN, "a").status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"x_amz_acl": "private"},
        {"x_amz_acl": "bucket-owner-full-control"},
        {"x_amz_storage_class": "INTELLIGENT_TIERING", "x_amz_server_side_encryption": "AES256"},
    ],
)
def test_known_values_of_headers_are_accepted(s3: S3Client, headers: dict[str, str]) -> None:
    assert s3.put(PLAIN, "a", b"data", **headers).status == 200
