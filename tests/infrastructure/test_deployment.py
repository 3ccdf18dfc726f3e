"""The order of a deployment's steps."""

from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from chalicelib.settings import Settings, parameter_name
from infrastructure.deploy import settings
from infrastructure.deploy.deployment import STEPS, TEMPLATE
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


def test_only_the_page_comes_after_cloudfront_which_may_be_refused() -> None:
    assert NAMES[NAMES.index("CDN") :] == ["CDN", "Page origin", "Page"]
