"""The order of a deployment's steps, and its plan."""

from dataclasses import MISSING, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.settings import Settings, parameter_name
from infrastructure.deploy import deployment, settings
from infrastructure.deploy.deployment import STEPS, TEMPLATE, Deployment
from infrastructure.deploy.target import Target
from tests.infrastructure.templates import read_template

NAMES = [step.name for step in STEPS]


def test_everything_that_functions_need_exists_before_they_do() -> None:
    resources: dict[str, Any] = read_template(TEMPLATE)["Resources"]
    parameters = [each["Properties"]["Name"] for each in resources.values() if each["Type"] == "AWS::SSM::Parameter"]
    in_template = {Path(name["!Sub"]).name for name in parameters}
    required = {parameter_name(field.name) for field in fields(Settings) if field.default is MISSING} - {"stage"}
    assert required - in_template - set(settings.SECRETS) == {"library-owner"}
    functions = NAMES.index("Functions")
    assert {"Core stack", "Secrets", "Owner"} <= set(NAMES[:functions])


class Account:
    """An account without the library's stacks, whose functions share this concurrency."""

    exceptions = SimpleNamespace(ResourceNotFoundException=LookupError)

    def __init__(self, quota: int) -> None:
        self.quota = quota

    def client(self, *_: object, **__: object) -> "Account":
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 (botocore's name)
        raise ClientError({"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}}, "Describe")

    def get_account_settings(self) -> Any:
        limit = {"ConcurrentExecutions": self.quota, "UnreservedConcurrentExecutions": self.quota}
        return {"AccountLimit": limit}

    def get_function_concurrency(self, FunctionName: str) -> Any:  # noqa: N803
        raise LookupError(FunctionName)


@pytest.mark.parametrize(("quota", "notes"), [(10, 1), (119, 1), (120, 0), (1000, 0)])
def test_plan_says_that_the_accounts_concurrency_is_small(
    quota: int, notes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "_plan_core_stack", lambda _: [])
    monkeypatch.setattr("infrastructure.deploy.access_logs.plan", lambda _: [])
    monkeypatch.setattr("infrastructure.deploy.users.has_owner", lambda _: True)
    target = Target("prod", "1", "eu-central-1", "aws", session=Account(quota), builds_dir=Path("builds"))
    lines = deployment.plan(Deployment(target, "me@example.org", with_cdn=False, report=print, labels="none"))
    found = [line for line in lines if line.startswith(f"account: it runs at most {quota} functions at once")]
    assert len(found) == notes
    assert all("request-service-quota-increase" in line for line in found)


def test_only_the_page_comes_after_cloudfront_which_may_be_refused() -> None:
    assert NAMES[NAMES.index("CDN") :] == ["CDN", "Page origin", "Page"]
