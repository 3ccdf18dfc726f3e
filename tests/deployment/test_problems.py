"""What keeps a deployment from beginning, told in one line, with what to do."""

import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import checks, destruction, gateway, people, release
from infrastructure.deploy.__main__ import main
from infrastructure.deploy.place import Place, find
from infrastructure.deploy.problems import Problem
from infrastructure.deploy.stack import Stacks
from local.provision import Provisioned
from tests.deployment.rehearsal import run

BUILDS = Path("builds")
REGION = {"AWS_DEFAULT_REGION": "eu-central-1"}


@pytest.fixture
def here(cloud: Provisioned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Place]:
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


@pytest.mark.parametrize("stage", ["", "Prod", "9lives", "my_stage", "a" * 21, "prod;", "../x"])
def test_a_stage_name_that_will_not_do(stage: str) -> None:
    with pytest.raises(Problem, match=r"^STAGE=.* will not do: a small letter first"):
        find(stage, BUILDS)


def test_nobody_is_signed_in() -> None:
    line = said_of("deploy", "--stage", "prod", "--email", "me@example.org", **REGION)
    assert line.startswith("AWS does not know who you are (Unable to locate credentials): sign in first")


def test_no_region_is_chosen() -> None:
    line = said_of("deploy", "--stage", "prod", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert line.startswith("No AWS region is set: choose one")


@pytest.mark.parametrize("version", [(3, 11), (3, 15)])
def test_a_python_that_is_no_runtime(version: tuple[int, int]) -> None:
    with pytest.raises(Problem, match=r"^This is Python 3\.1[15], and the functions would run on the same; take one"):
        checks.python(version)


@pytest.mark.parametrize("version", [(3, 12), (3, 13), (3, 14)])
def test_a_python_that_is_one(version: tuple[int, int]) -> None:
    checks.python(version)


@pytest.mark.parametrize("email", ["", "me", "me@", "@example.org", "me@example", "a b@example.org"])
def test_nobody_could_be_invited(email: str) -> None:
    with pytest.raises(Problem, match=r"is no address that an invitation could be sent to"):
        people.check(email)


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
    checks.names(here)
    s3, dynamodb = here.client("s3"), here.client("dynamodb")
    s3.create_bucket(Bucket=here.bucket("page"))
    dynamodb.create_table(
        TableName=f"{here.stack}-jobs",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(Problem) as told:
        checks.names(here)
    assert f"the bucket {here.bucket('page')}, the table {here.stack}-jobs is there" in str(told.value)
    s3.delete_bucket(Bucket=here.bucket("page"))
    dynamodb.delete_table(TableName=f"{here.stack}-jobs")


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
