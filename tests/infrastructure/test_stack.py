"""Waiting for stacks, with the sequences of statuses that CloudFormation documents, and what it plans to change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import aws_errors, stack
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import Stacks

STACK_ID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/tintype-prod/0a1b"


class ScriptedCloudFormation:
    """Returns one status after another from DescribeStacks; the last one repeats, "" means that there is no stack."""

    def __init__(self, *statuses: str, reason: str = "no such table") -> None:
        self.statuses, self.reason = list(statuses), reason
        self.calls: list[str] = []

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks"
            )
        return {"Stacks": [{"StackId": STACK_ID, "StackStatus": status}]}

    def get_paginator(self, operation: str) -> "ScriptedCloudFormation":
        assert operation == "describe_stack_events"
        return self

    def paginate(self, StackName: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        """Newest first: the deletion after a failure, the failure, and what was before."""
        assert StackName == STACK_ID, "a deleted stack is not found by its name"
        event = {"EventId": "2", "ResourceStatus": "IMPORT_FAILED", "ResourceStatusReason": self.reason}
        if self.calls:
            deleted = {"LogicalResourceId": "Queue", "ResourceStatus": "DELETE_COMPLETE"}
            yield {"StackEvents": [deleted | {"EventId": f"9{number}"} for number in range(100)]}
            yield {"StackEvents": [event | {"LogicalResourceId": "PhotosTable"}]}
        yield {"StackEvents": [{"EventId": "1", "ResourceStatus": "CREATE_COMPLETE"}]}

    def delete_stack(self, **_: Any) -> None:
        self.calls.append("delete")

    def execute_change_set(self, **_: Any) -> None:
        self.calls.append("execute")


def stacks(*statuses: str, reason: str = "no such table") -> Stacks:
    return Stacks(ScriptedCloudFormation(*statuses, reason=reason), sleep=lambda _: None)


@pytest.mark.parametrize("before", stack.STABLE)
def test_deletion_waits_while_the_status_is_still_the_one_before(before: str) -> None:
    stacks(before, before, before, "DELETE_IN_PROGRESS", "").delete("tintype-prod")


def test_failed_deletion_is_reported_with_its_cause() -> None:
    with pytest.raises(UserError, match="could not be deleted: PhotosTable: no such table"):
        stacks("UPDATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED").delete("tintype-prod")


@pytest.mark.parametrize("operation", ["UPDATE", "IMPORT", "CREATE"])
def test_rollback_is_waited_for_and_reported_with_its_cause(operation: str) -> None:
    name = "ROLLBACK" if operation == "CREATE" else f"{operation}_ROLLBACK"
    statuses = (f"{operation}_IN_PROGRESS", f"{name}_IN_PROGRESS", f"{name}_COMPLETE")
    with pytest.raises(UserError, match="could not be deployed: PhotosTable: no such table"):
        stacks(*statuses).execute_change_set("tintype-prod")


def test_unfinished_operation_is_reported_after_the_timeout() -> None:
    with pytest.raises(UserError, match="is still UPDATE_IN_PROGRESS after 30 minutes"):
        stacks("UPDATE_IN_PROGRESS").execute_change_set("tintype-prod")


VERIFY = (
    "Your account must be verified before you can add new CloudFront resources. To verify your account, contact\n us."
)


def test_failed_creation_is_reported_with_its_cause_although_the_stack_is_deleted() -> None:
    deleted = stacks("REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "", reason=VERIFY)
    with pytest.raises(UserError) as raised:
        deleted.execute_change_set("tintype-prod-cdn")
    line = str(raised.value)
    assert line.startswith("Stack tintype-prod-cdn could not be deployed: PhotosTable: Your account must be verified")
    assert line.endswith("contact us; contact AWS support; until then, deploy with CDN=no.")
    assert "\n" not in line


EARLY_VALIDATION = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early "
    "Validation errors, use the DescribeEvents API for detailed failure information."
)
CONFLICT = "Resource of type 'AWS::S3::Bucket' with identifier 'tintype-prod-page-1' already exists."
VALIDATION_EVENTS = [
    {"EventType": "STACK_EVENT"},
    {"EventType": "VALIDATION_ERROR", "LogicalResourceId": "PageBucket", "ValidationStatusReason": CONFLICT},
]


class PlannedChanges:
    """CloudFormation with an existing stack and a change set of these changes, or one that failed for a reason."""

    def __init__(self, *changes: dict[str, str], reason: str = "") -> None:
        self.reason = reason
        self.changes = [{"ResourceChange": {"ResourceType": "AWS::S3::Bucket", **change}} for change in changes]

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}

    def create_change_set(self, **_: Any) -> None: ...

    def delete_change_set(self, **_: Any) -> None: ...

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        status = {"Status": "FAILED", "StatusReason": self.reason} if self.reason else {"Status": "CREATE_COMPLETE"}
        return status | {"ChangeSetId": "arn:change-set"}

    def get_waiter(self, _name: str) -> "PlannedChanges":
        return self

    def wait(self, **_: Any) -> None: ...

    def get_paginator(self, _operation: str) -> "PlannedChanges":
        return self

    def paginate(self, ChangeSetName: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803
        assert ChangeSetName == ("arn:change-set" if self.reason else stack.CHANGE_SET)  # names need the stack's, too
        return [{"Changes": self.changes, "OperationEvents": VALIDATION_EVENTS}]


@pytest.mark.parametrize(
    ("change", "verb"),
    [
        ({"Action": "Add"}, "create"),
        ({"Action": "Import"}, "import"),
        ({"Action": "Modify", "Replacement": "False"}, "change"),
        ({"Action": "Modify", "Replacement": "Conditional"}, "MAY REPLACE"),
        ({"Action": "Modify", "Replacement": "True"}, "REPLACE"),
        ({"Action": "Remove"}, "REMOVE"),
        ({"Action": "Dynamic"}, "MAY REPLACE OR REMOVE"),
        ({"Action": "Modify", "Replacement": "Another"}, "MAY REPLACE OR REMOVE"),
    ],
)
def test_planned_change_says_what_it_may_do_to_the_resource(change: dict[str, str], verb: str) -> None:
    planned = Stacks(PlannedChanges(change | {"LogicalResourceId": "OriginalsBucket"}))
    lines = planned.create_change_set("tintype-prod", Path(__file__), {})
    assert lines == [f"{verb} OriginalsBucket (AWS::S3::Bucket)"]


def test_name_that_is_taken_is_reported_before_anything_is_created() -> None:
    with pytest.raises(UserError) as raised:
        Stacks(PlannedChanges(reason=EARLY_VALIDATION)).create_change_set("tintype-prod", Path(__file__), {})
    assert str(raised.value) == (
        f"CloudFormation cannot change stack tintype-prod (PageBucket: {CONFLICT[:-1]}): {aws_errors.TAKEN}"
    )
