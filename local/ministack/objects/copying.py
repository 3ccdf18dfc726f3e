"""CopyObject and UploadPartCopy. A copied object shares the bytes of its source through hard links."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qs, unquote

from local.ministack.objects.conditions import is_unmodified
from local.ministack.objects.errors import S3Error, invalid_argument, precondition_failed
from local.ministack.objects.reading import checksum_headers, damage_error, find_readable, open_ranges, parse_range
from local.ministack.objects.records import Part, Version, iso_date, now_ms
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import FileRange, Response, xml_response
from local.ministack.objects.storage import Storage, check_key, stored_headers
from local.ministack.objects.tags import header_tags
from local.ministack.objects.write_options import check_write_options
from local.ministack.objects.writing import BodyFile, part_number

BLOCK_BYTES = 1024 * 1024


def copy_object(storage: Storage, request: Request) -> Response:
    """Copy an object or one version of it; raises S3Error."""
    check_key(request)
    check_write_options(request.headers)
    source = _source(storage, request)
    headers = request.headers
    replaces = headers.get("x-amz-metadata-directive", "COPY").upper() == "REPLACE"
    if (source.bucket, source.key) == (request.bucket, request.key) and source.current and not replaces:
        raise S3Error(
            400,
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
        )
    headers_to_store = stored_headers(headers) if replaces else source.content.headers
    replaces_tags = headers.get("x-amz-tagging-directive", "COPY").upper() == "REPLACE"
    tags = header_tags(headers) if replaces_tags else source.content.tags
    try:
        files = storage.files.link(source.content.files)
    except OSError as error:
        raise damage_error(storage, source, error) from error
    content = replace(
        source.content,
        files=files,
        headers=headers_to_store,
        tags=tags,
    )
    try:
        stored = storage.index.put(request.bucket, request.key, content, versioned=storage.versioned(request.bucket))
    except Exception:
        storage.files.remove([file.name for file in files])
        raise
    storage.finish_put(stored, "Copy")
    version = stored.version
    children = [("ETag", f'"{content.etag}"'), ("LastModified", version.iso_date)]
    return xml_response(
        "CopyObjectResult",
        children,
        headers=_source_header(storage, source)
        | storage.version_headers(version)
        | checksum_headers(content.checksums),
    )


def upload_part_copy(storage: Storage, request: Request) -> Response:
    """Copy an object, or a range of it, into a part of a multipart upload; raises S3Error."""
    upload = storage.uploads.get(request.bucket, request.key, request.query.get("uploadId", ""))
    number = part_number(request)
    source = _source(storage, request)
    first, last = 0, source.size - 1
    if selected := request.header("x-amz-copy-source-range"):
        found = parse_range(selected, source.size)
        if found is None:
            raise invalid_argument("The x-amz-copy-source-range value must be of the form bytes=first-last")
        first, last = found
    body = BodyFile(storage, {}, last - first + 1, upload.algorithm)
    try:
        _copy(storage, source, body, first, last - first + 1)
        received = body.publish({})
        part = Part(number, received.etag, now_ms(), received.checksums, received.file)
        try:
            replaced = storage.uploads.put_part(upload, part)
        except Exception:
            body.discard(received)
            raise
    finally:
        body.close()
    storage.discard(replaced)
    children = [("ETag", f'"{part.etag}"'), ("LastModified", iso_date(part.modified))]
    return xml_response("CopyPartResult", children, headers=_source_header(storage, source))


def _source(storage: Storage, request: Request) -> Version:
    path, _, parameters = request.headers["x-amz-copy-source"].removeprefix("/").partition("?")
    bucket, _, key = unquote(path).partition("/")
    if not key:
        raise invalid_argument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    if not storage.buckets.exists(bucket):
        raise S3Error(404, "NoSuchBucket", "The specified bucket does not exist")
    (version_id,) = parse_qs(parameters).get("versionId", [""])[:1]
    source = find_readable(storage, bucket, key, version_id)
    if is_unmodified(request.headers, source, "x-amz-copy-source-"):
        raise precondition_failed()
    return source


def _source_header(storage: Storage, source: Version) -> dict[str, str]:
    version_id = storage.version_headers(source).get("x-amz-version-id")
    return {"x-amz-copy-source-version-id": version_id} if version_id else {}


def _copy(storage: Storage, source: Version, body: BodyFile, first: int, size: int) -> None:
    try:
        _feed(open_ranges(storage, source.content.files, first, size), body)
    except OSError as error:
        raise damage_error(storage, source, error) from error


def _feed(ranges: Sequence[FileRange], body: BodyFile) -> None:
    for each in ranges:
        try:
            for position in range(0, each.length, BLOCK_BYTES):
                body.feed(each.read(position, BLOCK_BYTES))
        finally:
            each.close()
