"""Waiting for stacks, with the sequences of statuses that CloudFormation documents."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import stack
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import Stacks


class ScriptedCloudFormation:
    """Returns one status after another from DescribeStacks; the last one repeats, "" means that there is no stack."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.calls: list[str] = []

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks"
            )
        return {"Stacks": [{"StackStatus": status}]}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        event = {"EventId": "2", "ResourceStatus": "IMPORT_FAILED", "ResourceStatusReason": "no such table"}
        events = [event | {"LogicalResourceId": "PhotosTable"}] if self.calls else []
        return {"StackEvents": [*events, {"EventId": "1", "ResourceStatus": "CREATE_COMPLETE"}]}

    def delete_stack(self, **_: Any) -> None:
        self.calls.append("delete")

    def execute_change_set(self, **_: Any) -> None:
        self.calls.append("execute")


def stacks(*statuses: str) -> Stacks:
    return Stacks(ScriptedCloudFormation(*statuses), sleep=lambda _: None)


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
