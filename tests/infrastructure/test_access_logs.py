"""The access log of API Gateway, with its calls as AWS documents them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infrastructure.deploy import access_logs, event_sources, settling
from infrastructure.deploy.target import Target
from tests.infrastructure.templates import read_template

RESOURCES: Mapping[str, Any] = read_template(Path(__file__).parents[2] / "infrastructure" / "core.yaml")["Resources"]
OTHER_ROLE = "arn:aws:iam::123456789012:role/somebody-elses"
OUR_ROLE = f"arn:aws:iam::123456789012:role/{access_logs.ROLE}"


def bad_request(message: str) -> ClientError:
    """API Gateway's refusal of a request."""
    return ClientError({"Error": {"Code": "BadRequestException", "Message": message}}, "UpdateAccount")


class EntityAlreadyExistsError(Exception):
    """IAM's EntityAlreadyExists."""


class NoSuchEntityError(Exception):
    """IAM's NoSuchEntity."""


class Account:
    """API Gateway and IAM of an account; a new role reaches API Gateway after some tries."""

    def __init__(self, role: str | None = None, tries_until_role_works: int = 1) -> None:
        self.role, self.tries_left = role, tries_until_role_works
        self.settings: dict[str, str] = {}
        self.roles: dict[str, set[str]] = {}
        self.deleted = set[str]()
        self.changes: list[str] = []
        self.updates_refused = 0
        self.exceptions = SimpleNamespace(
            EntityAlreadyExistsException=EntityAlreadyExistsError, NoSuchEntityException=NoSuchEntityError
        )

    def client(self, *_: object, **__: object) -> "Account":
        return self

    def get_account(self) -> dict[str, str]:
        return {"cloudwatchRoleArn": self.role} if self.role else {}

    def update_account(self, patchOperations: Any) -> None:  # noqa: N803 (botocore's name)
        self.tries_left -= 1
        if self.tries_left > 0:
            raise bad_request(
                "The role ARN does not have required permissions configured. Please grant trust permission for API "
                "Gateway and add the required role policy."
            )
        (operation,) = patchOperations
        assert (operation["op"], operation["path"]) == ("replace", "/cloudwatchRoleArn")
        self.role = operation["value"]
        self.changes.append("account")

    def get_stage(self, **_: str) -> dict[str, Any]:
        return {"stageName": "api"} | ({"accessLogSettings": self.settings} if self.settings else {})

    def update_stage(self, patchOperations: Any, **_: str) -> None:  # noqa: N803
        if not self.role or self.updates_refused:
            self.updates_refused -= 1
            raise bad_request("CloudWatch Logs role ARN must be set in account settings to enable logging")
        for operation in patchOperations:
            self.settings[operation["path"].removeprefix("/accessLogSettings/")] = operation["value"]
        self.changes.append("stage")

    def create_role(self, RoleName: str, AssumeRolePolicyDocument: str, **_: str) -> None:  # noqa: N803
        if RoleName in self.roles:
            raise EntityAlreadyExistsError
        (statement,) = json.loads(AssumeRolePolicyDocument)["Statement"]
        assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
        self.roles[RoleName] = set()
        self.deleted.discard(RoleName)

    def attach_role_policy(self, RoleName: str, PolicyArn: str) -> None:  # noqa: N803
        self.roles[RoleName].add(PolicyArn)

    def get_role(self, RoleName: str) -> Any:  # noqa: N803
        if RoleName in self.deleted:
            raise NoSuchEntityError
        return {"Role": {"Arn": f"arn:aws:iam::123456789012:role/{RoleName}"}}


def target(account: Account) -> Target:
    return Target("prod", "123456789012", "eu-central-1", "aws", session=account, builds_dir=Path("builds"))


FORMAT = access_logs.log_format(target(Account()))


def configure(account: Account) -> list[float]:
    """Configure the log; returns the pauses, in seconds."""
    pauses = list[float]()
    access_logs.configure(target(account), "api1", sleep=pauses.append)
    return pauses


def test_log_lines_hold_no_personal_data() -> None:
    line = json.loads(re.sub(r": (\$context\.\w+)", r': "\1"', FORMAT))
    assert line.pop("stage") == "prod"
    assert set(line.values()) == {
        f"$context.{name}"
        for name in ("requestId", "httpMethod", "resourcePath", "status", "responseLatency", "responseLength")
    }


def test_bytes_are_numbers_and_the_alarm_adds_those_of_one_library() -> None:
    assert json.loads(re.sub(r"\$context\.\w+", "7", FORMAT))["response_bytes"] == 7
    metric_filter, alarm = (RESOURCES[name]["Properties"] for name in ("ApiBytes", "ApiTraffic"))
    assert metric_filter["LogGroupName"] == {"!Ref": "AccessLogs"}
    assert metric_filter["FilterPattern"] == "{ $.response_bytes = * }"
    (metric,) = metric_filter["MetricTransformations"]
    assert (metric["MetricValue"], metric["Dimensions"]) == (
        "$.response_bytes",
        [{"Key": "stage", "Value": "$.stage"}],
    )
    assert (metric["MetricNamespace"], metric["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])
    assert alarm["Dimensions"] == [{"Name": "stage", "Value": {"!Ref": "Stage"}}]


def test_log_group_is_the_stacks_and_expires_like_the_functions_logs() -> None:
    group = RESOURCES["AccessLogs"]
    assert group["Condition"] == "HasAlarms"  # on AWS only
    assert group["Properties"]["LogGroupName"] == {"!Sub": "/aws/apigateway/tintype-${Stage}"}
    assert group["Properties"]["RetentionInDays"] == event_sources.LOG_RETENTION_DAYS
    arn = access_logs.log_group_arn(target(Account()))
    assert arn == "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/apigateway/tintype-prod"


def test_role_of_the_account_stays() -> None:
    account = Account(role=OTHER_ROLE)
    assert access_logs.plan(target(account)) == []
    configure(account)
    assert (account.role, account.roles, account.changes) == (OTHER_ROLE, {}, ["stage"])


def test_line_is_json_whatever_a_request_has_no_value_of() -> None:
    """API Gateway writes `-` for a variable without a value; every response has a length."""
    line = json.loads(re.sub(r"\$context\.\w+", "-", FORMAT.replace("$context.responseLength", "0")))
    assert set(line.values()) == {"prod", "-", 0}


@pytest.mark.parametrize(
    "role", [OTHER_ROLE, OUR_ROLE, "arn:aws:iam::123456789012:role/service-role/x"], ids=["other", "ours", "path"]
)
def test_role_that_was_deleted_is_replaced(role: str) -> None:
    account = Account(role=role)
    account.deleted.add(role.rpartition("/")[2])
    assert len(access_logs.plan(target(account))) == 1
    configure(account)
    assert (account.role, account.changes) == (OUR_ROLE, ["account", "stage"])
    assert access_logs.plan(target(account)) == []


def test_role_that_was_deleted_while_the_log_was_on_is_replaced() -> None:
    account = Account()
    configure(account)
    account.deleted.add(access_logs.ROLE)
    account.roles.clear()
    account.changes.clear()
    configure(account)
    assert (list(account.roles), account.changes) == ([access_logs.ROLE], ["account"])


def test_role_of_another_account_stays_as_it_cannot_be_read() -> None:
    other = "arn:aws:iam::210987654321:role/logs"
    account = Account(role=other)
    account.deleted.add("logs")
    assert access_logs.plan(target(account)) == []
    configure(account)
    assert (account.role, account.changes) == (other, ["stage"])


def test_log_is_turned_on_once_api_gateway_knows_that_the_role_is_set() -> None:
    account = Account(role=OTHER_ROLE)
    account.updates_refused = 3
    assert configure(account) == [settling.DELAY_SECONDS] * 3
    assert account.settings["format"] == FORMAT


def test_account_without_role_gets_one() -> None:
    account = Account()
    (line,) = access_logs.plan(target(account))
    assert line.startswith("account: ")
    configure(account)
    assert account.role == OUR_ROLE
    policies = {f"arn:aws:iam::aws:policy/{access_logs.POLICY}"}
    assert account.roles == {access_logs.ROLE: policies}
    assert account.settings == {
        "destinationArn": access_logs.log_group_arn(target(account)),
        "format": FORMAT,
    }


def test_second_deployment_changes_nothing() -> None:
    account = Account()
    configure(account)
    account.changes.clear()
    assert configure(account) == []
    assert access_logs.plan(target(account)) == []
    assert account.changes == []


@pytest.mark.parametrize("changed", ["destinationArn", "format"])
def test_changed_settings_are_reset(changed: str) -> None:
    account = Account()
    configure(account)
    account.settings[changed] = "something else"
    configure(account)
    assert account.settings["format"] == FORMAT
    assert account.settings["destinationArn"] == access_logs.log_group_arn(target(account))


def test_new_role_is_tried_until_api_gateway_knows_it() -> None:
    account = Account(tries_until_role_works=4)
    assert configure(account) == [settling.DELAY_SECONDS] * 3
    assert account.role == OUR_ROLE


def test_role_that_is_never_accepted_is_reported_and_can_be_retried() -> None:
    account = Account(tries_until_role_works=settling.MAX_ATTEMPTS + 1)
    with pytest.raises(ClientError, match="required permissions"):
        configure(account)
    assert account.changes == []
    configure(account)
    assert account.changes == ["account", "stage"]
