"""Which operation a request asks for, and which requests are not about objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.ministack.objects import copying, deleting, listings, multipart, reading, tagging
from local.ministack.objects.errors import S3Error
from local.ministack.objects.forms import PostObject
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Response
from local.ministack.objects.storage import Storage
from local.ministack.objects.writing import PutObject, Receiver, UploadPart

# Parameters that name a part of a bucket's configuration, which stays MiniStack's.
BUCKET_CONFIGURATION = frozenset(
    {
        "accelerate",
        "acl",
        "analytics",
        "cors",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "lifecycle",
        "location",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "replication",
        "requestPayment",
        "request-payment",
        "tagging",
        "versioning",
        "website",
    }
)
UNSUPPORTED = frozenset({"acl", "annotation", "attributes", "legal-hold", "restore", "retention", "select", "torrent"})


@dataclass(frozen=True, slots=True)
class Simple:
    """An operation without a body."""

    run: Callable[[Storage, Request], Response]


@dataclass(frozen=True, slots=True)
class WithXml:
    """An operation whose body is a small XML document."""

    run: Callable[[Storage, Request, bytes], Response]


type StartReceiver = Callable[[Storage, Request, Mapping[str, str]], Receiver]  # the last: secrets by access key


@dataclass(frozen=True, slots=True)
class Streaming:
    """An operation whose body is streamed."""

    start: StartReceiver


type Operation = Simple | WithXml | Streaming

FORM = Streaming(PostObject)


def find_operation(request: Request) -> Operation | None:
    """The operation; None if the request is about the bucket. Raises S3Error for what is not supported."""
    return _object_operation(request) if request.key else _bucket_operation(request)


def _bucket_operation(request: Request) -> Operation | None:
    query = request.query.keys()
    match request.method:
        case "GET" if "uploads" in query:
            return Simple(multipart.list_uploads)
        case "GET" if "versions" in query:
            return Simple(listings.list_object_versions)
        case "GET" if not query & BUCKET_CONFIGURATION:
            return Simple(listings.list_objects_v2 if "list-type" in query else listings.list_objects_v1)
        case "POST" if "delete" in query:
            return WithXml(deleting.delete_objects)
        case "POST" if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            return FORM
    return None


def _object_operation(request: Request) -> Operation:
    query = request.query.keys()
    if query & UNSUPPORTED:
        raise S3Error(501, "NotImplemented", "A parameter you provided implies functionality that is not implemented")
    tags, upload = "tagging" in query, "uploadId" in query
    copies = "x-amz-copy-source" in request.headers
    match request.method:
        case "GET":
            return Simple(multipart.list_parts if upload else tagging.get_tags if tags else reading.get_object)
        case "HEAD":
            return Simple(reading.head_object)
        case "DELETE":
            return Simple(multipart.abort_upload if upload else tagging.delete_tags if tags else deleting.delete_object)
        case "PUT" if tags:
            return WithXml(tagging.put_tags)
        case "PUT" if copies:
            return Simple(copying.upload_part_copy if upload else copying.copy_object)
        case "PUT":
            return Streaming(_start_part if upload else _start_put)
        case "POST" if "uploads" in query:
            return Simple(multipart.create_upload)
        case "POST" if upload:
            return WithXml(multipart.complete_upload)
    raise S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")


def _start_put(storage: Storage, request: Request, _secrets: Mapping[str, str]) -> Receiver:
    return PutObject(storage, request)


def _start_part(storage: Storage, request: Request, _secrets: Mapping[str, str]) -> Receiver:
    return UploadPart(storage, request)
