"""The operations that are answered are those of the app's policies, and a few that `local/` and S3 tools need."""

import json

import pytest

from local.data_dir import PROJECT
from local.ministack.access.operations import OPERATIONS, is_allowed, operation_of
from tests.local.signatures.requests import signed_request

BUCKET = "tintype-local-originals-000000000000"
# Actions of IAM with other names than the operations that they allow.
RENAMED = {
    "s3:ListBucket": "ListObjects",
    "s3:ListBucketVersions": "ListObjectVersions",
    "s3:ListBucketMultipartUploads": "ListMultipartUploads",
    "s3:ListMultipartUploadParts": "ListParts",
    "s3:GetObjectVersion": "GetObject",
    "s3:DeleteObjectVersion": "DeleteObject",
    "s3:GetObjectVersionTagging": "GetObjectTagging",
    "s3:PutObjectVersionTagging": "PutObjectTagging",
    "dynamodb:ConditionCheckItem": "TransactWriteItems",
}
CLOUD_ONLY = {"lambda", "logs", "rekognition"}
LOCAL = {
    "dynamodb": {"TransactGetItems", "TransactWriteItems"},  # IAM knows their items' actions only
    "sqs": {"CreateQueue", "GetQueueUrl", "SendMessageBatch", "SetQueueAttributes"},  # the pollers
    "ssm": {"GetParameter", "PutParameter"},
    "cognito-idp": {"AdminInitiateAuth"},
    "ministack": {"health", "messages"},
}


def app_operations() -> dict[str, set[str]]:
    """The operations that the policies allow, by service."""
    operations: dict[str, set[str]] = {}
    for path in (PROJECT / ".chalice").glob("policy-*.json"):
        for statement in json.loads(path.read_text())["Statement"]:
            for action in statement["Action"]:
                service, _, name = action.partition(":")
                if service not in CLOUD_ONLY:
                    operations.setdefault(service, set()).add(RENAMED.get(action, name))
    return operations


def test_all_operations_of_the_app_are_answered() -> None:
    for service, names in app_operations().items():
        assert names <= OPERATIONS[service], service


def test_few_others_are() -> None:
    app = app_operations()
    for service, names in OPERATIONS.items():
        if service != "s3":  # there, any tool may read and write objects
            assert names - app.get(service, set()) <= LOCAL.get(service, set()), service


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("GET", "/", "ListBuckets"),
        ("GET", f"/{BUCKET}?list-type=2&prefix=a&max-keys=5", "ListObjects"),
        ("GET", f"/{BUCKET}/?location", "GetBucketLocation"),
        ("POST", f"/{BUCKET}?delete", "DeleteObjects"),
        ("GET", f"/{BUCKET}/a/b?versionId=1&response-content-disposition=x", "GetObject"),
        ("PUT", f"/{BUCKET}/a%2Fb", "PutObject"),
        ("PUT", f"/{BUCKET}/a?partNumber=1&uploadId=u", "UploadPart"),
        ("POST", f"/{BUCKET}/a?uploads", "CreateMultipartUpload"),
        ("DELETE", f"/{BUCKET}/a?uploadId=u", "AbortMultipartUpload"),
        ("PUT", f"/{BUCKET}/a?tagging", "PutObjectTagging"),
        ("PUT", f"/{BUCKET}?versioning", None),
        ("PUT", f"/{BUCKET}?lifecycle", None),
        ("DELETE", f"/{BUCKET}?policy", None),
        ("GET", f"/{BUCKET}/a?tagging&acl", None),
        ("GET", "/tintype-other-originals/a", None),
        ("GET", "/_alb/a", None),
        ("GET", "//", None),
        ("GET", f"//{BUCKET}/a", None),
    ],
)
def test_s3_operation_is_recognized(method: str, url: str, operation: str | None) -> None:
    assert operation_of(signed_request(method, url), "s3", b"") == operation
    assert is_allowed("s3", operation) == (operation is not None)


def test_action_of_a_form_is_recognized() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = signed_request("POST", "/", service="sns", headers=form)
    assert operation_of(request, "sns", b"Action=Publish&Message=x") == "Publish"
    assert operation_of(request, "sns", b"Action=Publish&Action=DeleteTopic") is None
    assert operation_of(request, "sns", b"") is None
    assert operation_of(signed_request("POST", "/", service="sns"), "sns", b"Action=Publish") is None
