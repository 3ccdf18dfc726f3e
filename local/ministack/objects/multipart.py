"""Multipart uploads: starting, completing, aborting and listing them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

from local.ministack.objects import digests
from local.ministack.objects.conditions import WriteCondition
from local.ministack.objects.errors import S3Error, bad_digest, entity_too_small, malformed_xml, no_such_upload
from local.ministack.objects.records import Content, Part, Upload, Version, iso_date, new_id, now_ms
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Node, Response, url_encoded, xml_response
from local.ministack.objects.storage import Storage, check_key, stored_headers
from local.ministack.objects.tags import header_tags
from local.ministack.objects.write_options import check_write_options
from local.ministack.objects.xml_bodies import child, children, parse

MAX_LISTED = 1000


def create_upload(storage: Storage, request: Request) -> Response:
    """Start an upload; raises S3Error."""
    check_key(request)
    check_write_options(request.headers)
    headers = request.headers
    algorithm = digests.normalize(headers.get("x-amz-checksum-algorithm", ""))
    if algorithm:
        digests.new_digest(algorithm)
    full_object = headers.get("x-amz-checksum-type", "").upper() == "FULL_OBJECT" or algorithm == "CRC64NVME"
    tags, object_headers = header_tags(headers), stored_headers(headers)
    upload = Upload(new_id(), request.bucket, request.key, now_ms(), object_headers, tags, algorithm, full_object)
    storage.uploads.start(upload)
    announced = {}
    if algorithm:
        checksum_type = "FULL_OBJECT" if full_object else "COMPOSITE"
        announced = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": checksum_type}
    nodes: list[Node] = [("Bucket", upload.bucket), ("Key", upload.key), ("UploadId", upload.upload_id)]
    return xml_response("InitiateMultipartUploadResult", nodes, headers=announced)


def complete_upload(storage: Storage, request: Request, body: bytes) -> Response:
    """Turn the named parts into an object without copying a byte; raises S3Error."""
    upload_id = request.query.get("uploadId", "")
    try:
        upload = storage.uploads.get(request.bucket, request.key, upload_id)
    except S3Error:
        return _completed(storage, request, _repeated(storage, request, upload_id))
    parts = _chosen(parse(body, "CompleteMultipartUpload"), storage.uploads.parts(upload))
    if any(part.file.size < storage.min_part_bytes for part in parts[:-1]):
        raise entity_too_small()
    content = _assemble(upload, parts, request.headers)
    stored = storage.uploads.complete(
        upload,
        content,
        versioned=storage.versioned(upload.bucket),
        condition=WriteCondition.of(request.headers),
    )
    storage.finish_put(stored, "CompleteMultipartUpload")
    return _completed(storage, request, stored.version)


def abort_upload(storage: Storage, request: Request) -> Response:
    """Delete an upload and its parts; raises S3Error."""
    upload = storage.uploads.get(request.bucket, request.key, request.query.get("uploadId", ""))
    storage.discard(storage.uploads.abort(upload))
    return Response(204)


def list_parts(storage: Storage, request: Request) -> Response:
    """A page of an upload's parts; raises S3Error."""
    upload = storage.uploads.get(request.bucket, request.key, request.query.get("uploadId", ""))
    after, limit = request.number("part-number-marker", 0, 10_000), request.number("max-parts", MAX_LISTED, MAX_LISTED)
    parts = storage.uploads.parts(upload, after, limit + 1)
    page = parts[:limit]
    nodes: list[Node] = [
        ("Bucket", upload.bucket),
        ("Key", upload.key),
        ("UploadId", upload.upload_id),
        ("StorageClass", "STANDARD"),
        ("PartNumberMarker", after),
        ("NextPartNumberMarker", page[-1].number if page else 0),
        ("MaxParts", limit),
        ("IsTruncated", "true" if len(parts) > limit else "false"),
        *([("ChecksumAlgorithm", upload.algorithm)] if upload.algorithm else []),
    ]
    nodes += [
        (
            "Part",
            [
                ("PartNumber", part.number),
                ("LastModified", iso_date(part.modified)),
                ("ETag", f'"{part.etag}"'),
                ("Size", part.file.size),
                *((f"Checksum{name}", value) for name, value in part.checksums.items()),
            ],
        )
        for part in page
    ]
    return xml_response("ListPartsResult", nodes)


def list_uploads(storage: Storage, request: Request) -> Response:
    """A page of the uploads to a bucket; raises S3Error."""
    query = request.query
    prefix, key_marker, id_marker = (query.get(name, "") for name in ("prefix", "key-marker", "upload-id-marker"))
    # Without an id, the page starts after all uploads to the key: ids are hexadecimal.
    after = (key_marker, id_marker or ("~" if key_marker else ""))
    limit = request.number("max-uploads", MAX_LISTED, MAX_LISTED)
    uploads = storage.uploads.find(request.bucket, prefix, after, limit + 1)
    page = uploads[:limit]
    encoding = query.get("encoding-type", "")
    nodes: list[Node] = [
        ("Bucket", request.bucket),
        ("KeyMarker", url_encoded(key_marker, encoding)),
        ("UploadIdMarker", id_marker),
        ("Prefix", url_encoded(prefix, encoding)),
        ("MaxUploads", limit),
        ("IsTruncated", "true" if len(uploads) > limit else "false"),
        *([("EncodingType", encoding)] if encoding else []),
    ]
    if len(uploads) > limit and page:
        nodes += [("NextKeyMarker", url_encoded(page[-1].key, encoding)), ("NextUploadIdMarker", page[-1].upload_id)]
    nodes += [
        (
            "Upload",
            [
                ("Key", url_encoded(upload.key, encoding)),
                ("UploadId", upload.upload_id),
                ("StorageClass", "STANDARD"),
                ("Initiated", iso_date(upload.started)),
            ],
        )
        for upload in page
    ]
    return xml_response("ListMultipartUploadsResult", nodes)


@dataclass(frozen=True, slots=True)
class _Named:
    """A part as the client names it."""

    number: int
    etag: str
    checksums: Mapping[str, str]


def _chosen(document: Element, stored: Sequence[Part]) -> list[Part]:
    """The stored parts that the client names, in order; raises S3Error if one is missing or has other bytes."""
    named = [_named(element) for element in children(document, "Part")]
    if not named:
        raise malformed_xml()
    if any(one.number >= following.number for one, following in pairwise(named)):
        raise S3Error(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
    parts = {part.number: part for part in stored}
    for each in named:
        part = parts.get(each.number)
        if part is None or part.etag != each.etag or not each.checksums.items() <= part.checksums.items():
            raise S3Error(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
                f"specified entity tag may not match the part's entity tag: part {each.number}.",
            )
    return [parts[each.number] for each in named]


def _named(element: Element) -> _Named:
    number = child(element, "PartNumber")
    if not number.isdecimal():
        raise malformed_xml()
    checksums = {name: value for name in digests.ALGORITHMS if (value := child(element, f"Checksum{name}"))}
    return _Named(int(number), child(element, "ETag").strip('"'), checksums)


def _assemble(upload: Upload, parts: Sequence[Part], headers: Mapping[str, str]) -> Content:
    """The object of these parts; raises S3Error if it is not the one that the client expects."""
    md5 = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in parts), usedforsecurity=False).hexdigest()
    content = Content(
        [part.file for part in parts], f"{md5}-{len(parts)}", upload.headers, upload.tags, _checksums(upload, parts)
    )
    size = headers.get("x-amz-mp-object-size", str(content.size))
    if size != str(content.size):
        raise S3Error(400, "InvalidRequest", "x-amz-mp-object-size does not match the size of the parts")
    for algorithm, value in digests.sent_checksums(headers).items():
        if content.checksums.get(algorithm, value).partition("-")[0] != value.partition("-")[0]:
            raise bad_digest(algorithm)
    return content


def _checksums(upload: Upload, parts: Sequence[Part]) -> dict[str, str]:
    algorithm = upload.algorithm
    if not algorithm:
        return {}
    sizes = [(part.checksums[algorithm], part.file.size) for part in parts]
    if upload.full_object:
        return {algorithm: digests.full_object(algorithm, sizes)}
    return {algorithm: digests.composite(algorithm, [checksum for checksum, _ in sizes])}


def _repeated(storage: Storage, request: Request, upload_id: str) -> Version:
    """The version that the upload has become already; raises S3Error if there is none."""
    number = storage.uploads.completed_number(upload_id)
    current = storage.index.current(request.bucket, request.key)
    if current is None or current.number != number:
        raise no_such_upload()
    return current


def _completed(storage: Storage, request: Request, version: Version) -> Response:
    content = version.content
    nodes: list[Node] = [
        ("Location", f"http://{request.header('host')}/{version.bucket}/{url_encoded(version.key, 'url')}"),
        ("Bucket", version.bucket),
        ("Key", version.key),
        ("ETag", f'"{content.etag}"'),
        *((f"Checksum{name}", value) for name, value in content.checksums.items()),
    ]
    if content.checksums:
        composite = any("-" in value for value in content.checksums.values())
        nodes.append(("ChecksumType", "COMPOSITE" if composite else "FULL_OBJECT"))
    return xml_response("CompleteMultipartUploadResult", nodes, headers=storage.version_headers(version))
