"""What keeps a deployment from beginning, told in one line, with what to do."""

import io
import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import destruction, gateway, preflight, release, users
from infrastructure.deploy.__main__ import main
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import PROJECT, Place, find
from local.provision import ProvisionedStack
from tests.deployment.rehearsal import PATIENCE_SECONDS, run

BUILDS = Path("builds")
REGION = {"AWS_DEFAULT_REGION": "eu-central-1"}


@pytest.fixture
def here(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Place]:
    """A place of a name that nobody has taken."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    place = find(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield place
    place.session.client("s3").close()


class Told:
    """CloudFormation, with one stack in this status."""

    def __init__(self, status: str) -> None:
        self.status = status

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        if not self.status:
            said = {"Error": {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}}
            raise ClientError(said, "DescribeStacks")
        return {"Stacks": [{"StackName": StackName, "StackStatus": self.status}]}


def said_of(*arguments: str, **environment: str) -> str:
    """The one line in which the command ends."""
    ran = run(*arguments, environment=environment)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    (line,) = (ran.stdout + ran.stderr).strip().splitlines()
    return line


def said_there(place: Place, *more: str) -> str:
    """The one line in which a deployment there ends, to which nobody has a question."""
    found = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    arguments = ("deploy", "--stage", place.stage, "--email", "me@example.org", "--yes", "1")
    return said_of(*arguments, "--builds", str(place.builds), *more, **found)


def noted(place: Place) -> bool:
    """Whether anything of a library is there, or noted anywhere, but its stack."""
    settings = place.client("ssm").get_parameters_by_path(Path=f"/tintype/{place.stage}")["Parameters"]
    return bool(settings) or place.building.exists()


@pytest.mark.parametrize("stage", ["", "Prod", "9lives", "my_stage", "a-b", "a" * 21, "prod;", "../x"])
def test_a_stage_name_that_will_not_do(stage: str) -> None:
    with pytest.raises(Problem, match=r"^STAGE=.* will not do: a small letter first"):
        find(stage, BUILDS)


@pytest.mark.parametrize("stage", ["alarms", "local"])
def test_a_stage_name_that_is_taken(stage: str) -> None:
    with pytest.raises(Problem, match=rf"^STAGE={stage} will not do: Tintype itself uses this name"):
        find(stage, BUILDS)


def test_the_command_begins_nothing_under_such_a_name() -> None:
    line = said_of("deploy", "--stage", "My_Stage", "--email", "me@example.org", **REGION)
    assert line.startswith("STAGE=My_Stage will not do: a small letter first")
    assert line.endswith("for example STAGE=prod.")


def test_nobody_is_signed_in() -> None:
    line = said_of("deploy", "--stage", "prod", "--email", "me@example.org", **REGION)
    assert line.startswith("AWS does not know who you are (Unable to locate credentials): sign in first")


def test_no_region_is_chosen() -> None:
    line = said_of("deploy", "--stage", "prod", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert line.startswith("No AWS region is set: choose one")


def test_a_name_of_one_s_own_without_its_certificate_or_without_a_page(here: Place) -> None:
    name = ("--domain", "photos.example.org")
    assert said_there(here, *name).startswith("DOMAIN=photos.example.org needs the ARN of its certificate in us-east-1")
    assert said_there(here, *name, "--cdn", "no").startswith("CDN=no leaves the library without a page")
    assert not noted(here)


@pytest.mark.parametrize("version", [(3, 11), (3, 15)])
@pytest.mark.parametrize("what", ["deploy", "destroy", "user", "rotate"])
def test_a_python_that_is_no_runtime(version: tuple[int, int], what: str) -> None:
    with pytest.raises(SystemExit) as told:
        main([what, "--stage", "prod", "--email", "me@example.org"], version=version)
    (line,) = str(told.value).splitlines()
    assert line.startswith(
        f"This is Python 3.{version[1]}, and the functions would run on the same; take one from 3.12"
    )
    assert line.endswith("`make deploy PYTHON=python3.12 …`.")


@pytest.mark.parametrize("old", ["python2", ""])
def test_no_environment_is_made_of_a_python_that_is_too_old(tmp_path: Path, old: str) -> None:
    for name in ("Makefile", "requirements-dev.txt"):
        shutil.copy(PROJECT / name, tmp_path)
    command = ["make", "--silent", "deploy", "STAGE=prod", "EMAIL=me@example.org", f"PYTHON={old}"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    ran = subprocess.run(command, cwd=tmp_path, env=plain, capture_output=True, text=True, check=False)
    line, ended = ran.stderr.splitlines()
    assert line.startswith("Python 3.12 or newer, with venv, is needed" + (f" and {old} is none: " if old else ": "))
    assert ended.startswith("make: ***")
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 12), (3, 13), (3, 14)])
def test_a_python_that_is_one(version: tuple[int, int]) -> None:
    preflight.python(version)


@pytest.mark.parametrize("email", ["", "me", "me@", "@example.org", "me@example", "a b@example.org"])
def test_nobody_could_be_invited(email: str) -> None:
    with pytest.raises(Problem, match=r"is no address that an invitation could be sent to"):
        users.check(email)


@pytest.mark.parametrize(
    ("status", "what"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("CREATE_FAILED", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("DELETE_FAILED", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("ROLLBACK_FAILED", "aws cloudformation delete-stack --stack-name tintype-prod"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name tintype-prod"),
        ("UPDATE_IN_PROGRESS", "somebody is at work on it"),
    ],
)
def test_a_stack_that_takes_no_change(status: str, what: str) -> None:
    with pytest.raises(Problem) as told:
        Stacks(Told(status)).refuse_broken("tintype-prod")
    assert f"tintype-prod is {status}" in str(told.value)
    assert what in str(told.value)


@pytest.mark.parametrize(
    "status", ["", "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_a_stack_that_does(status: str) -> None:
    Stacks(Told(status)).refuse_broken("tintype-prod")


@pytest.mark.cloud
def test_a_bucket_or_a_table_of_the_name_is_there_already(here: Place) -> None:
    preflight.names(here)
    s3, dynamodb = here.client("s3"), here.client("dynamodb")
    s3.create_bucket(Bucket=here.bucket("page"))
    dynamodb.create_table(
        TableName=f"{here.stack}-jobs",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    line = said_there(here)
    assert f"the bucket {here.bucket('page')}, the table {here.stack}-jobs is there: empty and delete it" in line
    assert line.endswith("or choose another STAGE.")
    assert Stacks(here.client("cloudformation")).status(here.stack) == ""
    assert not noted(here)
    s3.delete_bucket(Bucket=here.bucket("page"))
    dynamodb.delete_table(TableName=f"{here.stack}-jobs")


@pytest.mark.cloud
def test_a_bucket_of_the_name_is_somebody_elses(here: Place, cloud: ProvisionedStack) -> None:
    client = here.client("s3")
    somebody = boto3.client("s3", aws_access_key_id="111111111111", aws_secret_access_key="theirs")
    somebody.create_bucket(Bucket=here.bucket("originals"))
    try:
        with pytest.raises(ClientError, match="403"):
            client.head_bucket(Bucket=here.bucket("originals"))
        told = f"The bucket {here.bucket('originals')} belongs to somebody else: choose another STAGE."
        assert said_there(here) == told
        assert Stacks(here.client("cloudformation")).status(here.stack) == ""
        assert not noted(here)
    finally:
        somebody.delete_bucket(Bucket=here.bucket("originals"))
        somebody.close()


@pytest.mark.cloud
def test_a_stack_that_was_rolled_back(here: Place) -> None:
    s3, cloudformation = here.client("s3"), here.client("cloudformation")
    s3.create_bucket(Bucket=here.bucket("taken"))
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": here.bucket("taken")}}
    queue = {"Type": "AWS::SQS::Queue"}
    cloudformation.create_stack(
        StackName=here.stack, TemplateBody=json.dumps({"Resources": {"Q": queue, "Taken": bucket}})
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while Stacks(cloudformation).status(here.stack).endswith("IN_PROGRESS") and time.monotonic() < until:
        time.sleep(0.1)
    mend = f"`aws cloudformation delete-stack --stack-name {here.stack}`, wait for it, and run this again."
    assert said_there(here) == f"The stack {here.stack} is ROLLBACK_COMPLETE and takes no change: {mend}"
    assert not noted(here)
    cloudformation.delete_stack(StackName=here.stack)
    s3.delete_bucket(Bucket=here.bucket("taken"))


@pytest.mark.cloud
def test_a_release_that_chalice_cannot_deploy_is_not_taken_for_one_that_stands(here: Place) -> None:
    chalice = here.building / ".chalice"
    chalice.mkdir(parents=True)
    (chalice / "config.json").write_text(json.dumps({"version": "2.0", "app_name": "tintype"}))
    (here.building / "app.py").write_text("raise LookupError('a shelf is empty')")
    with pytest.raises(
        Problem, match=r"^`chalice deploy` failed: LookupError: a shelf is empty \(all of it: .*chalice\.log"
    ):
        release.chalice(here, "deploy")


def test_chalice_alone_names_what_is_missing_where_it_knows_no_such_stage() -> None:
    nowhere = {
        **REGION,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TINTYPE_"))}
    ran = subprocess.run(
        [*release.CHALICE, "deploy", "--stage", "prod"],
        cwd=PROJECT,
        env={**plain, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    last = ran.stderr.strip().splitlines()[-1]
    assert ran.returncode == 2
    assert "TINTYPE_ORIGINALS_BUCKET not configured" in last
    assert "make deploy STAGE=prod" in last


@pytest.mark.cloud
def test_a_plan_that_nobody_agrees_to_leaves_nothing_behind(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["deploy", "--stage", here.stage, "--email", "me@example.org", "--builds", str(here.builds)]
    with pytest.raises(SystemExit, match=r"^Nothing was changed\.$"):
        main(arguments, ask=lambda _: "n")
    assert f"stack {here.stack}: create" in capsys.readouterr().out
    assert Stacks(here.client("cloudformation")).status(here.stack) == ""
    assert not (here.building).exists()


@pytest.mark.cloud
def test_nobody_is_there_to_agree(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SystemExit, match="say YES=1"):
        main(["deploy", "--stage", here.stage, "--email", "me@example.org", "--builds", str(here.builds)])


@pytest.mark.cloud
def test_somebody_is_let_into_a_library_that_is_not_there(here: Place) -> None:
    with pytest.raises(SystemExit, match=r"^There is no library t\w+ here"):
        main(["user", "--stage", here.stage, "--email", "me@example.org"])


@pytest.mark.cloud
def test_a_stack_that_cannot_be_made_names_the_first_cause_and_leaves_nothing_behind(
    here: Place, tmp_path: Path
) -> None:
    s3 = here.client("s3")
    s3.create_bucket(Bucket=here.bucket("taken"))
    template = tmp_path / "template.json"
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": here.bucket("taken")}}
    template.write_text(json.dumps({"Resources": {"Mine": {"Type": "AWS::SQS::Queue"}, "Taken": bucket}}))
    stacks = Stacks(here.client("cloudformation"))
    assert len(stacks.prepare(here.stack, template, {})) == 2
    with pytest.raises(Problem, match=f"The stack {here.stack} did not become what the template says"):
        stacks.execute(here.stack)
    assert stacks.status(here.stack) == ""
    s3.delete_bucket(Bucket=here.bucket("taken"))


def test_photos_are_deleted_only_where_that_is_said_twice() -> None:
    place = Place("prod", "1", "eu-central-1", "aws", session=None, builds=BUILDS)
    with pytest.raises(Problem, match=r"ORIGINALS=delete CONFIRM=prod$"):
        destruction.plan(place, destruction.Wanted(originals=True, confirmed=False))
    goes, kept = destruction.plan(place, destruction.Wanted(originals=False, confirmed=True))
    assert kept.startswith("stays: s3://tintype-prod-originals-1")
    assert "originals" not in goes


@pytest.mark.parametrize(
    ("unreserved", "held", "reserved"),
    [(1000, None, 20), (980, 20, 20), (120, None, 20), (119, None, None), (10, None, None)],
)
def test_concurrency_is_reserved_where_the_quota_leaves_enough(
    unreserved: int, held: int | None, reserved: int | None
) -> None:
    assert release.reservable(unreserved, held) == reserved


def test_the_gateway_refuses_with_a_sentence_and_a_code() -> None:
    for refusal in gateway.REFUSALS.values():
        assert refusal.sentence.endswith(".")
        assert refusal.code == refusal.code.lower()
