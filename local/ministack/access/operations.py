"""What the local services answer: the operations that the app, `local/` and S3 tools use, and no others."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, unquote

from local.signatures.signing import Request

# Operations by the service that a signature names. The app's are those of the policies in .chalice.
JSON_TARGETS = {
    "dynamodb": "DynamoDB_20120810",
    "sqs": "AmazonSQS",
    "ssm": "AmazonSSM",
    "cognito-idp": "AWSCognitoIdentityProviderService",
}
OPERATIONS = {
    "dynamodb": frozenset(
        {
            "BatchGetItem",
            "DeleteItem",
            "DescribeTable",
            "GetItem",
            "PutItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        }
    ),
    "sqs": frozenset(
        {
            "ChangeMessageVisibility",
            "CreateQueue",  # the pollers create theirs, and route the bucket's events to it
            "DeleteMessage",
            "GetQueueAttributes",
            "GetQueueUrl",
            "ReceiveMessage",
            "SendMessage",
            "SendMessageBatch",
            "SetQueueAttributes",
        }
    ),
    # Settings are parameters; a person may change them with any AWS client.
    "ssm": frozenset({"GetParameter", "GetParametersByPath", "PutParameter"}),
    "cognito-idp": frozenset({"AdminInitiateAuth", "ListUsers"}),  # `make token`; owners of photos, members of albums
    "sns": frozenset({"CreateTopic", "DeleteTopic", "ListSubscriptionsByTopic", "Publish", "Subscribe"}),
    "s3": frozenset(
        {
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CreateMultipartUpload",
            "DeleteObject",
            "DeleteObjects",
            "GetBucketLocation",
            "GetBucketNotification",
            "GetBucketVersioning",
            "GetObject",
            "GetObjectTagging",
            "HeadBucket",
            "HeadObject",
            "ListBuckets",
            "ListMultipartUploads",
            "ListObjectVersions",
            "ListObjects",
            "ListParts",
            "PutBucketNotification",
            "PutObject",  # and CopyObject, which differs by a header
            "PutObjectTagging",
            "UploadPart",
        }
    ),
    "ministack": frozenset({"health", "messages"}),  # MiniStack's own: whether it is ready, and the inbox
}
MINISTACK_PATHS = {"/_ministack/health": "health", "/_ministack/ses/messages": "messages"}
BUCKET = re.compile(r"tintype-local-[a-z0-9-]+")
ANY_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]+")

# S3: method, level (service, bucket or object) and the parameters that select an operation.
S3_OPERATIONS = {
    ("GET", 0, ()): "ListBuckets",
    ("HEAD", 1, ()): "HeadBucket",
    ("GET", 1, ()): "ListObjects",
    ("GET", 1, ("versions",)): "ListObjectVersions",
    ("GET", 1, ("uploads",)): "ListMultipartUploads",
    ("GET", 1, ("location",)): "GetBucketLocation",
    ("GET", 1, ("versioning",)): "GetBucketVersioning",
    ("GET", 1, ("notification",)): "GetBucketNotification",
    ("PUT", 1, ("notification",)): "PutBucketNotification",
    ("POST", 1, ("delete",)): "DeleteObjects",
    ("GET", 2, ()): "GetObject",
    ("HEAD", 2, ()): "HeadObject",
    ("PUT", 2, ()): "PutObject",
    ("DELETE", 2, ()): "DeleteObject",
    ("GET", 2, ("tagging",)): "GetObjectTagging",
    ("PUT", 2, ("tagging",)): "PutObjectTagging",
    ("POST", 2, ("uploads",)): "CreateMultipartUpload",
    ("PUT", 2, ("uploadId",)): "UploadPart",
    ("GET", 2, ("uploadId",)): "ListParts",
    ("POST", 2, ("uploadId",)): "CompleteMultipartUpload",
    ("DELETE", 2, ("uploadId",)): "AbortMultipartUpload",
}
# Parameters that an operation takes; all others select one.
S3_PARAMETERS = re.compile(
    r"X-Amz-[A-Za-z0-9-]+|x-amz-[a-z0-9-]+|x-id|response-[a-z-]+|list-type|prefix|delimiter|max-(keys|uploads|parts|buckets)"
    r"|continuation-token|start-after|encoding-type|fetch-owner|marker|(key|version-id|upload-id|part-number)-marker"
    r"|versionId|partNumber"
)


def operation_of(request: Request, service: str, body: bytes) -> str | None:
    """The name of the operation that a request asks this service for; None if there is none that we know.

    MiniStack chooses the service by target, form and path as well, so these must agree with the signature.
    """
    target = request.header("x-amz-target")
    match service:
        case "s3":
            return _s3_operation(request) if target is None else None
        case "ministack":
            return MINISTACK_PATHS.get(request.path) if request.method == "GET" and target is None else None
        case "sns":
            return _form_action(request, body) if target is None and _is_root_post(request) else None
        case _:
            prefix, _, name = (target or "").partition(".")
            expected = JSON_TARGETS.get(service)
            return name if expected and prefix == expected and _is_root_post(request) else None


def is_allowed(service: str, operation: str | None) -> bool:
    """Whether the services answer the operation."""
    return operation in OPERATIONS.get(service, frozenset())


def is_bucket_path(request: Request, *, key: bool | None = None, restricted: bool = True) -> bool:
    """Whether the path is that of a bucket, one of the library's if `restricted` (`key`: with or without a key)."""
    bucket, _, rest = unquote(request.path)[1:].partition("/")
    return bool((BUCKET if restricted else ANY_BUCKET).fullmatch(bucket)) and key in {None, bool(rest)}


def _is_root_post(request: Request) -> bool:
    return (request.method, request.path, request.query_string) == ("POST", "/", "")


def _form_action(request: Request, body: bytes) -> str | None:
    if not (request.header("content-type") or "").startswith("application/x-www-form-urlencoded"):
        return None
    actions = parse_qs(body.decode("utf-8", "replace")).get("Action", [])
    return actions[0] if len(actions) == 1 else None


def _s3_operation(request: Request) -> str | None:
    bucket, slash, key = unquote(request.path)[1:].partition("/")
    level = 2 if key else 1 if bucket or slash else 0
    if level and not is_bucket_path(request):
        return None
    return S3_OPERATIONS.get((request.method, level, _selecting(name for name, _ in request.query())))


def _selecting(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if not S3_PARAMETERS.fullmatch(name)}))
