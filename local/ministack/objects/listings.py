"""ListObjects, ListObjectsV2 and ListObjectVersions as XML."""

import base64
import zlib

from local.ministack.objects.errors import invalid_argument
from local.ministack.objects.listing import MAX_KEYS, Page, Query, list_objects, list_versions
from local.ministack.objects.records import Version
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Node, Response, url_encoded, xml_response
from local.ministack.objects.storage import Storage

OWNER: Node = ("Owner", [("ID", "local"), ("DisplayName", "local")])


def list_objects_v1(storage: Storage, request: Request) -> Response:
    """A page of objects, continued by `marker`."""
    query = _query(request, request.query.get("marker", ""))
    page = list_objects(storage.connections, query)
    encoding = request.query.get("encoding-type", "")
    nodes = [*_common(request, query, page), ("Marker", url_encoded(query.after, encoding))]
    if page.truncated and query.delimiter:
        nodes.append(("NextMarker", url_encoded(_last_key(page), encoding)))
    return xml_response("ListBucketResult", [*nodes, *_contents(page, encoding, owner=True), *_groups(page, encoding)])


def list_objects_v2(storage: Storage, request: Request) -> Response:
    """A page of objects, continued by `continuation-token`; raises S3Error for an invalid token."""
    token, start_after = request.query.get("continuation-token"), request.query.get("start-after", "")
    query = _query(request, start_after if token is None else _decode_token(token))
    page = list_objects(storage.connections, query)
    encoding = request.query.get("encoding-type", "")
    nodes = [*_common(request, query, page), ("KeyCount", len(page))]
    if token:
        nodes.append(("ContinuationToken", token))
    if start_after:
        nodes.append(("StartAfter", url_encoded(start_after, encoding)))
    if page.truncated:
        nodes.append(("NextContinuationToken", _encode_token(_last_key(page))))
    owner = request.query.get("fetch-owner", "").lower() == "true"
    return xml_response("ListBucketResult", [*nodes, *_contents(page, encoding, owner=owner), *_groups(page, encoding)])


def list_object_versions(storage: Storage, request: Request) -> Response:
    """A page of versions and delete markers, continued by `key-marker` and `version-id-marker`."""
    key_marker, id_marker = request.query.get("key-marker", ""), request.query.get("version-id-marker", "")
    query = _query(request, key_marker)
    page = list_versions(storage.connections, query, id_marker)
    encoding = request.query.get("encoding-type", "")
    nodes = [
        *_common(request, query, page),
        ("KeyMarker", url_encoded(key_marker, encoding)),
        ("VersionIdMarker", id_marker),
    ]
    if page.truncated:
        nodes.append(("NextKeyMarker", url_encoded(_last_key(page), encoding)))
        if isinstance(page.last, Version):
            nodes.append(("NextVersionIdMarker", page.last.version_id))
    nodes += [_version(version, encoding) for version in page.versions]
    return xml_response("ListVersionsResult", [*nodes, *_groups(page, encoding)])


def _query(request: Request, after: str) -> Query:
    limit = request.number("max-keys", MAX_KEYS, MAX_KEYS)
    return Query(request.bucket, request.query.get("prefix", ""), request.query.get("delimiter", ""), after, limit)


def _common(request: Request, query: Query, page: Page) -> list[Node]:
    encoding = request.query.get("encoding-type", "")
    nodes: list[Node] = [("Name", query.bucket), ("Prefix", url_encoded(query.prefix, encoding))]
    if query.delimiter:
        nodes.append(("Delimiter", url_encoded(query.delimiter, encoding)))
    if encoding:
        nodes.append(("EncodingType", encoding))
    return [*nodes, ("MaxKeys", query.limit), ("IsTruncated", "true" if page.truncated else "false")]


def _contents(page: Page, encoding: str, *, owner: bool) -> list[Node]:
    return [
        (
            "Contents",
            [
                ("Key", url_encoded(version.key, encoding)),
                ("LastModified", version.iso_date),
                ("ETag", f'"{version.content.etag}"'),
                ("Size", version.size),
                ("StorageClass", "STANDARD"),
                *([OWNER] if owner else []),
            ],
        )
        for version in page.versions
    ]


def _version(version: Version, encoding: str) -> Node:
    nodes: list[Node] = [
        ("Key", url_encoded(version.key, encoding)),
        ("VersionId", version.version_id),
        ("IsLatest", "true" if version.current else "false"),
        ("LastModified", version.iso_date),
        OWNER,
    ]
    if version.marker:
        return "DeleteMarker", nodes
    nodes += [("ETag", f'"{version.content.etag}"'), ("Size", version.size), ("StorageClass", "STANDARD")]
    return "Version", nodes


def _groups(page: Page, encoding: str) -> list[Node]:
    return [("CommonPrefixes", [("Prefix", url_encoded(group, encoding))]) for group in page.groups]


def _last_key(page: Page) -> str:
    return page.last.key if isinstance(page.last, Version) else page.last


def _encode_token(key: str) -> str:
    """A token that continues after a key; its checksum tells it from any other text."""
    data = key.encode()
    return base64.urlsafe_b64encode(zlib.crc32(data).to_bytes(4) + data).decode()


def _decode_token(token: str) -> str:
    try:
        key = base64.urlsafe_b64decode(token)[4:].decode()
    except ValueError:
        key = ""
    if not key or _encode_token(key) != token:
        raise invalid_argument("The continuation token provided is incorrect")
    return key
