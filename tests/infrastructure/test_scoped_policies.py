"""Deployed IAM policies: the same actions, on the resources of one library."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from infrastructure.deploy import layers, release
from infrastructure.deploy.policies import scope_policy
from infrastructure.deploy.target import PROJECT, RESERVED_STAGES, STAGE_PATTERN, Target
from tests.infrastructure.templates import read_template

TARGET = Target("prod", "123456789012", "eu-central-1", "aws", session=None, builds_dir=Path("builds"))
CONFIG = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]
POOL = "eu-central-1_abc"
MODELS = "arn:aws:rekognition:eu-central-1:123456789012:project/*/version/*/*"  # any model of this account


def scope_arn(arn: str, target: Target = TARGET) -> list[str]:
    """The scoped resources of a statement with this one."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": arn}]}
    (statement,) = scope_policy(policy, target, "tintype-prod-sweep", POOL)["Statement"]
    return list(statement["Resource"])


TEMPLATES = [read_template(PROJECT / "infrastructure" / name)["Resources"] for name in ("core.yaml", "cdn.yaml")]
stages = st.from_regex(STAGE_PATTERN, fullmatch=True).filter(lambda stage: stage not in RESERVED_STAGES)


def stage_texts(node: Any) -> Iterator[str]:
    """Every string of a template that contains the stage."""
    if isinstance(node, str):
        yield from [node] if "${Stage}" in node else []
    elif isinstance(node, list | dict):
        for each in node.values() if isinstance(node, dict) else node:
            yield from stage_texts(each)


TEXTS = {text for text in stage_texts(TEMPLATES) if re.fullmatch(r"[/\w${}:-]+", text) and not text.endswith("-")}
POLICIES = {
    handler: json.loads((PROJECT / ".chalice" / function["iam_policy_file"]).read_text())
    for handler, function in CONFIG.items()
}


def resource_names(target: Target) -> set[str]:
    """Names of a library's resources: those of its stacks, its functions, its layer and a topic."""
    names = {text.replace("${Stage}", target.stage).replace("${AWS::AccountId}", target.account) for text in TEXTS}
    functions = {release.function_name(target, handler) for handler in CONFIG}
    others = {target.stack_name, target.cdn_stack_name, layers.name(target), f"{target.stack_name}-0123456789abcdef"}
    return names | functions | others


def allowed_patterns(target: Target) -> set[str]:
    """Name patterns of the resources that a library's functions may access."""
    patterns = set()
    for handler, policy in POLICIES.items():
        for statement in scope_policy(policy, target, release.function_name(target, handler), POOL)["Statement"]:
            resources = [resource.split(":", 5)[-1] for resource in statement["Resource"]]
            patterns |= {
                re.sub(r"^(table/|parameter(?=/)|log-group:/aws/lambda/|function:)", "", name) for name in resources
            }
    return {name for name in patterns if "tintype" in name}


@given(one=stages, other=stages)
@example(one="a", other="ab")
@settings(max_examples=30)
def test_two_libraries_share_no_name_and_cannot_access_each_other(one: str, other: str) -> None:
    assume(one != other)
    own, others = replace(TARGET, stage=one), resource_names(replace(TARGET, stage=other))
    assert resource_names(own) & others == set()
    assert {name for name in others for pattern in allowed_patterns(own) if fnmatchcase(name, pattern)} == set()


def test_library_accesses_only_its_own_resources() -> None:
    own = resource_names(TARGET)
    tables = {f"tintype-prod-{table}" for table in ("photos", "memberships", "trends", "api-keys", "bundles", "albums")}
    assert tables | {"/tintype/prod/topic-prefix", "tintype-prod-0123456789abcdef"} <= own
    for pattern in allowed_patterns(TARGET):
        inner = re.split(r"/(?:\*|index/|\.tintype/)|:", pattern)[0] if not pattern.startswith("/") else pattern
        assert any(fnmatchcase(name, inner) for name in own) or pattern == "/tintype/prod", pattern


@pytest.mark.parametrize("handler", CONFIG)
def test_function_cannot_access_other_library_or_account(handler: str) -> None:
    policy = POLICIES[handler]
    function = release.function_name(TARGET, handler)
    for statement in scope_policy(policy, TARGET, function, POOL)["Statement"]:
        for resource in statement["Resource"]:
            if resource in ("*", MODELS, f"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/{POOL}"):
                continue
            assert "tintype-*" not in resource
            assert resource.startswith("arn:aws:s3:::") or ":eu-central-1:123456789012:" in resource
            assert re.search(r"tintype[-/]prod", resource), resource


def test_sids_effects_and_actions_are_unchanged() -> None:
    policy = POLICIES["sweep"]
    statements = scope_policy(policy, TARGET, "f", POOL)["Statement"]
    scoped = [[each["Sid"], each["Effect"], each["Action"]] for each in statements]
    assert scoped == [[each["Sid"], each["Effect"], each["Action"]] for each in policy["Statement"]]


@pytest.mark.parametrize(
    ("arn", "scoped"),
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
        (  # GetParametersByPath needs the path itself, without a trailing slash and star
            "arn:aws:ssm:*:*:parameter/tintype/*",
            [
                "arn:aws:ssm:eu-central-1:123456789012:parameter/tintype/prod",
                "arn:aws:ssm:eu-central-1:123456789012:parameter/tintype/prod/*",
            ],
        ),
        (
            "arn:aws:cognito-idp:*:*:userpool/*",
            ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"],
        ),
        ("*", ["*"]),
    ],
)
def test_resource_of_any_library_is_scoped_to_one(arn: Any, scoped: Any) -> None:
    assert scope_arn(arn) == scoped


def test_partition_is_used_in_arns() -> None:
    china = Target("prod", "1", "cn-north-1", "aws-cn", session=None, builds_dir=Path("builds"))
    assert scope_arn("arn:aws:s3:::tintype-*-bundles-*", china) == ["arn:aws-cn:s3:::tintype-prod-bundles-1"]
