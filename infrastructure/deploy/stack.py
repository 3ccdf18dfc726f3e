"""CloudFormation stacks, changed by change sets that users review before they are executed.

A failed creation leaves no stack behind; a failed update leaves the stack unchanged.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from infrastructure.deploy import aws_errors
from infrastructure.deploy.errors import UserError

CHANGE_SET = "deploy"
DELAY_SECONDS = 1
TIMEOUT_MINUTES = 30
MAX_ATTEMPTS = 60 * TIMEOUT_MINUTES // DELAY_SECONDS
# By action and replacement. CloudFormation may leave both open, because they depend on values known only later.
VERBS = {
    ("Add", "False"): "create",
    ("Import", "False"): "import",
    ("Modify", "False"): "change",
    ("Modify", "Conditional"): "MAY REPLACE",
    ("Modify", "True"): "REPLACE",
    ("Remove", "False"): "REMOVE",
}
VALIDATION = "DescribeEvents"  # in a reason that refers to that call for the errors of a validation
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
            raise UserError(
                f"CloudFormation cannot change stack {name} ({reason.rstrip('.')}): {aws_errors.advise(reason)}"
            )
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
        stack_id, last_event = self._latest_event(name)
        self.client.delete_stack(StackName=name)
        if self._wait(name, deleting=True):
            raise UserError(f"Stack {name} could not be deleted: {self._first_failure(stack_id, last_event)}")

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            stack: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return stack

    def _execute(self, name: str) -> None:
        stack_id, last_event = self._latest_event(name)
        self.client.execute_change_set(StackName=name, ChangeSetName=CHANGE_SET)
        if self._wait(name) not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            raise UserError(f"Stack {name} could not be deployed: {self._first_failure(stack_id, last_event)}")

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
        reason = str(change_set.get("StatusReason", change_set["Status"]))
        if VALIDATION in reason:
            reason = ": ".join(self._validation_error(ChangeSetName=change_set["ChangeSetId"])) or reason
        self.discard_change_set(name)
        return reason

    def _changes(self, name: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("describe_change_set").paginate(StackName=name, ChangeSetName=CHANGE_SET)
        return [change for page in pages for change in page["Changes"] if "ResourceChange" in change]

    def _events(self, stack_id: str) -> Iterator[dict[str, Any]]:
        """The stack's events, newest first. Those of a deleted stack are available by its id, but not by its name."""
        for page in self.client.get_paginator("describe_stack_events").paginate(StackName=stack_id):
            yield from page["StackEvents"]

    def _latest_event(self, name: str) -> tuple[str, str]:
        """Id of the existing stack and of its latest event."""
        stack_id = str((self._describe(name) or {})["StackId"])
        return stack_id, next((str(event["EventId"]) for event in self._events(stack_id)), "")

    def _first_failure(self, stack_id: str, last_event: str) -> str:
        """The first failure after the event `last_event`, and what to do."""
        failures = []
        for event in self._events(stack_id):
            if event["EventId"] == last_event:
                break
            reason = " ".join(event.get("ResourceStatusReason", "").split())
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                failures.append((event["LogicalResourceId"], reason.rstrip(".")))
        if not failures:
            return "see its events in the CloudFormation console."
        resource, reason = failures[-1]
        if VALIDATION in reason:
            resource, reason = self._validation_error(StackName=stack_id) or failures[-1]
        return f"{resource}: {reason}; {aws_errors.advise(reason)}"

    def _validation_error(self, **of: str) -> tuple[str, str] | tuple[()]:
        """Resource and reason of the first error that CloudFormation found before it began; () if there is none."""
        for page in self.client.get_paginator("describe_events").paginate(**of, Filters={"FailedEvents": True}):
            for event in page["OperationEvents"]:
                if event["EventType"] == "VALIDATION_ERROR":
                    return event["LogicalResourceId"], event["ValidationStatusReason"].rstrip(".")
        return ()


def _is_empty_change_set(reason: str) -> bool:
    return "didn't contain changes" in reason or "No updates are to be performed" in reason


def _describe_change(change: Mapping[str, Any]) -> str:
    """One line, in capitals if the resource is lost: for a change whose effect is decided later, if it may be."""
    verb = VERBS.get((change["Action"], change.get("Replacement", "False")), "MAY REPLACE OR REMOVE")
    return f"{verb} {change['LogicalResourceId']} ({change['ResourceType']})"
