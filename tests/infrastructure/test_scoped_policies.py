"""What each deployed function may do: the same, of its own library alone."""

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

from infrastructure.deploy import release
from infrastructure.deploy.policies import scoped
from infrastructure.deploy.target import PROJECT, STAGE, TAKEN, Place
from tests.infrastructure.templates import read

PLACE = Place("prod", "123456789012", "eu-central-1", "aws", session=None, builds=Path("builds"))
CONFIG = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]
MODELS = "arn:aws:rekognition:eu-central-1:123456789012:project/*/version/*/*"  # anybody's, of this account


def narrowed(arn: str, place: Place = PLACE) -> list[str]:
    """What becomes of one resource."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": arn}]}
    (statement,) = scoped(policy, place, "tintype-prod-sweep")["Statement"]
    return list(statement["Resource"])


TEMPLATES = [read(PROJECT / "infrastructure" / name)["Resources"] for name in ("core.yaml", "cdn.yaml")]
stages = st.from_regex(STAGE, fullmatch=True).filter(lambda stage: stage not in TAKEN)


def substituted(told: Any) -> Iterator[str]:
    """Every text of a template in which the stage stands."""
    if isinstance(told, str):
        yield from [told] if "${Stage}" in told else []
    elif isinstance(told, list | dict):
        for each in told.values() if isinstance(told, dict) else told:
            yield from substituted(each)


TEXTS = {text for text in substituted(TEMPLATES) if re.fullmatch(r"[/\w${}:-]+", text) and not text.endswith("-")}
POLICIES = {
    handler: json.loads((PROJECT / ".chalice" / held["iam_policy_file"]).read_text())
    for handler, held in CONFIG.items()
}


def names(place: Place) -> set[str]:
    """What the things of a library are called: those of its stacks, its functions, its people's topics."""
    told = {text.replace("${Stage}", place.stage).replace("${AWS::AccountId}", place.account) for text in TEXTS}
    functions = {release.function_name(place, handler) for handler in CONFIG}
    return told | functions | {place.stack, place.cdn_stack, f"{place.stack}-0123456789abcdef"}


def reached(place: Place) -> set[str]:
    """The names, as patterns, that the policies of a library let its functions at."""
    found = set()
    for handler, policy in POLICIES.items():
        for statement in scoped(policy, place, release.function_name(place, handler))["Statement"]:
            resources = [resource.split(":", 5)[-1] for resource in statement["Resource"]]
            found |= {re.sub(r"^(table/|parameter(?=/)|log-group:/aws/lambda/)", "", name) for name in resources}
    return {name for name in found if "tintype" in name}


@given(one=stages, other=stages)
@example(one="a", other="ab")
@settings(max_examples=30)
def test_two_libraries_of_an_account_share_no_name_and_neither_reaches_the_other(one: str, other: str) -> None:
    assume(one != other)
    mine, theirs = replace(PLACE, stage=one), names(replace(PLACE, stage=other))
    assert names(mine) & theirs == set()
    assert {name for name in theirs for pattern in reached(mine) if fnmatchcase(name, pattern)} == set()


def test_what_a_library_reaches_is_its_own() -> None:
    own = names(PLACE)
    tables = {f"tintype-prod-{table}" for table in ("photos", "memberships", "trends", "keys", "jobs")}
    assert tables | {"/tintype/prod/topic-prefix", "tintype-prod-0123456789abcdef"} <= own
    for pattern in reached(PLACE):
        inner = re.split(r"/(?:\*|index/)|:", pattern)[0] if not pattern.startswith("/") else pattern
        assert any(fnmatchcase(name, inner) for name in own) or pattern == "/tintype/prod", pattern


@pytest.mark.parametrize("handler", CONFIG)
def test_no_function_reaches_another_library_or_account(handler: str) -> None:
    policy = POLICIES[handler]
    function = release.function_name(PLACE, handler)
    for statement in scoped(policy, PLACE, function)["Statement"]:
        for resource in statement["Resource"]:
            if resource in ("*", MODELS):
                continue
            assert "tintype-*" not in resource
            assert resource.startswith("arn:aws:s3:::") or ":eu-central-1:123456789012:" in resource
            assert re.search(r"tintype[-/]prod", resource), resource


def test_everything_else_stays_as_it_was() -> None:
    policy = POLICIES["sweep"]
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
