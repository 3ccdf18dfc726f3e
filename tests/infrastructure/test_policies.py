"""What each function may do: its own policy, no more than one library's resources."""

import json
from pathlib import Path
from typing import Any

import pytest

CHALICE = Path(__file__).parents[2] / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text())
POLICIES = {path.name: json.loads(path.read_text()) for path in CHALICE.glob("policy-*.json")}


# A service without things of the library's own: its one call has no resource, and a model is called as its maker likes.
LOOKING = {
    "rekognition:DetectLabels": "*",
    "rekognition:DetectCustomLabels": "arn:aws:rekognition:*:*:project/*/version/*/*",
}


def test_every_function_has_a_policy_of_its_own() -> None:
    named = [held["iam_policy_file"] for held in CONFIG["lambda_functions"].values()]
    assert CONFIG["autogen_policy"] is False
    assert sorted(named) == sorted(set(named)) == sorted(POLICIES)


@pytest.mark.parametrize("statement", [s for policy in POLICIES.values() for s in policy["Statement"]], ids=str)
def test_no_policy_reaches_beyond_tintype(statement: Any) -> None:
    resources = statement["Resource"]
    for resource in [resources] if isinstance(resources, str) else resources:
        looks = all(LOOKING.get(action) == resource for action in statement["Action"])
        assert looks or "tintype" in resource or resource.startswith("arn:aws:logs:")
    assert not any(action.endswith("*") for action in statement["Action"])


def test_only_who_labels_photos_may_have_them_looked_at() -> None:
    allowed = {name for name, policy in POLICIES.items() if "rekognition:" in json.dumps(policy)}
    assert allowed == {"policy-ingest.json", "policy-sweep.json"}


def test_only_the_schedule_scans_and_no_memberships() -> None:
    scanned = {
        (name, resource)
        for name, policy in POLICIES.items()
        for statement in policy["Statement"]
        if "dynamodb:Scan" in statement["Action"]
        for resource in statement["Resource"]
    }
    assert scanned == {
        ("policy-sweep.json", "arn:aws:dynamodb:*:*:table/tintype-*-photos"),
        ("policy-sweep.json", "arn:aws:dynamodb:*:*:table/tintype-*-trends"),
    }
