"""Chalice's state file, rebuilt from the resources of interrupted deployments."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infrastructure.deploy import chalice_state, event_sources
from infrastructure.deploy.target import Target, resolve_target
from local.provision import ProvisionedStack

pytestmark = pytest.mark.cloud


class PartialDeployment:
    """Creates single resources of a library."""

    def __init__(self, target: Target) -> None:
        self.target = target
        target.client("s3").create_bucket(Bucket=target.bucket_name("originals"))

    def function(self, handler: str = "", stage: str | None = None) -> str:
        """A function with its role, as Chalice creates them; returns its ARN."""
        iam, client = self.target.client("iam"), self.target.client("lambda")
        role = iam.create_role(
            RoleName=f"{self.target.stack_name}-{handler or 'api_handler'}", AssumeRolePolicyDocument="{}"
        )
        created = client.create_function(
            FunctionName=f"{self.target.stack_name}-{handler}".rstrip("-"),
            Role=role["Role"]["Arn"],
            Runtime="python3.12",
            Handler="app.app",
            Code={"ZipFile": _package()},
            Tags={"aws-chalice": f"version=1.34.0:stage={stage or self.target.stage}:app=tintype"},
        )
        return str(created["FunctionArn"])

    def api(self, function: str, *, deployed: bool = False, name: str = "tintype") -> str:
        """A REST API that invokes the function; returns its id."""
        client = self.target.client("apigateway")
        api = str(client.create_rest_api(name=name)["id"])
        (root,) = client.get_resources(restApiId=api)["items"]
        method = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
        client.put_method(**method, authorizationType="NONE")
        uri = f"arn:aws:apigateway:{self.target.region}:lambda:path/2015-03-31/functions/{function}/invocations"
        client.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        if deployed:
            client.create_deployment(restApiId=api, stageName="api")
        return api

    def mapping(self, function: str) -> str:
        """An event source mapping from a queue to the function; returns its UUID."""
        sqs = self.target.client("sqs")
        url = sqs.create_queue(QueueName=f"{self.target.stack_name}-bundles")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        created = self.target.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=arn)
        return str(created["UUID"])


@pytest.fixture
def partial(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PartialDeployment]:
    """An empty target with an unused stage."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    target = resolve_target(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield PartialDeployment(target)
    chalice_state.delete_all_apis(target)
    for arn in chalice_state.find_functions(target).values():
        target.client("lambda").delete_function(FunctionName=arn)


def read_resources(target: Target) -> dict[str, Any]:
    """The resources in the state file by name."""
    state = json.loads(chalice_state.path(target).read_text())
    assert (state["schema_version"], state["backend"]) == ("2.0", "api")
    return {resource["name"]: resource for resource in state["resources"]}


def test_empty_target_has_no_resources(partial: PartialDeployment) -> None:
    chalice_state.restore(partial.target)
    assert read_resources(partial.target) == {}
    assert chalice_state.api_id(partial.target) is None


def test_all_resources_are_recorded_with_chalice_names(partial: PartialDeployment) -> None:
    target = partial.target
    api = partial.api(partial.function())
    worker = partial.function("build_volume")
    mapping = partial.mapping(worker)
    target.client("events").put_rule(Name=f"{target.stack_name}-sweep-event", ScheduleExpression="rate(5 minutes)")
    sweep = partial.function("sweep")
    target.client("events").put_targets(Rule=f"{target.stack_name}-sweep-event", Targets=[{"Id": "1", "Arn": sweep}])
    ingest = partial.function("ingest_photo")
    notifications = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": ingest, "Events": ["s3:ObjectCreated:*"]}]}
    target.client("s3").put_bucket_notification_configuration(
        Bucket=target.bucket_name("originals"), NotificationConfiguration=notifications
    )
    chalice_state.restore(target)
    resources = read_resources(target)
    assert resources.keys() == {
        *("api_handler", "api_handler_role", "rest_api"),
        *("build_volume", "build_volume_role", "build_volume-sqs-event-source"),
        *("sweep", "sweep_role", "sweep-event"),
        *("ingest_photo", "ingest_photo_role", "ingest_photo-s3event"),
    }
    assert resources["rest_api"]["rest_api_id"] == api
    assert resources["build_volume-sqs-event-source"]["event_uuid"] == mapping
    assert resources["sweep-event"]["rule_name"] == f"{target.stack_name}-sweep-event"
    assert resources["ingest_photo-s3event"]["lambda_arn"] == ingest
    assert resources["sweep_role"]["role_name"] == f"{target.stack_name}-sweep"


def test_deployed_api_stays(partial: PartialDeployment) -> None:
    function = partial.function()
    partial.api(function)
    deployed = partial.api(function, deployed=True)
    partial.api(function)
    chalice_state.restore(partial.target)
    chalice_state.delete_other_apis(partial.target)
    assert chalice_state.api_id(partial.target) == deployed
    assert read_resources(partial.target)["rest_api"]["rest_api_id"] == deployed
    ids = [api["id"] for api in partial.target.client("apigateway").get_rest_apis(limit=500)["items"]]
    assert deployed in ids


def test_unrelated_apis_stay(partial: PartialDeployment) -> None:
    function = partial.function()
    other = partial.api(f"{function}-2")
    foreign = partial.api(function, name="weather")
    chalice_state.delete_all_apis(partial.target)
    client = partial.target.client("apigateway")
    assert {other, foreign} <= {api["id"] for api in client.get_rest_apis(limit=500)["items"]}
    assert chalice_state.api_id(partial.target) is None
    for api in (other, foreign):
        client.delete_rest_api(restApiId=api)


def test_function_of_library_with_longer_name_is_ignored(partial: PartialDeployment) -> None:
    function = partial.function("2-sweep", stage=f"{partial.target.stage}-2")
    assert chalice_state.find_functions(partial.target) == {}
    partial.target.client("lambda").delete_function(FunctionName=function)


def test_valid_state_file_is_unchanged(partial: PartialDeployment) -> None:
    api = partial.api(partial.function())
    path = chalice_state.path(partial.target)
    path.parent.mkdir(parents=True)
    content = json.dumps({"resources": [{"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api}]})
    path.write_text(content)
    chalice_state.restore(partial.target)
    assert path.read_text() == content


def test_state_file_with_missing_api_is_rebuilt(partial: PartialDeployment) -> None:
    api = partial.api(partial.function())
    path = chalice_state.path(partial.target)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"resources": [{"name": "rest_api", "resource_type": "rest_api", "rest_api_id": "x"}]}))
    chalice_state.restore(partial.target)
    assert read_resources(partial.target)["rest_api"]["rest_api_id"] == api


@pytest.mark.parametrize("content", ["", '{"resources": [{"name": "rest_'])
def test_state_file_of_a_killed_chalice_is_rebuilt(partial: PartialDeployment, content: str) -> None:
    api = partial.api(partial.function())
    path = chalice_state.path(partial.target)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    chalice_state.restore(partial.target)
    assert read_resources(partial.target)["rest_api"]["rest_api_id"] == api


def test_duplicate_mapping_is_deleted_and_other_reports_partial_failures(partial: PartialDeployment) -> None:
    worker = partial.function("build_volume")
    first, client = partial.mapping(worker), partial.target.client("lambda")
    partial.mapping(worker)
    for _ in range(2):
        event_sources.report_partial_failures(client, worker)
        (mapping,) = client.list_event_source_mappings(FunctionName=worker)["EventSourceMappings"]
        assert (mapping["UUID"], mapping["FunctionResponseTypes"]) == (first, ["ReportBatchItemFailures"])


def _package() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("app.py", "def app(event, context): return {}\n")
    return out.getvalue()
