"""Deploys the CloudFormation template of the infrastructure to the local services."""

from collections.abc import Mapping
from typing import Any

import yaml
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


def expiring_tables(stage: str) -> dict[str, str]:
    """The names of the template's tables whose items expire, each with the attribute that holds the time."""
    resources = yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]  # noqa: S506 (a SafeLoader)
    tables = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::DynamoDB::Table"]
    return {
        table["TableName"].replace("${Stage}", stage): table["TimeToLiveSpecification"]["AttributeName"]
        for table in tables
        if "TimeToLiveSpecification" in table
    }


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short functions, of which only the argument is read."""


def _function(loader: _Loader, _name: str, node: yaml.Node) -> Any:
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_multi_constructor("!", _function)


def _reason(error: WaiterError) -> str:
    stacks = error.last_response.get("Stacks", [{}])
    return f"{stacks[0].get('StackStatus', error)} {stacks[0].get('StackStatusReason', '')}".strip()
