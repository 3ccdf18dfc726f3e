"""Chalice's record, written anew from what runs that broke off left in the cloud."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infrastructure.deploy import chalice_state, event_sources
from infrastructure.deploy.target import Place, find
from local.provision import ProvisionedStack

pytestmark = pytest.mark.cloud


class Leftovers:
    """What a library's runs made, one thing at a time."""

    def __init__(self, place: Place) -> None:
        self.place = place
        place.client("s3").create_bucket(Bucket=place.bucket("originals"))

    def function(self, handler: str = "", stage: str | None = None) -> str:
        """A function as Chalice makes it, with its role."""
        iam, client = self.place.client("iam"), self.place.client("lambda")
        role = iam.create_role(RoleName=f"{self.place.stack}-{handler or 'api_handler'}", AssumeRolePolicyDocument="{}")
        made = client.create_function(
            FunctionName=f"{self.place.stack}-{handler}".rstrip("-"),
            Role=role["Role"]["Arn"],
            Runtime="python3.12",
            Handler="app.app",
            Code={"ZipFile": _package()},
            Tags={"aws-chalice": f"version=1.34.0:stage={stage or self.place.stage}:app=tintype"},
        )
        return str(made["FunctionArn"])

    def api(self, function: str, *, deployed: bool = False, name: str = "tintype") -> str:
        """An API that leads to the function."""
        client = self.place.client("apigateway")
        api = str(client.create_rest_api(name=name)["id"])
        (root,) = client.get_resources(restApiId=api)["items"]
        at = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
        client.put_method(**at, authorizationType="NONE")
        uri = f"arn:aws:apigateway:{self.place.region}:lambda:path/2015-03-31/functions/{function}/invocations"
        client.put_integration(**at, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        if deployed:
            client.create_deployment(restApiId=api, stageName="api")
        return api

    def mapping(self, function: str) -> str:
        """A queue's way into the function."""
        sqs = self.place.client("sqs")
        url = sqs.create_queue(QueueName=f"{self.place.stack}-bundles")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        made = self.place.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=arn)
        return str(made["UUID"])


@pytest.fixture
def left(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Leftovers]:
    """A place of a name that nobody has taken, where nothing is left yet."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    place = find(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield Leftovers(place)
    chalice_state.remove_all(place)
    for arn in chalice_state.functions(place).values():
        place.client("lambda").delete_function(FunctionName=arn)


def recorded(place: Place) -> dict[str, Any]:
    """The record, by the names that Chalice gives its resources."""
    told = json.loads(chalice_state.path(place).read_text())
    assert (told["schema_version"], told["backend"]) == ("2.0", "api")
    return {resource["name"]: resource for resource in told["resources"]}


def test_nothing_is_recorded_where_nothing_is(left: Leftovers) -> None:
    chalice_state.restore(left.place)
    assert recorded(left.place) == {}
    assert chalice_state.api_id(left.place) is None


def test_everything_that_was_made_is_recorded_under_the_names_of_chalice(left: Leftovers) -> None:
    place = left.place
    api = left.api(left.function())
    worker = left.function("build_volume")
    mapping = left.mapping(worker)
    place.client("events").put_rule(Name=f"{place.stack}-sweep-event", ScheduleExpression="rate(5 minutes)")
    sweep = left.function("sweep")
    place.client("events").put_targets(Rule=f"{place.stack}-sweep-event", Targets=[{"Id": "1", "Arn": sweep}])
    ingest = left.function("ingest_photo")
    told = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": ingest, "Events": ["s3:ObjectCreated:*"]}]}
    place.client("s3").put_bucket_notification_configuration(
        Bucket=place.bucket("originals"), NotificationConfiguration=told
    )
    chalice_state.restore(place)
    record = recorded(place)
    assert record.keys() == {
        *("api_handler", "api_handler_role", "rest_api"),
        *("build_volume", "build_volume_role", "build_volume-sqs-event-source"),
        *("sweep", "sweep_role", "sweep-event"),
        *("ingest_photo", "ingest_photo_role", "ingest_photo-s3event"),
    }
    assert record["rest_api"]["rest_api_id"] == api
    assert record["build_volume-sqs-event-source"]["event_uuid"] == mapping
    assert record["sweep-event"]["rule_name"] == f"{place.stack}-sweep-event"
    assert record["ingest_photo-s3event"]["lambda_arn"] == ingest
    assert record["sweep_role"]["role_name"] == f"{place.stack}-sweep"


def test_of_several_apis_the_one_that_is_deployed_stays(left: Leftovers) -> None:
    function = left.function()
    left.api(function)
    kept = left.api(function, deployed=True)
    left.api(function)
    chalice_state.restore(left.place)
    chalice_state.remove_others(left.place)
    assert chalice_state.api_id(left.place) == kept
    assert recorded(left.place)["rest_api"]["rest_api_id"] == kept
    names = [api["id"] for api in left.place.client("apigateway").get_rest_apis(limit=500)["items"]]
    assert kept in names


def test_an_api_of_another_library_or_of_none_is_let_be(left: Leftovers) -> None:
    function = left.function()
    other = left.api(f"{function}-2")
    foreign = left.api(function, name="weather")
    chalice_state.remove_all(left.place)
    client = left.place.client("apigateway")
    assert {other, foreign} <= {api["id"] for api in client.get_rest_apis(limit=500)["items"]}
    assert chalice_state.api_id(left.place) is None
    for api in (other, foreign):
        client.delete_rest_api(restApiId=api)


def test_a_function_of_a_library_with_a_longer_name_is_not_ours(left: Leftovers) -> None:
    function = left.function("2-sweep", stage=f"{left.place.stage}-2")
    assert chalice_state.functions(left.place) == {}
    left.place.client("lambda").delete_function(FunctionName=function)


def test_a_record_that_holds_stays_as_chalice_wrote_it(left: Leftovers) -> None:
    api = left.api(left.function())
    path = chalice_state.path(left.place)
    path.parent.mkdir(parents=True)
    written = json.dumps({"resources": [{"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api}]})
    path.write_text(written)
    chalice_state.restore(left.place)
    assert path.read_text() == written


def test_a_record_of_an_api_that_is_gone_is_written_anew(left: Leftovers) -> None:
    api = left.api(left.function())
    path = chalice_state.path(left.place)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"resources": [{"name": "rest_api", "resource_type": "rest_api", "rest_api_id": "x"}]}))
    chalice_state.restore(left.place)
    assert recorded(left.place)["rest_api"]["rest_api_id"] == api


def test_of_several_mappings_of_a_queue_one_stays_and_takes_partial_answers(left: Leftovers) -> None:
    worker = left.function("build_volume")
    first, client = left.mapping(worker), left.place.client("lambda")
    left.mapping(worker)
    for _ in range(2):
        event_sources.report_partial_failures(client, worker)
        (mapping,) = client.list_event_source_mappings(FunctionName=worker)["EventSourceMappings"]
        assert (mapping["UUID"], mapping["FunctionResponseTypes"]) == (first, ["ReportBatchItemFailures"])


def _package() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("app.py", "def app(event, context): return {}\n")
    return out.getvalue()
