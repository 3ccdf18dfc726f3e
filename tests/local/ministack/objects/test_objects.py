import base64
import os
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.local.ministack.objects.conftest import PLAIN, SUSPENDED, VERSIONED, S3Client, md5

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("pieces", [[b""], [b"sea"], [b"se", b"a"], [os.urandom(700_000) for _ in range(5)]])
def test_object_is_returned_as_it_was_put(s3: S3Client, pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    answer = s3.put(PLAIN, "a/b c.jpg", pieces, content_type="image/jpeg", x_amz_meta_tags="caf%C3%A9")
    assert answer.status == 200
    assert answer.headers["etag"] == f'"{md5(data).hexdigest()}"'
    got = s3.get(PLAIN, "a/b c.jpg")
    assert (got.status, got.data) == (200, data)
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["x-amz-meta-tags"] == "caf%C3%A9"
    assert got.headers["content-length"] == str(len(data))
    head = s3.send("HEAD", f"/{PLAIN}/a/b%20c.jpg")
    assert (head.status, head.data, head.headers["content-length"]) == (200, b"", str(len(data)))
    assert s3.buckets.events == [(PLAIN, "a/b c.jpg", "ObjectCreated:Put", len(data))]


@pytest.mark.parametrize("data", [b"0123456789", b"0123456789" * 300_000])
@pytest.mark.parametrize(
    ("header", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=2-5", 2, 5), ("bytes=7-", 7, -1), ("bytes=-3", -3, -1), ("bytes=5-99999999", 5, -1)],
)
def test_range(s3: S3Client, data: bytes, header: str, first: int, last: int) -> None:
    s3.put(VERSIONED, "a", data)
    version = s3.put(VERSIONED, "a", data).headers["x-amz-version-id"]
    for query in ("", f"versionId={version}"):
        got = s3.get(VERSIONED, "a", query, range=header)
        first, last = first % len(data), last % len(data)
        assert (got.status, got.data) == (206, data[first : last + 1])
        assert got.headers["content-range"] == f"bytes {first}-{last}/{len(data)}"


def test_range_beyond_the_end_is_not_satisfiable(s3: S3Client) -> None:
    s3.put(PLAIN, "a", b"sea")
    got = s3.get(PLAIN, "a", range="bytes=3-")
    assert (got.status, got.code, got.headers["content-range"]) == (416, "InvalidRange", "bytes */3")


@pytest.mark.parametrize("header", ["bytes=5-2", "lines=1-2", "bytes=-", "bytes=0-1,3-4"])
def test_invalid_range_is_ignored(s3: S3Client, header: str) -> None:
    s3.put(PLAIN, "a", b"0123456789")
    assert s3.get(PLAIN, "a", range=header).data == b"0123456789"


def test_overwriting_without_versioning_deletes_the_old_file(s3: S3Client) -> None:
    s3.put(PLAIN, "a", b"old")
    s3.put(PLAIN, "a", b"newer")
    assert s3.get(PLAIN, "a").data == b"newer"
    assert [path.read_bytes() for path in s3.files()] == [b"newer"]


def test_older_versions_stay_readable(s3: S3Client) -> None:
    ids = [s3.put(VERSIONED, "a", data).headers["x-amz-version-id"] for data in (b"one", b"two")]
    assert s3.get(VERSIONED, "a").headers["x-amz-version-id"] == ids[1]
    assert [s3.get(VERSIONED, "a", f"versionId={each}").data for each in ids] == [b"one", b"two"]


def test_suspended_bucket_replaces_its_null_version_only(s3: S3Client) -> None:
    s3.buckets.versionings[SUSPENDED] = "Enabled"
    version = s3.put(SUSPENDED, "a", b"one").headers["x-amz-version-id"]
    s3.buckets.versionings[SUSPENDED] = "Suspended"
    for data in (b"two", b"three"):
        assert s3.put(SUSPENDED, "a", data).headers["x-amz-version-id"] == "null"
    assert s3.get(SUSPENDED, "a", f"versionId={version}").data == b"one"
    assert s3.get(SUSPENDED, "a", "versionId=null").data == b"three"
    assert len(s3.files()) == 2


def test_missing_keys_and_versions(s3: S3Client) -> None:
    assert s3.get(PLAIN, "a").code == "NoSuchKey"
    s3.put(VERSIONED, "a")
    got = s3.get(VERSIONED, "a", "versionId=0123")
    assert (got.status, got.code) == (404, "NoSuchVersion")
    assert s3.send("HEAD", f"/{PLAIN}/a").data == b""


def test_delete_marker_hides_the_object_until_it_is_deleted(s3: S3Client) -> None:
    version = s3.put(VERSIONED, "a", b"sea").headers["x-amz-version-id"]
    deleted = s3.send("DELETE", f"/{VERSIONED}/a")
    marker = deleted.headers["x-amz-version-id"]
    assert (deleted.status, deleted.headers["x-amz-delete-marker"]) == (204, "true")
    hidden = s3.get(VERSIONED, "a")
    assert (hidden.status, hidden.code, hidden.headers["x-amz-delete-marker"]) == (404, "NoSuchKey", "true")
    assert s3.get(VERSIONED, "a", f"versionId={marker}").status == 405
    assert s3.get(VERSIONED, "a", f"versionId={version}").data == b"sea"
    s3.send("DELETE", f"/{VERSIONED}/a?versionId={marker}")
    assert s3.get(VERSIONED, "a").data == b"sea"
    assert [event for _, _, event, _ in s3.buckets.events] == [
        "ObjectCreated:Put",
        "ObjectRemoved:DeleteMarkerCreated",
        "ObjectRemoved:Delete",
    ]


def test_deleting_a_version_deletes_its_file(s3: S3Client) -> None:
    one, two = (s3.put(VERSIONED, "a", data).headers["x-amz-version-id"] for data in (b"one", b"two"))
    assert s3.send("DELETE", f"/{VERSIONED}/a?versionId={two}").status == 204
    assert s3.get(VERSIONED, "a").data == b"one"
    assert s3.send("DELETE", f"/{VERSIONED}/a?versionId={one}").status == 204
    assert s3.get(VERSIONED, "a").status == 404
    assert s3.files() == []


def test_delete_objects_reports_each(s3: S3Client) -> None:
    for key in ("a", "b & c"):
        s3.put(PLAIN, key)
    keys = b"".join(b"<Object><Key>%s</Key></Object>" % key for key in (b"a", b"b &amp; c", b"no"))
    body = b"<Delete>%s</Delete>" % keys
    answer = s3.send("POST", f"/{PLAIN}?delete", body)
    assert answer.texts("Deleted/Key") == ["a", "b & c", "no"]
    assert s3.files() == []
    quiet = b"<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>"
    assert s3.send("POST", f"/{PLAIN}?delete", quiet).texts("*") == []


@pytest.mark.parametrize("body", [b"", b"<Delete/>", b"<Other/>", b"<Delete>", b"<!DOCTYPE x><Delete/>"])
def test_malformed_xml_is_rejected(s3: S3Client, body: bytes) -> None:
    assert s3.send("POST", f"/{PLAIN}?delete", body).code == "MalformedXML"


def test_conditional_reads(s3: S3Client) -> None:
    etag = s3.put(PLAIN, "a", b"sea").headers["etag"]
    modified = s3.get(PLAIN, "a").headers["last-modified"]
    assert s3.get(PLAIN, "a", if_none_match=etag).status == 304
    assert s3.get(PLAIN, "a", if_modified_since=modified).status == 304
    assert s3.get(PLAIN, "a", if_match=etag).status == 200
    assert s3.get(PLAIN, "a", if_match='"other"').code == "PreconditionFailed"
    assert s3.get(PLAIN, "a", if_unmodified_since="Thu, 01 Jan 2026 00:00:00 GMT").status == 412


def test_conditional_writes(s3: S3Client) -> None:
    assert s3.put(PLAIN, "a", b"sea", if_match="*").code == "NoSuchKey"
    assert s3.put(PLAIN, "a", b"sea", if_none_match="*").status == 200
    assert s3.put(PLAIN, "a", b"other", if_none_match="*").status == 412
    assert s3.put(PLAIN, "a", b"other", if_match='"0"').status == 412
    assert s3.get(PLAIN, "a").data == b"sea"
    assert len(s3.files()) == 1


def test_object_cannot_run_scripts_in_the_origin_of_the_sign_in_page(s3: S3Client) -> None:
    s3.put(PLAIN, "a.html", b"<script>alert(1)</script>", content_type="text/html")
    for query in ("", "response-content-security-policy=none", "response-content-type=image%2Fsvg%2Bxml"):
        got = s3.get(PLAIN, "a.html", query)
        assert got.headers["content-security-policy"] == "sandbox"
        assert got.headers["x-content-type-options"] == "nosniff"


def test_response_overrides(s3: S3Client) -> None:
    s3.put(PLAIN, "a", b"sea", content_type="image/jpeg", content_disposition="inline")
    name = quote('attachment; filename="sea.jpg"')
    got = s3.get(PLAIN, "a", f"response-content-disposition={name}&response-content-type=text%2Fplain")
    assert got.headers["content-disposition"] == 'attachment; filename="sea.jpg"'
    assert got.headers["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content-md5": base64.b64encode(b"0" * 16).decode()}, "BadDigest"),
        ({"content-md5": "AAAA"}, "InvalidDigest"),
        ({"x-amz-checksum-sha256": base64.b64encode(b"0" * 32).decode()}, "BadDigest"),
        ({"x-amz-checksum-crc32": "AAAAAA=="}, "BadDigest"),
        ({"x-amz-sdk-checksum-algorithm": "MD4"}, "InvalidRequest"),
        ({"content-length": "4"}, "IncompleteBody"),
        ({"x-amz-meta-long": "x" * 3000}, "MetadataTooLarge"),
    ],
    ids=str,
)
def test_object_that_is_not_what_the_client_says_is_not_stored(
    s3: S3Client, headers: dict[str, str], code: str
) -> None:
    for body in ([b"sea"], [b"sea", b""]):
        answer = s3.send("PUT", f"/{PLAIN}/a", body, headers)
        assert (answer.status, answer.code) == (400, code)
    assert s3.get(PLAIN, "a").status == 404
    assert s3.files() == []


def test_checksum_is_verified_stored_and_returned_for_the_whole_object(s3: S3Client) -> None:
    checksum = base64.b64encode(zlib.crc32(b"sea").to_bytes(4)).decode()
    assert s3.put(PLAIN, "a", b"sea", x_amz_checksum_crc32=checksum).headers["x-amz-checksum-crc32"] == checksum
    assert "x-amz-checksum-crc32" not in s3.get(PLAIN, "a").headers
    got = s3.get(PLAIN, "a", x_amz_checksum_mode="ENABLED")
    assert (got.headers["x-amz-checksum-crc32"], got.headers["x-amz-checksum-type"]) == (checksum, "FULL_OBJECT")
    assert "x-amz-checksum-crc32" not in s3.get(PLAIN, "a", range="bytes=0-0", x_amz_checksum_mode="ENABLED").headers


def test_tags_belong_to_a_version(s3: S3Client) -> None:
    one = s3.put(VERSIONED, "a", x_amz_tagging="trip=2024&x=").headers["x-amz-version-id"]
    two = s3.put(VERSIONED, "a").headers["x-amz-version-id"]
    body = b"<Tagging><TagSet><Tag><Key>state</Key><Value>ready</Value></Tag></TagSet></Tagging>"
    assert s3.send("PUT", f"/{VERSIONED}/a?tagging&versionId={two}", body).status == 200
    assert s3.get(VERSIONED, "a", f"tagging&versionId={one}").texts("TagSet/Tag/Key") == ["trip", "x"]
    assert s3.get(VERSIONED, "a", "tagging").texts("TagSet/Tag/Value") == ["ready"]
    assert s3.get(VERSIONED, "a").headers["x-amz-tagging-count"] == "1"
    assert s3.send("DELETE", f"/{VERSIONED}/a?tagging").status == 204
    assert s3.get(VERSIONED, "a", "tagging").texts("TagSet/Tag") == []


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE"])
def test_unsigned_request_is_denied(s3: S3Client, method: str) -> None:
    s3.put(PLAIN, "a", b"sea")
    assert s3.send(method, f"/{PLAIN}/a", signature=None).status == 403
    assert s3.send("GET", f"/{PLAIN}", signature=None).code == "AccessDenied"
    assert s3.get(PLAIN, "a").data == b"sea"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/other/a"), ("GET", "/"), ("PUT", f"/{PLAIN}"), ("GET", f"/{PLAIN}?cors"), ("HEAD", f"/{PLAIN}")],
)
def test_requests_about_buckets_are_ministacks(s3: S3Client, method: str, path: str) -> None:
    assert s3.send(method, path).status == 418


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unsupported_parts_of_an_object_are_refused(s3: S3Client, method: str) -> None:
    assert s3.send(method, f"/{PLAIN}/a?acl", b"<x/>").code == "NotImplemented"


def test_hoisted_headers_of_a_presigned_url_are_stored(s3: S3Client) -> None:
    s3.send("PUT", f"/{PLAIN}/a?X-Amz-Signature=0&x-amz-meta-tags=sea&x-amz-checksum-crc32=AAAAAA%3D%3D", b"sea")
    assert s3.get(PLAIN, "a").headers["x-amz-meta-tags"] == "sea"


def test_cors_headers_are_those_of_the_bucket(s3: S3Client) -> None:
    s3.put(PLAIN, "a")
    assert s3.get(PLAIN, "a", origin="http://page").headers["access-control-allow-origin"] == "http://page"
    assert s3.send("OPTIONS", f"/{PLAIN}/a", signature=None).status == 403


def test_client_that_goes_away_leaves_nothing(s3: S3Client) -> None:
    pieces = [b"x" * MEGABYTE, b"y" * MEGABYTE]
    assert s3.send("PUT", f"/{PLAIN}/a", pieces, complete=False).status == 0
    assert s3.files() == []
    assert s3.get(PLAIN, "a").status == 404


def open_files() -> list[str]:
    """The paths of this process's open files."""
    return [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]


@pytest.mark.parametrize("sizes", [[9 * MEGABYTE], [3 * MEGABYTE] * 3])
def test_download_stops_when_the_client_has_gone(s3: S3Client, sizes: list[int]) -> None:
    upload = s3.send("POST", f"/{PLAIN}/a?uploads").text("UploadId")
    for number, size in enumerate(sizes, 1):
        s3.send("PUT", f"/{PLAIN}/a?partNumber={number}&uploadId={upload}", bytes(size))
    etags = [f'"{md5(bytes(size)).hexdigest()}"' for size in sizes]
    parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{e}</ETag></Part>" for n, e in enumerate(etags, 1))
    body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
    assert s3.send("POST", f"/{PLAIN}/a?uploadId={upload}", body).status == 200
    assert len(s3.get(PLAIN, "a").data) == 9 * MEGABYTE
    got = s3.send("GET", f"/{PLAIN}/a", stays=False)
    assert (got.status, len(got.data) <= MEGABYTE) == (200, True)
    assert not [path for path in open_files() if "/data/" in path]
