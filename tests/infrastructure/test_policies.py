"""IAM policies of the functions in `.chalice`."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.ingest.originals import BACKUP_PREFIX

CHALICE = Path(__file__).parents[2] / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text())
POLICIES = {path.name: json.loads(path.read_text()) for path in CHALICE.glob("policy-*.json")}


# DetectLabels has no resource-level permissions; custom models may have any name.
REKOGNITION = {
    "rekognition:DetectLabels": "*",
    "rekognition:DetectCustomLabels": "arn:aws:rekognition:*:*:project/*/version/*/*",
}
USER_POOLS = "arn:aws:cognito-idp:*:*:userpool/*"


def test_every_function_has_its_own_policy() -> None:
    files = [function["iam_policy_file"] for function in CONFIG["lambda_functions"].values()]
    assert CONFIG["autogen_policy"] is False
    assert sorted(files) == sorted(set(files)) == sorted(POLICIES)


@pytest.mark.parametrize("statement", [s for policy in POLICIES.values() for s in policy["Statement"]], ids=str)
def test_statement_allows_only_tintype_resources(statement: Any) -> None:
    resources = statement["Resource"]
    for resource in [resources] if isinstance(resources, str) else resources:
        is_rekognition = all(REKOGNITION.get(action) == resource for action in statement["Action"])
        # The name of a user pool is not in its ARN; deployment narrows it to the library's.
        is_user_pool = (statement["Action"], resource) == (["cognito-idp:ListUsers"], USER_POOLS)
        assert is_rekognition or is_user_pool or "tintype" in resource or resource.startswith("arn:aws:logs:")
    assert not any(action.endswith("*") for action in statement["Action"])


def test_only_ingest_and_sweep_may_call_rekognition() -> None:
    allowed = {name for name, policy in POLICIES.items() if "rekognition:" in json.dumps(policy)}
    assert allowed == {"policy-ingest.json", "policy-sweep.json"}


def test_only_sweep_scans_and_not_memberships() -> None:
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
        ("policy-sweep.json", "arn:aws:dynamodb:*:*:table/tintype-*-albums"),
    }


def test_sweep_writes_no_originals_but_the_backup() -> None:
    written = {
        resource
        for statement in POLICIES["policy-sweep.json"]["Statement"]
        if "s3:PutObject" in statement["Action"]
        for resource in statement["Resource"]
    }
    assert written == {
        "arn:aws:s3:::tintype-*-derivatives-*/*",
        f"arn:aws:s3:::tintype-*-originals-*/{BACKUP_PREFIX}*",
    }
