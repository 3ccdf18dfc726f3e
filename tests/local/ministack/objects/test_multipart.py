import base64
import hashlib
import os
from collections.abc import Sequence

import pytest

from tests.local.ministack.objects.conftest import MIN_PART_BYTES, PLAIN, VERSIONED, Answer, S3Client, md5

KEY = "b1/1.zip"
PARTS = [os.urandom(2_500_000), os.urandom(1_100_000), b"end"]


def start(s3: S3Client, bucket: str = PLAIN, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return s3.send("POST", f"/{bucket}/{KEY}?uploads", headers=named).text("UploadId")


def put_part(s3: S3Client, upload: str, number: int, data: bytes, bucket: str = PLAIN) -> Answer:
    return s3.send("PUT", f"/{bucket}/{KEY}?partNumber={number}&uploadId={upload}", data)


def complete(s3: S3Client, upload: str, parts: Sequence[tuple[int, str]], bucket: str = PLAIN) -> Answer:
    xml = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
    body = f"<CompleteMultipartUpload>{xml}</CompleteMultipartUpload>".encode()
    return s3.send("POST", f"/{bucket}/{KEY}?uploadId={upload}", body)


def upload_parts(
    s3: S3Client, bucket: str = PLAIN, parts: Sequence[bytes] = PARTS
) -> tuple[str, list[tuple[int, str]]]:
    upload = start(s3, bucket, content_type="application/zip", x_amz_meta_a="b", x_amz_tagging="t=1")
    numbered = [(number, part) for number, part in enumerate(parts, 1)]
    return upload, [(number, put_part(s3, upload, number, part, bucket).headers["etag"]) for number, part in numbered]


@pytest.mark.parametrize("bucket", [PLAIN, VERSIONED])
def test_object_is_its_parts_in_order(s3: S3Client, bucket: str) -> None:
    upload, etags = upload_parts(s3, bucket)
    assert s3.get(bucket, KEY).status == 404
    done = complete(s3, upload, etags, bucket)
    expected = md5(b"".join(md5(part).digest() for part in PARTS)).hexdigest()
    assert done.text("ETag") == f'"{expected}-3"'
    got = s3.get(bucket, KEY)
    assert got.data == b"".join(PARTS)
    assert (got.headers["content-type"], got.headers["x-amz-meta-a"]) == ("application/zip", "b")
    assert got.headers["x-amz-tagging-count"] == "1"
    assert s3.buckets.events == [(bucket, KEY, "ObjectCreated:CompleteMultipartUpload", len(got.data))]
    assert s3.send("GET", f"/{bucket}?uploads").texts("Upload") == []


@pytest.mark.parametrize(("first", "last"), [(0, 0), (2_499_999, 2_500_000), (10, 3_600_001), (3_600_000, 3_600_002)])
def test_range_across_parts(s3: S3Client, first: int, last: int) -> None:
    complete(s3, *upload_parts(s3))
    got = s3.get(PLAIN, KEY, range=f"bytes={first}-{last}")
    assert (got.status, got.data) == (206, b"".join(PARTS)[first : last + 1])


def test_one_part_of_an_object(s3: S3Client) -> None:
    complete(s3, *upload_parts(s3))
    for number, part in enumerate(PARTS, 1):
        got = s3.get(PLAIN, KEY, f"partNumber={number}")
        assert (got.status, got.data, got.headers["x-amz-mp-parts-count"]) == (206, part, "3")
    assert s3.get(PLAIN, KEY, "partNumber=4").status == 416


def test_completing_copies_nothing_and_unused_parts_are_deleted(s3: S3Client) -> None:
    upload, etags = upload_parts(s3)
    put_part(s3, upload, 2, b"replaced")
    before = {path.name: path.stat().st_ino for path in s3.files()}
    etag = f'"{md5(b"replaced").hexdigest()}"'
    complete(s3, upload, [etags[0], (2, etag)])
    assert s3.get(PLAIN, KEY).data == PARTS[0] + b"replaced"
    after = {path.name: path.stat().st_ino for path in s3.files()}
    assert len(after) == 2
    assert after.items() <= before.items()


def test_completing_again_succeeds_and_stores_nothing(s3: S3Client) -> None:
    upload, etags = upload_parts(s3, VERSIONED)
    first = complete(s3, upload, etags, VERSIONED)
    assert complete(s3, upload, etags, VERSIONED).data == first.data
    assert len(s3.send("GET", f"/{VERSIONED}?versions").texts("Version")) == 1
    assert len(s3.buckets.events) == 1


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "MalformedXML"),
        ([(2, "x"), (1, "x")], "InvalidPartOrder"),
        ([(1, "0" * 32)], "InvalidPart"),
        ([(4, "x")], "InvalidPart"),
    ],
)
def test_invalid_list_of_parts_changes_nothing(s3: S3Client, parts: list[tuple[int, str]], code: str) -> None:
    upload, etags = upload_parts(s3)
    assert complete(s3, upload, parts).code == code
    assert complete(s3, upload, etags).status == 200


def test_every_part_but_the_last_has_a_minimum_size(s3: S3Client) -> None:
    least = b"x" * MIN_PART_BYTES
    upload, etags = upload_parts(s3, parts=[least, least[1:], least])
    refused = complete(s3, upload, etags)
    assert (refused.status, refused.code) == (400, "EntityTooSmall")
    assert complete(s3, upload, etags[::2]).status == 200
    assert complete(s3, *upload_parts(s3, parts=[least, least[1:]])).status == 200
    assert complete(s3, *upload_parts(s3, parts=[b""])).status == 200


def test_abort_deletes_the_parts(s3: S3Client) -> None:
    upload, etags = upload_parts(s3)
    assert s3.send("DELETE", f"/{PLAIN}/{KEY}?uploadId={upload}").status == 204
    assert s3.files() == []
    for answer in (put_part(s3, upload, 1, b"late"), complete(s3, upload, etags)):
        assert (answer.status, answer.code) == (404, "NoSuchUpload")
    assert s3.files() == []


@pytest.mark.parametrize("number", ["0", "10001", "x"])
def test_invalid_part_number(s3: S3Client, number: str) -> None:
    upload = start(s3)
    assert s3.send("PUT", f"/{PLAIN}/{KEY}?partNumber={number}&uploadId={upload}", b"x").code == "InvalidArgument"


def test_parts_and_uploads_are_listed_in_pages(s3: S3Client) -> None:
    upload, _ = upload_parts(s3)
    page = s3.get(PLAIN, KEY, f"uploadId={upload}&max-parts=2")
    assert (page.texts("Part/PartNumber"), page.text("NextPartNumberMarker")) == (["1", "2"], "2")
    rest = s3.get(PLAIN, KEY, f"uploadId={upload}&part-number-marker=2")
    assert (rest.texts("Part/Size"), rest.text("IsTruncated")) == (["3"], "false")
    ids = sorted([upload, start(s3), start(s3)])
    first = s3.send("GET", f"/{PLAIN}?uploads&max-uploads=2&prefix=b1")
    assert first.texts("Upload/UploadId") == ids[:2]
    markers = f"key-marker={first.text('NextKeyMarker')}&upload-id-marker={first.text('NextUploadIdMarker')}"
    assert s3.send("GET", f"/{PLAIN}?uploads&{markers}").texts("Upload/UploadId") == ids[2:]
    assert s3.send("GET", f"/{PLAIN}?uploads&prefix=other").texts("Upload") == []


def test_composite_checksum_is_that_of_the_parts_checksums(s3: S3Client) -> None:
    upload = start(s3, x_amz_checksum_algorithm="SHA256")
    answers = [put_part(s3, upload, number, part) for number, part in enumerate(PARTS, 1)]
    digests = [hashlib.sha256(part).digest() for part in PARTS]
    assert [answer.headers["x-amz-checksum-sha256"] for answer in answers] == [
        base64.b64encode(digest).decode() for digest in digests
    ]
    done = complete(s3, upload, [(number, answer.headers["etag"]) for number, answer in enumerate(answers, 1)])
    expected = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode() + "-3"
    assert (done.text("ChecksumSHA256"), done.text("ChecksumType")) == (expected, "COMPOSITE")
    assert s3.get(PLAIN, KEY, x_amz_checksum_mode="ENABLED").headers["x-amz-checksum-sha256"] == expected


@pytest.mark.parametrize("source_versioned", [True, False])
def test_copy_shares_the_bytes(s3: S3Client, source_versioned: bool) -> None:
    bucket = VERSIONED if source_versioned else PLAIN
    complete(s3, *upload_parts(s3, bucket), bucket)
    copied = s3.send("PUT", f"/{PLAIN}/copy", headers={"x-amz-copy-source": f"{bucket}/{KEY}"})
    assert copied.status == 200
    s3.send("DELETE", f"/{bucket}/{KEY}")
    got = s3.get(PLAIN, "copy")
    assert got.data == b"".join(PARTS)
    assert (got.headers["content-type"], got.headers["x-amz-tagging-count"]) == ("application/zip", "1")
    assert s3.buckets.events[-2] == (PLAIN, "copy", "ObjectCreated:Copy", len(got.data))


def test_copy_of_a_version_with_new_metadata(s3: S3Client) -> None:
    old = s3.put(VERSIONED, "a?b", b"old", x_amz_meta_a="1").headers["x-amz-version-id"]
    s3.put(VERSIONED, "a?b", b"new")
    headers = {"x-amz-copy-source": f"/{VERSIONED}/a%3Fb?versionId={old}"}
    s3.send("PUT", f"/{PLAIN}/c", headers=headers)
    assert (s3.get(PLAIN, "c").data, s3.get(PLAIN, "c").headers["x-amz-meta-a"]) == (b"old", "1")
    replaced = headers | {"x-amz-metadata-directive": "REPLACE", "x-amz-meta-b": "2", "content-type": "image/png"}
    s3.send("PUT", f"/{PLAIN}/c", headers=replaced)
    got = s3.get(PLAIN, "c").headers
    assert (got["x-amz-meta-b"], got["content-type"], "x-amz-meta-a" in got) == ("2", "image/png", False)


def test_copy_onto_itself_needs_new_metadata(s3: S3Client) -> None:
    s3.put(PLAIN, "a", b"sea")
    headers = {"x-amz-copy-source": f"{PLAIN}/a"}
    assert s3.send("PUT", f"/{PLAIN}/a", headers=headers).code == "InvalidRequest"
    headers |= {"x-amz-metadata-directive": "REPLACE", "x-amz-meta-b": "2"}
    assert s3.send("PUT", f"/{PLAIN}/a", headers=headers).status == 200
    assert (s3.get(PLAIN, "a").data, len(s3.files())) == (b"sea", 1)


@pytest.mark.parametrize(
    ("source", "status"), [(f"{PLAIN}/no", 404), ("nowhere/a", 404), (f"{PLAIN}", 400), (f"{PLAIN}/a", 412)]
)
def test_copy_of_what_does_not_exist(s3: S3Client, source: str, status: int) -> None:
    s3.put(PLAIN, "a")
    headers = {"x-amz-copy-source": source, "x-amz-copy-source-if-match": "other"}
    assert s3.send("PUT", f"/{PLAIN}/b", headers=headers).status == status


def test_part_copied_from_a_range(s3: S3Client) -> None:
    s3.put(PLAIN, "a", b"0123456789" * 200_000)
    upload = start(s3)
    headers = {"x-amz-copy-source": f"{PLAIN}/a", "x-amz-copy-source-range": "bytes=5-1999999"}
    copied = s3.send("PUT", f"/{PLAIN}/{KEY}?partNumber=1&uploadId={upload}", headers=headers)
    complete(s3, upload, [(1, copied.text("ETag"))])
    assert s3.get(PLAIN, KEY).data == (b"0123456789" * 200_000)[5:]
