"""Parameters of the core stack that a deployment chooses, and later ones keep."""

from pathlib import Path
from typing import Any

import pytest

from infrastructure.deploy import deployment
from infrastructure.deploy.deployment import Deployment
from infrastructure.deploy.target import Target


class DeployedStack:
    """A CloudFormation whose stacks have these parameters."""

    def __init__(self, **parameters: str) -> None:
        self.parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]

    def client(self, *_: object, **__: object) -> "DeployedStack":
        return self

    def describe_stacks(self, **_: str) -> Any:
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Parameters": self.parameters}]}


@pytest.mark.parametrize(
    ("current", "requested", "expected"),
    [
        ({}, "", "basic"),
        ({}, "full", "full"),
        ({"Metrics": "full"}, "", "full"),
        ({"Metrics": "full"}, "basic", "basic"),
        ({"Metrics": "basic"}, "", "basic"),
    ],
)
def test_later_deployments_keep_the_choice_of_metrics(current: dict[str, str], requested: str, expected: str) -> None:
    stack = DeployedStack(**current)
    target = Target("prod", "123456789012", "eu-central-1", "aws", session=stack, builds_dir=Path("builds"))
    parameters = deployment._parameters(Deployment(target, "", with_cdn=True, report=print, metrics=requested))
    assert parameters["Metrics"] == expected
