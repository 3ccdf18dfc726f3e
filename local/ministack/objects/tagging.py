"""The tags of a version."""

from local.ministack.objects.errors import malformed_xml
from local.ministack.objects.reading import find_readable
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Response, xml_response
from local.ministack.objects.storage import Storage
from local.ministack.objects.tags import check_tags
from local.ministack.objects.xml_bodies import child, children, parse


def get_tags(storage: Storage, request: Request) -> Response:
    """The tags; raises S3Error."""
    version = find_readable(storage, request.bucket, request.key, request.query.get("versionId", ""))
    tags = [("Tag", [("Key", key), ("Value", value)]) for key, value in version.content.tags.items()]
    return xml_response("Tagging", [("TagSet", tags)], headers=storage.version_headers(version))


def put_tags(storage: Storage, request: Request, body: bytes) -> Response:
    """Replace the tags; raises S3Error."""
    sets = list(children(parse(body, "Tagging"), "TagSet"))
    if not sets:
        raise malformed_xml()
    tags = check_tags([(child(element, "Key"), child(element, "Value")) for element in children(sets[0], "Tag")])
    version = find_readable(storage, request.bucket, request.key, request.query.get("versionId", ""))
    storage.index.set_tags(version, tags)
    return Response(200, storage.version_headers(version))


def delete_tags(storage: Storage, request: Request) -> Response:
    """Remove all tags; raises S3Error."""
    version = find_readable(storage, request.bucket, request.key, request.query.get("versionId", ""))
    storage.index.set_tags(version, {})
    return Response(204, storage.version_headers(version))
