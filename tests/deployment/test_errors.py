"""Errors before and during a deployment: one line that says what is wrong and what to do."""

import io
import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import aws_errors, destruction, gateway, preflight, release, users
from infrastructure.deploy.cli import main
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import PROJECT, Target, resolve_target
from local.provision import ProvisionedStack
from tests.deployment.rehearsal import TIMEOUT_SECONDS, run_deploy

BUILDS = Path("builds")
REGION = {"AWS_DEFAULT_REGION": "eu-central-1"}


@pytest.fixture
def target(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Target]:
    """A target with an unused stage."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    target = resolve_target(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield target
    target.session.client("s3").close()


class StubCloudFormation:
    """CloudFormation client with one stack of this status."""

    def __init__(self, status: str) -> None:
        self.status = status

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        if not self.status:
            response = {"Error": {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}}
            raise ClientError(response, "DescribeStacks")
        return {"Stacks": [{"StackName": StackName, "StackStatus": self.status}]}


def error_line(*arguments: str, **environment: str) -> str:
    """The only output line of a failed command."""
    result = run_deploy(*arguments, environment=environment)
    assert result.returncode == 1, result.stdout + result.stderr
    (line,) = (result.stdout + result.stderr).strip().splitlines()
    return line


def deploy_error_line(target: Target, *options: str) -> str:
    """The only output line of a failed deployment."""
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    arguments = ("deploy", "--stage", target.stage, "--email", "me@example.org", "--yes", "1")
    return error_line(*arguments, "--builds", str(target.builds_dir), *options, **environment)


def has_traces(target: Target) -> bool:
    """Whether a setting or a build folder of the library exists."""
    settings = target.client("ssm").get_parameters_by_path(Path=f"/tintype/{target.stage}")["Parameters"]
    return bool(settings) or target.build_dir.exists()


@pytest.mark.parametrize("stage", ["", "Prod", "9lives", "my_stage", "a-b", "a" * 21, "prod;", "../x"])
def test_invalid_stage_raises_error(stage: str) -> None:
    with pytest.raises(UserError, match=r"^Invalid STAGE '.*': use 1 to 20 lowercase letters"):
        resolve_target(stage, BUILDS)


@pytest.mark.parametrize("stage", ["alarms", "local"])
def test_reserved_stage_raises_error(stage: str) -> None:
    with pytest.raises(UserError, match=rf"^Invalid STAGE '{stage}': the name is reserved"):
        resolve_target(stage, BUILDS)


@pytest.mark.parametrize("stage", ["aws", "myawsphotos", "amazon", "amazonas", "cognito", "recognitos"])
def test_stage_with_a_word_that_cognito_refuses_raises_error(stage: str) -> None:
    with pytest.raises(
        UserError, match=rf"^Invalid STAGE '{stage}': Cognito allows no name with '(aws|amazon|cognito)'"
    ):
        resolve_target(stage, BUILDS)


def test_command_prints_invalid_stage_in_one_line() -> None:
    line = error_line("deploy", "--stage", "My_Stage", "--email", "me@example.org", **REGION)
    assert line.startswith("Invalid STAGE 'My_Stage': use 1 to 20 lowercase letters")
    assert line.endswith("for example STAGE=prod.")


def test_missing_credentials() -> None:
    line = error_line("deploy", "--stage", "prod", "--email", "me@example.org", **REGION)
    assert line.startswith(
        "Cannot sign in to AWS (Unable to locate credentials): run `aws sso login` or `aws configure`"
    )


def test_missing_region() -> None:
    line = error_line("deploy", "--stage", "prod", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert line.startswith("No AWS region is set: set one")


def test_domain_needs_certificate_and_page(target: Target) -> None:
    name = ("--domain", "photos.example.org")
    assert deploy_error_line(target, *name).startswith("DOMAIN=photos.example.org needs a certificate in us-east-1")
    assert deploy_error_line(target, *name, "--cdn", "no").startswith("DOMAIN needs the page, and CDN=no deploys none")
    assert not has_traces(target)


@pytest.mark.parametrize("version", [(3, 11), (3, 15)])
@pytest.mark.parametrize("command", ["deploy", "destroy", "user", "rotate"])
def test_unsupported_python_version(version: tuple[int, int], command: str) -> None:
    with pytest.raises(SystemExit) as raised:
        main([command, "--stage", "prod", "--email", "me@example.org"], version=version)
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"Python 3.{version[1]} is not supported as Lambda runtime; use 3.12 to 3.14")
    assert line.endswith("`make deploy PYTHON=python3.12 …`.")


@pytest.mark.parametrize("old", ["python2", ""])
def test_make_rejects_old_python(tmp_path: Path, old: str) -> None:
    for name in ("Makefile", "requirements-dev.txt"):
        shutil.copy(PROJECT / name, tmp_path)
    command = ["make", "--silent", "deploy", "STAGE=prod", "EMAIL=me@example.org", f"PYTHON={old}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    line, last_line = result.stderr.splitlines()
    assert line.startswith(
        "Python 3.12 or newer with venv is required" + (f"; {old} is not suitable: " if old else ": ")
    )
    assert last_line.startswith("make: ***")
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 12), (3, 13), (3, 14)])
def test_supported_python_version(version: tuple[int, int]) -> None:
    preflight.check_python(version)


@pytest.mark.parametrize("email", ["", "me", "me@", "@example.org", "me@example", "a b@example.org"])
def test_invalid_email_raises_error(email: str) -> None:
    with pytest.raises(UserError, match=r"^Invalid EMAIL"):
        users.check_email(email)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("CREATE_FAILED", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("DELETE_FAILED", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("ROLLBACK_FAILED", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name tintype-prod"),
        ("UPDATE_IN_PROGRESS", "another deployment is running"),
    ],
)
def test_stack_that_cannot_be_updated(status: str, advice: str) -> None:
    with pytest.raises(UserError) as raised:
        Stacks(StubCloudFormation(status)).check_updatable("tintype-prod")
    assert f"tintype-prod is {status}" in str(raised.value)
    assert advice in str(raised.value)


@pytest.mark.parametrize(
    "status", ["", "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_stack_that_can_be_updated(status: str) -> None:
    Stacks(StubCloudFormation(status)).check_updatable("tintype-prod")


@pytest.mark.cloud
def test_existing_bucket_and_table_are_reported(target: Target) -> None:
    preflight.check_names(target)
    s3, dynamodb = target.client("s3"), target.client("dynamodb")
    s3.create_bucket(Bucket=target.bucket_name("page"))
    dynamodb.create_table(
        TableName=f"{target.stack_name}-bundles",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    line = deploy_error_line(target)
    existing = f"bucket {target.bucket_name('page')}, table {target.stack_name}-bundles"
    assert f"these do: {existing}. Empty and delete them" in line
    assert line.endswith("or choose another STAGE.")
    assert Stacks(target.client("cloudformation")).status(target.stack_name) == ""
    assert not has_traces(target)
    s3.delete_bucket(Bucket=target.bucket_name("page"))
    dynamodb.delete_table(TableName=f"{target.stack_name}-bundles")


@pytest.mark.cloud
def test_bucket_of_another_account_is_reported(target: Target, cloud: ProvisionedStack) -> None:
    client = target.client("s3")
    other_account = boto3.Session().client("s3", aws_access_key_id="111111111111", aws_secret_access_key="secret")
    other_account.create_bucket(Bucket=target.bucket_name("originals"))
    try:
        with pytest.raises(ClientError, match="403"):
            client.head_bucket(Bucket=target.bucket_name("originals"))
        expected = f"Bucket {target.bucket_name('originals')} belongs to another AWS account: choose another STAGE."
        assert deploy_error_line(target) == expected
        assert Stacks(target.client("cloudformation")).status(target.stack_name) == ""
        assert not has_traces(target)
    finally:
        other_account.delete_bucket(Bucket=target.bucket_name("originals"))
        other_account.close()


@pytest.mark.cloud
def test_rolled_back_stack_is_reported(target: Target) -> None:
    s3, cloudformation = target.client("s3"), target.client("cloudformation")
    s3.create_bucket(Bucket=target.bucket_name("existing"))
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": target.bucket_name("existing")}}
    queue = {"Type": "AWS::SQS::Queue"}
    cloudformation.create_stack(
        StackName=target.stack_name, TemplateBody=json.dumps({"Resources": {"Q": queue, "Existing": bucket}})
    )
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while Stacks(cloudformation).status(target.stack_name).endswith("IN_PROGRESS") and time.monotonic() < deadline:
        time.sleep(0.1)
    advice = f"run `aws cloudformation delete-stack --stack-name {target.stack_name}`, wait until it is done, and"
    expected = f"Stack {target.stack_name} is ROLLBACK_COMPLETE and cannot be updated: {advice} run this again."
    assert deploy_error_line(target) == expected
    assert not has_traces(target)
    cloudformation.delete_stack(StackName=target.stack_name)
    s3.delete_bucket(Bucket=target.bucket_name("existing"))


@pytest.mark.cloud
def test_chalice_failure_raises_error_with_last_line(target: Target) -> None:
    chalice = target.build_dir / ".chalice"
    chalice.mkdir(parents=True)
    (chalice / "config.json").write_text(json.dumps({"version": "2.0", "app_name": "tintype"}))
    (target.build_dir / "app.py").write_text("raise LookupError('missing file')")
    with pytest.raises(UserError, match=r"^`chalice deploy` failed: LookupError: missing file \(see .*chalice\.log"):
        release.run_chalice(target, "deploy")


def test_plain_chalice_deploy_names_missing_variable() -> None:
    unreachable = {
        **REGION,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TINTYPE_"))}
    result = subprocess.run(
        [*release.CHALICE_COMMAND, "deploy", "--stage", "prod"],
        cwd=PROJECT,
        env={**environment, **unreachable},
        capture_output=True,
        text=True,
        check=False,
    )
    last_line = result.stderr.strip().splitlines()[-1]
    assert result.returncode == 2
    assert "TINTYPE_ORIGINALS_BUCKET not configured" in last_line
    assert "make deploy STAGE=prod" in last_line


@pytest.mark.cloud
def test_declined_plan_leaves_nothing_behind(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["deploy", "--stage", target.stage, "--email", "me@example.org", "--builds", str(target.builds_dir)]
    with pytest.raises(SystemExit, match=r"^Canceled\. Nothing was changed\.$"):
        main(arguments, ask=lambda _: "n")
    assert f"stack {target.stack_name}: create" in capsys.readouterr().out
    assert Stacks(target.client("cloudformation")).status(target.stack_name) == ""
    assert not (target.build_dir).exists()


@pytest.mark.cloud
def test_confirmation_needs_terminal(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SystemExit, match="add YES=1"):
        main(["deploy", "--stage", target.stage, "--email", "me@example.org", "--builds", str(target.builds_dir)])


@pytest.mark.cloud
def test_invitation_needs_library(target: Target) -> None:
    with pytest.raises(SystemExit, match=r"^Library t\w+ does not exist"):
        main(["user", "--stage", target.stage, "--email", "me@example.org"])


@pytest.mark.cloud
def test_failed_stack_creation_raises_error_and_deletes_stack(target: Target, tmp_path: Path) -> None:
    s3 = target.client("s3")
    s3.create_bucket(Bucket=target.bucket_name("existing"))
    template = tmp_path / "template.json"
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": target.bucket_name("existing")}}
    template.write_text(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Existing": bucket}}))
    stacks = Stacks(target.client("cloudformation"))
    assert len(stacks.create_change_set(target.stack_name, template, {})) == 2
    with pytest.raises(UserError) as raised:
        stacks.execute_change_set(target.stack_name)
    assert str(raised.value).startswith(f"Stack {target.stack_name} could not be deployed: Existing: ")
    assert str(raised.value).endswith(f"already exists; {aws_errors.TAKEN}")
    assert stacks.status(target.stack_name) == ""
    s3.delete_bucket(Bucket=target.bucket_name("existing"))


def test_deleting_photos_needs_confirmation() -> None:
    target = Target("prod", "1", "eu-central-1", "aws", session=None, builds_dir=BUILDS)
    with pytest.raises(UserError, match=r"ORIGINALS=delete CONFIRM=prod$"):
        destruction.plan(target, destruction.Options(delete_originals=True, confirmed=False))
    deleted, retained = destruction.plan(target, destruction.Options(delete_originals=False, confirmed=True))
    assert retained.startswith("keep: s3://tintype-prod-originals-1")
    assert "originals" not in deleted


@pytest.mark.parametrize(
    ("unreserved", "reserved", "allowed"),
    [(1000, None, 20), (980, 20, 20), (120, None, 20), (119, None, None), (10, None, None)],
)
def test_concurrency_is_reserved_if_quota_allows(unreserved: int, reserved: int | None, allowed: int | None) -> None:
    assert release.allowed_reservation(unreserved, reserved) == allowed


def test_small_quota_is_reported_with_the_command_that_asks_for_more() -> None:
    limit = {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}
    client = SimpleNamespace(get_account_settings=lambda: limit)
    target: Any = SimpleNamespace(client=lambda _: client, region="eu-central-1")
    note = release.concurrency_note(target)
    assert "at most 10 functions at once" in note
    assert "503 with Retry-After" in note
    command = note.partition("deploy again: ")[2].split()
    assert command[:3] == ["aws", "service-quotas", "request-service-quota-increase"]
    assert command[-2:] == ["--region", "eu-central-1"]


def test_gateway_error_responses_have_message_and_code() -> None:
    for response in gateway.ERROR_RESPONSES.values():
        assert response.message.endswith(".")
        assert response.code == response.code.lower()


@pytest.mark.parametrize(
    ("response_type", "status"),
    [
        ("THROTTLED", "429"),
        ("INTEGRATION_FAILURE", "503"),
        ("API_CONFIGURATION_ERROR", "503"),
        ("INTEGRATION_TIMEOUT", "504"),
        ("DEFAULT_5XX", None),
    ],
)
def test_gateway_says_when_to_try_again(response_type: str, status: str | None) -> None:
    """AWS does not document which type a throttled function is."""
    fields = gateway.gateway_response(gateway.ERROR_RESPONSES[response_type])
    assert fields.get("statusCode") == status
    assert fields["responseParameters"]["gatewayresponse.header.Retry-After"] == "'2'"
