"""The release folder: configuration and policies of the functions by labeler."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.settings import PARSERS
from infrastructure.deploy import release
from infrastructure.deploy.labels import CHOICES, NONE, REKOGNITION, VISION
from infrastructure.deploy.release import Options
from infrastructure.deploy.target import Target

ARN = "arn:aws:lambda:eu-central-1:123456789012:layer:tintype-prod-vision:3"
OUTPUTS = {"OriginalsBucket": "originals", "BundlesQueue": "bundles", "UserPoolId": "eu-central-1_abc"}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return Target("prod", "123456789012", "eu-central-1", "aws", session=None, builds_dir=tmp_path_factory.mktemp("b"))


def stage(target: Target, options: Options) -> Any:
    """The stage's part of the configuration."""
    release.build(target, OUTPUTS, options)
    return json.loads((target.build_dir / ".chalice" / "config.json").read_text())["stages"]["prod"]


def test_only_ingest_has_the_layer(target: Target) -> None:
    functions = stage(target, Options(VISION, ARN, 20))["lambda_functions"]
    assert functions["ingest_photo"] == {"layers": [ARN], "reserved_concurrency": 20}
    assert {handler for handler, options in functions.items() if "layers" in options} == {"ingest_photo"}


def test_layer_is_removed_from_ingest_when_there_is_none(target: Target) -> None:
    assert stage(target, Options(NONE))["lambda_functions"]["ingest_photo"] == {"layers": []}


def test_all_functions_but_ingest_can_hand_photos_to_it(target: Target) -> None:
    functions = stage(target, Options(VISION, ARN))["lambda_functions"]
    names = {
        handler: options.get("environment_variables", {}).get("TINTYPE_INGEST_FUNCTION")
        for handler, options in functions.items()
    }
    assert names.pop("ingest_photo") is None
    assert names == dict.fromkeys(("api_handler", "sweep", "build_volume"), "tintype-prod-ingest_photo")


@pytest.mark.parametrize("labels", CHOICES)
def test_labeler_and_its_permissions_change_together(target: Target, labels: str) -> None:
    assert stage(target, Options(labels))["environment_variables"]["TINTYPE_LABELER"] == labels
    assert PARSERS["labeler"](labels) == labels
    policies = {path.name: path.read_text() for path in (target.build_dir / ".chalice").glob("policy-*.json")}
    allowed = {name for name, policy in policies.items() if "rekognition:" in policy}
    assert allowed == ({"policy-ingest.json", "policy-sweep.json"} if labels == REKOGNITION else set())


def test_layer_is_part_of_the_fingerprint(target: Target) -> None:
    options = (Options(VISION, ARN), Options(VISION, f"{ARN}0"), Options(NONE), Options(REKOGNITION))
    fingerprints = {release.build(target, OUTPUTS, each) for each in options}
    assert len(fingerprints) == len(options)


def test_part_of_a_package_that_an_interruption_left_is_not_used(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(packager: Any, project: str, runtime: str) -> str:
        path = Path(packager.deployment_package_filename(project, runtime))
        assert not path.exists()
        path.write_bytes(b"whole")
        return str(path)

    monkeypatch.setattr("chalice.deploy.packager.LambdaDeploymentPackager.create_deployment_package", create)
    release.build(target, OUTPUTS, Options(NONE))
    folder = target.build_dir / ".chalice" / "deployments"
    folder.mkdir()
    path = release.package(target)
    path.write_bytes(b"PK\3\4 the first half")
    assert release.package(target) == path
    assert path.read_bytes() == b"whole"


def test_package_that_cannot_be_built_is_one_line(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("Could not satisfy the requirement:\n pillow.")

    monkeypatch.setattr("chalice.deploy.packager.LambdaDeploymentPackager.create_deployment_package", fail)
    release.build(target, OUTPUTS, Options(NONE))
    with pytest.raises(Exception, match=r"^The package of the functions could not be built: Could not .*: pillow; run"):
        release.package(target)
