"""What each function may do: its own policy, no more than one library's resources."""

import json
from pathlib import Path
from typing import Any

import pytest

CHALICE = Path(__file__).parents[2] / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text())
POLICIES = {path.name: json.loads(path.read_text()) for path in CHALICE.glob("policy-*.json")}


def test_every_function_has_a_policy_of_its_own() -> None:
    named = [held["iam_policy_file"] for held in CONFIG["lambda_functions"].values()]
    assert CONFIG["autogen_policy"] is False
    assert sorted(named) == sorted(set(named)) == sorted(POLICIES)


@pytest.mark.parametrize("statement", [s for policy in POLICIES.values() for s in policy["Statement"]], ids=str)
def test_no_policy_reaches_beyond_tintype(statement: Any) -> None:
    resources = statement["Resource"]
    for resource in [resources] if isinstance(resources, str) else resources:
        assert "tintype" in resource or resource.startswith("arn:aws:logs:")
    assert not any(action.endswith("*") for action in statement["Action"])
