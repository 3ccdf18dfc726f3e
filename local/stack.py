"""Deploys the CloudFormation template of the infrastructure to the local services."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from infrastructure.template import read_template
from local.data_dir import PROJECT
from local.errors import UserError

TEMPLATE = PROJECT / "infrastructure" / "core.yaml"
MINISTACK = PROJECT / "local" / "requirements.txt"  # another version may create other resources from the same template
WAITER = {"Delay": 0.05, "MaxAttempts": 1200}  # one minute


def deploy_template(cloudformation: Any, ssm: Any, stage: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create or update the stack `tintype-{stage}` and return its outputs; raises UserError if that fails.

    A stack that was deployed from the same files and parameters is left as it is: its state and the digest of these are
    saved together.
    """
    digest = _digest(stage, parameters)
    digest_parameter = f"/tintype-{stage}/stack-digest"  # not among the parameters that the app reads
    is_deployed = any(
        parameter["Value"] == digest for parameter in ssm.get_parameters(Names=[digest_parameter])["Parameters"]
    )
    if not is_deployed:
        _deploy(cloudformation, stage, parameters)
        ssm.put_parameter(Name=digest_parameter, Value=digest, Type="String", Overwrite=True)
    (stack,) = cloudformation.describe_stacks(StackName=f"tintype-{stage}")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _digest(stage: str, parameters: Mapping[str, str]) -> str:
    """A digest of everything that decides what the stack contains."""
    text = json.dumps([TEMPLATE.read_text(), MINISTACK.read_text(), stage, dict(parameters)])
    return hashlib.sha256(text.encode()).hexdigest()


def _deploy(cloudformation: Any, stage: str, parameters: Mapping[str, str]) -> None:
    name = f"tintype-{stage}"
    request = {
        "StackName": name,
        "TemplateBody": json.dumps(read_template(TEMPLATE)),  # MiniStack reads JSON faster than YAML
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


def expiring_tables(stage: str) -> dict[str, str]:
    """The names of the template's tables whose items expire, each with the attribute that holds the time."""
    resources = read_template(TEMPLATE)["Resources"]
    tables = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::DynamoDB::Table"]
    return {
        table["TableName"]["Fn::Sub"].replace("${Stage}", stage): table["TimeToLiveSpecification"]["AttributeName"]
        for table in tables
        if "TimeToLiveSpecification" in table
    }


def lifecycle_rules(stage: str, account: str) -> dict[str, list[dict[str, Any]]]:
    """The lifecycle rules of the template's buckets by their names, as PutBucketLifecycleConfiguration takes them."""
    template = read_template(TEMPLATE)
    buckets = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::S3::Bucket"]
    return {
        bucket["BucketName"]["Fn::Sub"].replace("${Stage}", stage).replace("${AWS::AccountId}", account): [
            _api_rule(rule, template["Parameters"]) for rule in bucket["LifecycleConfiguration"]["Rules"]
        ]
        for bucket in buckets
        if "LifecycleConfiguration" in bucket
    }


def _api_rule(rule: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of a template without its transitions, which change nothing on a laptop."""
    if "NoncurrentVersionExpiration" in rule:  # a reference to a parameter
        days = parameters[rule["NoncurrentVersionExpiration"]["NoncurrentDays"]["Ref"]]["Default"]
        rule = {**rule, "NoncurrentVersionExpiration": {"NoncurrentDays": days}}
    found = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    expiration = {name: rule[name] for name in ("ExpiredObjectDeleteMarker",) if name in rule}
    if "ExpirationInDays" in rule:
        expiration["Days"] = rule["ExpirationInDays"]
    if expiration:
        found["Expiration"] = expiration
    return found | {
        name: rule[name] for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload") if name in rule
    }


def _reason(error: WaiterError) -> str:
    stacks = error.last_response.get("Stacks", [{}])
    return f"{stacks[0].get('StackStatus', error)} {stacks[0].get('StackStatusReason', '')}".strip()
