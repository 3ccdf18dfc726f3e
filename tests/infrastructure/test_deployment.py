"""The order of a deployment's steps, and its plan."""

import zipfile
from contextlib import nullcontext
from dataclasses import MISSING, fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.settings import Settings, parameter_name
from infrastructure.deploy import deployment, labels, settings
from infrastructure.deploy.deployment import STEPS, TEMPLATE, Deployment
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.layer_contents import Contents
from infrastructure.deploy.package_size import MEGABYTE
from infrastructure.deploy.target import Target
from tests.infrastructure.templates import read_template
from tests.support.aws_http import ACCOUNT, REGION, Answer, Call, error_answer, json_answer, new_session

NAMES = [step.name for step in STEPS]


def test_everything_that_functions_need_exists_before_they_do() -> None:
    resources: dict[str, Any] = read_template(TEMPLATE)["Resources"]
    parameters = [each["Properties"]["Name"] for each in resources.values() if each["Type"] == "AWS::SSM::Parameter"]
    in_template = {Path(name["!Sub"]).name for name in parameters}
    required = {parameter_name(field.name) for field in fields(Settings) if field.default is MISSING} - {"stage"}
    assert required - in_template - set(settings.SECRETS) == {"library-owner"}
    functions = NAMES.index("Functions")
    assert {"Core stack", "Settings", "Owner"} <= set(NAMES[:functions])


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
    requested = Deployment(
        target, "me@example.org", with_cdn=False, report=print, labels="none", choices={"places": "no"}
    )
    lines = deployment.plan(requested)
    assert "places: no" in lines
    found = [line for line in lines if line.startswith(f"account: it runs at most {quota} functions at once")]
    assert len(found) == notes
    assert all("request-service-quota-increase" in line for line in found)


def session_with(**parameters: str) -> Any:
    """A session whose parameter store has these settings of library prod, and which has no layers."""

    def respond(call: Call) -> Answer:
        match call.operation:
            case "GetParameter":
                name = call.body["Name"].removeprefix("/tintype/prod/")
                if name not in parameters:
                    return error_answer(call, "ParameterNotFound", "No such parameter.")
                return json_answer({"Parameter": {"Value": parameters[name]}})
            case "PutParameter":
                parameters[call.body["Name"].removeprefix("/tintype/prod/")] = call.body["Value"]
            case "ListLayerVersions":
                return json_answer({"LayerVersions": []})
        return json_answer({})

    return new_session(respond)


def prod(session: Any, folder: Path, choice: str = "") -> Deployment:
    target = Target("prod", ACCOUNT, REGION, "aws", session, folder)
    return Deployment(target, "me@example.org", with_cdn=False, report=print, labels=choice)


@pytest.mark.parametrize(
    ("current", "requested", "chosen"),
    [("", "", "vision"), ("none", "", "none"), ("none", "rekognition", "rekognition"), ("", "none", "none")],
)
def test_labels_are_vision_unless_chosen_and_stay(current: str, requested: str, chosen: str, tmp_path: Path) -> None:
    target = prod(session_with(**({"labels": current} if current else {})), tmp_path).target
    labels.keep(target, labels.choose(target, requested))
    assert labels.choose(target, "") == chosen


@pytest.mark.parametrize(("layer_bytes", "published"), [(240 * MEGABYTE, 1), (250 * MEGABYTE, 0)])
def test_layer_too_large_for_lambda_is_not_published(
    layer_bytes: int, published: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.so", bytes(3 * MEGABYTE))
    contents = Contents(package, layer_bytes)
    calls: list[Contents] = []
    monkeypatch.setattr(Deployment, "outputs", {"BundlesBucket": "bundles"})
    monkeypatch.setattr("infrastructure.deploy.release.build", lambda *_: "fingerprint")
    monkeypatch.setattr("infrastructure.deploy.release.package", lambda _: package)
    monkeypatch.setattr("infrastructure.deploy.layer_contents.build", lambda _: contents)
    monkeypatch.setattr("infrastructure.deploy.layers.publish", lambda _, each, __: calls.append(each))
    steps = [step for step in STEPS if step.name == "Vision layer"]
    with nullcontext() if published else pytest.raises(UserError, match=r"253 MB, and Lambda allows 250"):
        deployment.run(prod(session_with(), tmp_path), steps)
    assert calls == [contents] * published


@pytest.mark.parametrize("choice", ["rekognition", "none"])
def test_layer_is_built_for_vision_only(choice: str, tmp_path: Path) -> None:
    steps = [step for step in STEPS if step.name == "Vision layer"]
    deployment.run(prod(session_with(), tmp_path, choice), steps)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        ("", "labels: vision, with a new layer tintype-prod-vision (53 MB to upload)"),
        ("none", "labels: none"),
    ],
)
def test_plan_says_what_finds_labels(choice: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deployment, "outputs", {})
    assert deployment._plan_functions(prod(session_with(), tmp_path, choice), None)[-1] == line


@pytest.mark.parametrize(("requested", "expected"), [("", "no"), ("yes", "yes"), ("no", "no")])
def test_places_stay_as_chosen_before_unless_chosen_again(requested: str, expected: str, tmp_path: Path) -> None:
    session = session_with(**{"places": "no", "link-secret": "a", "id-secret": "b"})
    steps = [step for step in STEPS if step.name == "Settings"]
    deployment.run(replace(prod(session, tmp_path), choices={"places": requested}), steps)
    assert settings.read(session.client("ssm"), "/tintype/prod/places") == expected


def test_only_the_page_comes_after_cloudfront_which_may_be_refused() -> None:
    assert NAMES[NAMES.index("CDN") :] == ["CDN", "Page origin", "Page"]
