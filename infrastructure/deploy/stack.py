"""CloudFormation stacks, changed by change sets that users review before they are executed.

A failed creation leaves no stack behind; a failed update leaves the stack unchanged.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from infrastructure.deploy.errors import UserError

CHANGE_SET = "deploy"
DELAY_SECONDS = 1
TIMEOUT_MINUTES = 30
MAX_ATTEMPTS = 60 * TIMEOUT_MINUTES // DELAY_SECONDS
NOT_CREATED = ("", "REVIEW_IN_PROGRESS")  # no stack, or one with an unexecuted change set only
STABLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)


@dataclass(frozen=True, slots=True)
class Stacks:
    """The stacks of one region."""

    client: Any
    sleep: Callable[[float], None] = time.sleep

    def status(self, name: str) -> str:
        """The stack's status; "" if it does not exist."""
        stack = self._describe(name)
        return "" if stack is None or stack["StackStatus"] == "DELETE_COMPLETE" else str(stack["StackStatus"])

    def outputs(self, name: str) -> dict[str, str]:
        """The stack's outputs; empty if it does not exist."""
        stack = self._describe(name) or {}
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def parameters(self, name: str) -> dict[str, str]:
        """The stack's parameters; empty if it does not exist."""
        stack = self._describe(name) or {}
        return {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}

    def check_updatable(self, name: str) -> None:
        """Raise UserError if the stack's status allows no update."""
        status = self.status(name)
        if status in (*NOT_CREATED, *STABLE):
            return
        if status.endswith("IN_PROGRESS"):
            raise UserError(f"Stack {name} is {status}: another deployment is running. Run this again when it is done.")
        if status == "UPDATE_ROLLBACK_FAILED":
            fix = f"aws cloudformation continue-update-rollback --stack-name {name}"
        else:
            fix = f"aws cloudformation delete-stack --stack-name {name}"
        raise UserError(
            f"Stack {name} is {status} and cannot be updated: run `{fix}`, wait until it is done, and run this again."
        )

    def create_change_set(self, name: str, template: Path, parameters: Mapping[str, str]) -> list[str]:
        """Create the change set and return its changes, one line each; empty if nothing changes."""
        self.discard_change_set(name)
        is_new = self.status(name) in NOT_CREATED
        self.client.create_change_set(
            StackName=name,
            ChangeSetName=CHANGE_SET,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            TemplateBody=template.read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Tags=[{"Key": "app", "Value": "tintype"}],
            **({"OnStackFailure": "DELETE"} if is_new else {}),
        )
        reason = self._wait_for_change_set(name)
        if reason and _is_empty_change_set(reason):
            return []
        if reason:
            raise UserError(f"CloudFormation rejected the template of stack {name}: {reason}")
        return [_describe_change(change["ResourceChange"]) for change in self._changes(name)]

    def import_resources(self, name: str, template: str, parameters: Mapping[str, str], resources: list[Any]) -> None:
        """Create the stack by importing existing resources; raises UserError if that fails."""
        self.client.create_change_set(
            StackName=name,
            ChangeSetName=CHANGE_SET,
            ChangeSetType="IMPORT",
            TemplateBody=template,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            ResourcesToImport=resources,
        )
        if reason := self._wait_for_change_set(name):
            raise UserError(f"CloudFormation cannot import the retained resources of {name}: {reason}")
        self._execute(name)

    def execute_change_set(self, name: str) -> None:
        """Execute the change set and wait; raises UserError with the first failure."""
        self._execute(name)

    def discard_change_set(self, name: str) -> None:
        """Delete a change set that was not executed, and the empty stack that it would have created."""
        status = self.status(name)
        if status == "REVIEW_IN_PROGRESS":
            self.delete(name)
        elif status:
            self.client.delete_change_set(StackName=name, ChangeSetName=CHANGE_SET)

    def delete(self, name: str) -> None:
        """Delete the stack and wait; raises UserError with the first failure."""
        if not self.status(name):
            return
        last_event = self._latest_event_id(name)
        self.client.delete_stack(StackName=name)
        if self._wait(name, deleting=True):
            raise UserError(f"Stack {name} could not be deleted: {self._first_failure(name, last_event)}")

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            stack: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return stack

    def _execute(self, name: str) -> None:
        last_event = self._latest_event_id(name)
        self.client.execute_change_set(StackName=name, ChangeSetName=CHANGE_SET)
        if self._wait(name) not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            raise UserError(f"Stack {name} could not be deployed: {self._first_failure(name, last_event)}")

    def _wait(self, name: str, *, deleting: bool = False) -> str:
        """Wait until nothing is in progress; returns the status. Raises UserError after TIMEOUT_MINUTES.

        botocore's waiters for stacks are not used: they give up when a rollback starts, before its cause is known, and
        when DescribeStacks still returns the status from before a deletion.
        """
        for _ in range(MAX_ATTEMPTS):
            status = self.status(name)
            if not status.endswith("IN_PROGRESS") and not (deleting and status in STABLE):
                return status
            self.sleep(DELAY_SECONDS)
        raise UserError(f"Stack {name} is still {status} after {TIMEOUT_MINUTES} minutes. Run this again later.")

    def _wait_for_change_set(self, name: str) -> str:
        """Wait until the change set is created; returns "" or the reason of its failure, and discards it then."""
        config = {"Delay": DELAY_SECONDS, "MaxAttempts": MAX_ATTEMPTS}
        waiter = self.client.get_waiter("change_set_create_complete")
        try:
            waiter.wait(StackName=name, ChangeSetName=CHANGE_SET, WaiterConfig=config)
        except WaiterError as error:
            if "Error" in error.last_response:  # not about the change set: throttling, missing permission
                raise ClientError(error.last_response, "DescribeChangeSet") from error
        change_set = self.client.describe_change_set(StackName=name, ChangeSetName=CHANGE_SET)
        if change_set["Status"] == "CREATE_COMPLETE":
            return ""
        if change_set["Status"] != "FAILED":
            raise UserError(f"The change set of {name} is not ready after {TIMEOUT_MINUTES} minutes. Run this again.")
        self.discard_change_set(name)
        return str(change_set.get("StatusReason", change_set["Status"]))

    def _changes(self, name: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("describe_change_set").paginate(StackName=name, ChangeSetName=CHANGE_SET)
        return [change for page in pages for change in page["Changes"] if "ResourceChange" in change]

    def _events(self, name: str) -> list[dict[str, Any]]:
        try:
            events: list[dict[str, Any]] = self.client.describe_stack_events(StackName=name)["StackEvents"]
        except ClientError:  # a deleted stack's events are available by its id only
            return []
        return events

    def _latest_event_id(self, name: str) -> str:
        events = self._events(name)
        return str(events[0]["EventId"]) if events else ""

    def _first_failure(self, name: str, last_event: str) -> str:
        """The first failure after the event `last_event`."""
        failures = []
        for event in self._events(name):
            if event["EventId"] == last_event:
                break
            reason = event.get("ResourceStatusReason", "")
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                failures.append(f"{event['LogicalResourceId']}: {reason}")
        return failures[-1] if failures else "see its events in the CloudFormation console."


def _is_empty_change_set(reason: str) -> bool:
    return "didn't contain changes" in reason or "No updates are to be performed" in reason


def _describe_change(change: Mapping[str, Any]) -> str:
    verb = {"Add": "create", "Modify": "change", "Remove": "REMOVE", "Import": "import"}.get(change["Action"], "?")
    if change.get("Replacement") == "True":
        verb = "REPLACE"
    return f"{verb} {change['LogicalResourceId']} ({change['ResourceType']})"
