"""The infrastructure template, applied: CloudFormation makes what is missing and leaves what is there."""

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.data_dir import PROJECT
from local.errors import Problem

TEMPLATE = PROJECT / "infrastructure" / "core.yaml"
PATIENCE = 60.0


def apply(cloudformation: Any, stage: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Bring the stack `tintype-{stage}` to what the template says and return its outputs, or raise Problem."""
    name = f"tintype-{stage}"
    given = {
        "StackName": name,
        "TemplateBody": TEMPLATE.read_text(),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in {"Stage": stage, **parameters}.items()
        ],
    }
    try:
        cloudformation.create_stack(**given)
    except cloudformation.exceptions.AlreadyExistsException:
        try:
            cloudformation.update_stack(**given)
        except ClientError as error:
            if "No updates are to be performed" not in error.response["Error"]["Message"]:
                raise
    return _settled(cloudformation, name)


def _settled(cloudformation: Any, name: str) -> dict[str, str]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.05)
    raise Problem(f"The template could not be applied: {stack['StackStatus']} {stack.get('StackStatusReason', '')}")
