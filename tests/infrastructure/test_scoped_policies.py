"""What each deployed function may do: the same, of its own library alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infrastructure.deploy import release
from infrastructure.deploy.place import PROJECT, Place
from infrastructure.deploy.policies import scoped

PLACE = Place("prod", "123456789012", "eu-central-1", "aws", session=None, builds=Path("builds"))
CONFIG = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]
MODELS = "arn:aws:rekognition:eu-central-1:123456789012:project/*/version/*/*"  # anybody's, of this account


def narrowed(arn: str, place: Place = PLACE) -> list[str]:
    """What becomes of one resource."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": arn}]}
    (statement,) = scoped(policy, place, "tintype-prod-sweep")["Statement"]
    return list(statement["Resource"])


@pytest.mark.parametrize("handler", CONFIG)
def test_no_function_reaches_another_library_or_account(handler: str) -> None:
    policy = json.loads((PROJECT / ".chalice" / CONFIG[handler]["iam_policy_file"]).read_text())
    function = release.function_name(PLACE, handler)
    for statement in scoped(policy, PLACE, function)["Statement"]:
        for resource in statement["Resource"]:
            if resource in ("*", MODELS):
                continue
            assert "tintype-*" not in resource
            assert resource.startswith("arn:aws:s3:::") or ":eu-central-1:123456789012:" in resource
            assert re.search(r"tintype[-/]prod", resource), resource


def test_everything_else_stays_as_it_was() -> None:
    policy = json.loads((PROJECT / ".chalice" / "policy-sweep.json").read_text())
    kept = [[held["Sid"], held["Effect"], held["Action"]] for held in scoped(policy, PLACE, "f")["Statement"]]
    assert kept == [[held["Sid"], held["Effect"], held["Action"]] for held in policy["Statement"]]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("arn:aws:s3:::tintype-*-originals-*/*", ["arn:aws:s3:::tintype-prod-originals-123456789012/*"]),
        ("arn:aws:s3:::tintype-*-originals-*", ["arn:aws:s3:::tintype-prod-originals-123456789012"]),
        (
            "arn:aws:dynamodb:*:*:table/tintype-*-trends/index/*",
            ["arn:aws:dynamodb:eu-central-1:123456789012:table/tintype-prod-trends/index/*"],
        ),
        ("arn:aws:sns:*:*:tintype-*", ["arn:aws:sns:eu-central-1:123456789012:tintype-prod-*"]),
        ("arn:aws:sqs:*:*:tintype-*-failures", ["arn:aws:sqs:eu-central-1:123456789012:tintype-prod-failures"]),
        (
            "arn:aws:logs:*:*:*",
            [
                "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/tintype-prod-sweep",
                "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/tintype-prod-sweep:*",
            ],
        ),
        (  # reading by path is allowed or not by the path itself, without a slash and a star behind it
            "arn:aws:ssm:*:*:parameter/tintype/*",
            [
                "arn:aws:ssm:eu-central-1:123456789012:parameter/tintype/prod",
                "arn:aws:ssm:eu-central-1:123456789012:parameter/tintype/prod/*",
            ],
        ),
        ("*", ["*"]),
    ],
)
def test_a_resource_of_any_library_becomes_that_of_one(wide: Any, narrow: Any) -> None:
    assert narrowed(wide) == narrow


def test_another_partition_has_names_of_its_own() -> None:
    china = Place("prod", "1", "cn-north-1", "aws-cn", session=None, builds=Path("builds"))
    assert narrowed("arn:aws:s3:::tintype-*-bundles-*", china) == ["arn:aws-cn:s3:::tintype-prod-bundles-1"]
