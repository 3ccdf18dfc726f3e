"""Deploys the CloudFormation template of the infrastructure to the local services."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from local.data_dir import PROJECT
from local.errors import UserError

TEMPLATE = PROJECT / "infrastructure" / "core.yaml"
WAITER = {"Delay": 0.05, "MaxAttempts": 1200}  # one minute


def deploy_template(cloudformation: Any, stage: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create or update the stack `tintype-{stage}` and return its outputs; raises UserError if that fails."""
    name = f"tintype-{stage}"
    request = {
        "StackName": name,
        "TemplateBody": TEMPLATE.read_text(),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in {"Stage": stage, **parameters}.items()
        ],
    }
    waiter = "stack_create_complete"
    try:
        cloudformation.create_stack(**request)
    except cloudformation.exceptions.AlreadyExistsException:
        try:
            cloudformation.update_stack(**request)
            waiter = "stack_update_complete"
        except ClientError as error:
            if "No updates are to be performed" not in error.response["Error"]["Message"]:
                raise
    try:
        cloudformation.get_waiter(waiter).wait(StackName=name, WaiterConfig=WAITER)
    except WaiterError as error:
        raise UserError(f"The local stack {name} failed: {_reason(error)}") from error
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _reason(error: WaiterError) -> str:
    stacks = error.last_response.get("Stacks", [{}])
    return f"{stacks[0].get('StackStatus', error)} {stacks[0].get('StackStatusReason', '')}".strip()
