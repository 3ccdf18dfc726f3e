"""CloudFormation: a change set that is looked at first, and then carried out.

A creation that fails leaves no stack behind, an update that fails leaves the stack as it was.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infrastructure.deploy.errors import Problem

CHANGE_SET = "deploy"
MINUTES = 30
PAUSE = 0.2
LONGEST_PAUSE = 5.0
NEW = ("", "REVIEW_IN_PROGRESS")  # no stack, or one of which somebody only looked at a plan
SETTLED = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
GONE = "DELETE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Stacks:
    """The stacks of one region."""

    client: Any

    def status(self, name: str) -> str:
        """The stack's status; "" where there is none."""
        found = self._described(name)
        return "" if found is None or found["StackStatus"] == GONE else str(found["StackStatus"])

    def outputs(self, name: str) -> dict[str, str]:
        """What the stack tells of what it made; empty where there is none."""
        found = self._described(name) or {}
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def parameters(self, name: str) -> dict[str, str]:
        """What the stack was told."""
        found = self._described(name) or {}
        return {held["ParameterKey"]: held["ParameterValue"] for held in found.get("Parameters", [])}

    def refuse_broken(self, name: str) -> None:
        """Raise Problem where the stack is in a state that takes no change."""
        status = self.status(name)
        if status in (*NEW, *SETTLED):
            return
        if status.endswith("IN_PROGRESS"):
            raise Problem(f"The stack {name} is {status}: somebody is at work on it. Run this again when that is done.")
        if status == "UPDATE_ROLLBACK_FAILED":
            mend = f"aws cloudformation continue-update-rollback --stack-name {name}"
        else:
            mend = f"aws cloudformation delete-stack --stack-name {name}"
        raise Problem(f"The stack {name} is {status} and takes no change: `{mend}`, wait for it, and run this again.")

    def prepare(self, name: str, template: Path, parameters: Mapping[str, str]) -> list[str]:
        """Make the change set and return what it would do, a line each; empty where nothing would change."""
        self.forget(name)
        new = self.status(name) in NEW
        self.client.create_change_set(
            StackName=name,
            ChangeSetName=CHANGE_SET,
            ChangeSetType="CREATE" if new else "UPDATE",
            TemplateBody=template.read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Tags=[{"Key": "app", "Value": "tintype"}],
            **({"OnStackFailure": "DELETE"} if new else {}),
        )
        found = self._await_change_set(name)
        if found["Status"] == "FAILED":
            self.forget(name)
            if _says_nothing_changes(found.get("StatusReason", "")):
                return []
            raise Problem(f"The stack {name} cannot become what the template says: {found.get('StatusReason')}")
        return [_line(change["ResourceChange"]) for change in self._changes(name)]

    def take_over(self, name: str, template: str, parameters: Mapping[str, str], resources: list[Any]) -> None:
        """Make the stack of resources that stand there already; raises Problem where CloudFormation will not."""
        self.client.create_change_set(
            StackName=name,
            ChangeSetName=CHANGE_SET,
            ChangeSetType="IMPORT",
            TemplateBody=template,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            ResourcesToImport=resources,
        )
        found = self._await_change_set(name)
        if found["Status"] == "FAILED":
            self.forget(name)
            raise Problem(f"What is kept of {name} cannot be taken over: {found.get('StatusReason')}")
        self.execute(name)

    def execute(self, name: str) -> None:
        """Carry out the change set that is prepared, and wait for its end; raises Problem with the first cause."""
        began = self._latest_event(name)
        self.client.execute_change_set(StackName=name, ChangeSetName=CHANGE_SET)
        status = self._settle(name)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
            raise Problem(f"The stack {name} did not become what the template says ({self._cause(name, began)}).")

    def forget(self, name: str) -> None:
        """Drop a change set that nobody carried out, and the empty stack that it would have filled."""
        status = self.status(name)
        if status == "REVIEW_IN_PROGRESS":
            self.delete(name)
        elif status:
            self.client.delete_change_set(StackName=name, ChangeSetName=CHANGE_SET)

    def delete(self, name: str) -> None:
        """Delete the stack and wait for it; raises Problem with the first cause."""
        if not self.status(name):
            return
        began = self._latest_event(name)
        self.client.delete_stack(StackName=name)
        if self._settle(name, gone=True):
            raise Problem(f"The stack {name} could not be deleted ({self._cause(name, began)}).")

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return found

    def _await_change_set(self, name: str) -> dict[str, Any]:
        for _ in _patiently():
            found: dict[str, Any] = self.client.describe_change_set(StackName=name, ChangeSetName=CHANGE_SET)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                return found
        raise Problem(f"The change set of {name} is not ready after {MINUTES} minutes. Run this again.")

    def _changes(self, name: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("describe_change_set").paginate(StackName=name, ChangeSetName=CHANGE_SET)
        return [change for page in pages for change in page["Changes"] if "ResourceChange" in change]

    def _settle(self, name: str, *, gone: bool = False) -> str:
        """The status when nothing is in progress any more; "" where there is no stack left."""
        for _ in _patiently():
            status = self.status(name)
            if not status.endswith("IN_PROGRESS") and not (gone and status in SETTLED):
                return status
        raise Problem(f"The stack {name} is still {status} after {MINUTES} minutes. Run this again when that is done.")

    def _events(self, name: str) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = self.client.describe_stack_events(StackName=name)["StackEvents"]
        except ClientError:  # there is no such stack any more, and its events are known by its id alone
            return []
        return found

    def _latest_event(self, name: str) -> str:
        events = self._events(name)
        return str(events[0]["EventId"]) if events else ""

    def _cause(self, name: str, began: str) -> str:
        causes = []
        for event in self._events(name):
            if event["EventId"] == began:
                break
            reason = event.get("ResourceStatusReason", "")
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                causes.append(f"{event['LogicalResourceId']}: {reason}")
        return causes[-1] if causes else "its events are in the CloudFormation console"


def _patiently() -> Any:
    """Turns to look again, slower and slower, for as long as a stack may take."""
    until = time.monotonic() + 60 * MINUTES
    pause = PAUSE
    while time.monotonic() < until:
        yield
        time.sleep(pause)
        pause = min(1.2 * pause, LONGEST_PAUSE)


def _says_nothing_changes(reason: str) -> bool:
    return "didn't contain changes" in reason or "No updates are to be performed" in reason


def _line(change: Mapping[str, Any]) -> str:
    verb = {"Add": "create", "Modify": "change", "Remove": "REMOVE", "Import": "take over"}.get(change["Action"], "?")
    if change.get("Replacement") == "True":
        verb = "REPLACE"
    return f"{verb} {change['LogicalResourceId']} ({change['ResourceType']})"
