"""DeleteObject and DeleteObjects."""

from local.ministack.objects.conditions import WriteCondition
from local.ministack.objects.errors import S3Error, malformed_xml
from local.ministack.objects.index import Deleted
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Node, Response, xml_response
from local.ministack.objects.storage import Storage
from local.ministack.objects.xml_bodies import child, children, parse

MAX_KEYS = 1000


def delete_object(storage: Storage, request: Request) -> Response:
    """Delete an object, or one version of it for ever; what does not exist is ignored."""
    version_id = request.query.get("versionId", "")
    deleted = _delete(storage, request.bucket, request.key, version_id, WriteCondition.of(request.headers))
    headers = {}
    if version_id:
        headers["x-amz-version-id"] = version_id
    elif deleted.version:
        headers["x-amz-version-id"] = deleted.version.version_id
    if deleted.version and deleted.version.marker:
        headers["x-amz-delete-marker"] = "true"
    return Response(204, headers)


def delete_objects(storage: Storage, request: Request, body: bytes) -> Response:
    """Delete up to a thousand objects or versions, and report each."""
    document = parse(body, "Delete")
    targets = list(children(document, "Object"))
    if not targets or len(targets) > MAX_KEYS:
        raise malformed_xml()
    quiet = child(document, "Quiet").strip().lower() == "true"
    nodes: list[Node] = []
    for target in targets:
        key, version_id = child(target, "Key"), child(target, "VersionId")
        named: list[Node] = [("Key", key), *([("VersionId", version_id)] if version_id else [])]
        try:
            deleted = _delete(storage, request.bucket, key, version_id, WriteCondition(child(target, "ETag")))
        except S3Error as error:
            nodes.append(("Error", [*named, ("Code", error.code), ("Message", error.message)]))
            continue
        if not quiet:
            nodes.append(("Deleted", [*named, *_marker(deleted)]))
    return xml_response("DeleteResult", nodes)


def _delete(storage: Storage, bucket: str, key: str, version_id: str, condition: WriteCondition) -> Deleted:
    if version_id:
        deleted = storage.index.delete_version(bucket, key, version_id)
    else:
        deleted = storage.index.delete(bucket, key, storage.buckets.versioning(bucket), condition)
    storage.finish_delete(bucket, key, deleted, by_version=bool(version_id))
    return deleted


def _marker(deleted: Deleted) -> list[Node]:
    if not (deleted.version and deleted.version.marker):
        return []
    return [("DeleteMarker", "true"), ("DeleteMarkerVersionId", deleted.version.version_id)]
