"""What the update after an import of retained resources changes: it compares the two templates, not the resources."""

import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.deploy import resource_import
from infrastructure.deploy.deployment import TEMPLATE
from infrastructure.deploy.target import Target
from infrastructure.template import read_template

FULL: dict[str, Any] = read_template(TEMPLATE)["Resources"]
RETAINED = {
    **{name: {"BucketName": f"tintype-prod-{each}-1"} for name, each in resource_import.BUCKETS.items()},
    **{name: {"TableName": f"tintype-prod-{each}"} for name, each in resource_import.TABLES.items()},
    "UserPool": {"UserPoolId": "eu-central-1_1"},
}
# A change of these replaces the resource, or is refused.
IMMUTABLE = {
    "AWS::S3::Bucket": {"BucketName"},
    "AWS::DynamoDB::Table": {"TableName", "KeySchema"},
    "AWS::Cognito::UserPool": {"UsernameAttributes", "UsernameConfiguration"},
}
TTL = {"AttributeName": "expires_at", "Enabled": True}
ALL = [{"Id": "all"}]


class Retained:
    """Tables with or without TTL, and buckets with these metrics configurations."""

    def __init__(self, *, ttl: str = "DISABLED", metrics: tuple[str, ...] = ()) -> None:
        self.ttl, self.metrics = ttl, metrics
        self.described = list[str]()

    def client(self, *_: object, **__: object) -> "Retained":
        return self

    def describe_time_to_live(self, TableName: str) -> Any:  # noqa: N803 (botocore's name)
        self.described.append(TableName)
        attribute = {} if self.ttl == "DISABLED" else {"AttributeName": "expires_at"}
        return {"TimeToLiveDescription": {"TimeToLiveStatus": self.ttl, **attribute}}

    def list_bucket_metrics_configurations(self, Bucket: str) -> Any:  # noqa: N803
        self.described.append(Bucket)
        configurations = [{"Id": each} for each in self.metrics]
        return {"MetricsConfigurationList": configurations} if configurations else {}


def imported(account: Retained) -> Any:
    """The template of the import."""
    target = Target("prod", "1", "eu-central-1", "aws", session=account, builds_dir=Path("builds"))
    properties = resource_import.find_properties(target, RETAINED)
    return json.loads(resource_import.import_template(TEMPLATE, RETAINED, properties))


def evaluate(value: Any, *, full_metrics: bool) -> Any:
    """A property's value, None for AWS::NoValue; the only condition of a whole property is that of metrics."""
    match value:
        case {"Fn::If": ["HasFullMetrics", then, otherwise]}:
            value = then if full_metrics else otherwise
    return None if value == {"Ref": "AWS::NoValue"} else value


def update(account: Retained, *, full_metrics: bool = False) -> dict[str, dict[str, Any]]:
    """The properties that the update sets, by resource; None for those that it removes."""
    changes: dict[str, dict[str, Any]] = {}
    for name, resource in imported(account)["Resources"].items():
        before, after = (
            {key: evaluate(value, full_metrics=full_metrics) for key, value in each["Properties"].items()}
            for each in (resource, FULL[name])
        )
        keys = before.keys() | after.keys()
        changes[name] = {key: after.get(key) for key in sorted(keys) if before.get(key) != after.get(key)}
    return changes


def test_update_sets_every_property_that_can_be_changed_of_an_older_librarys_resources() -> None:
    changes = update(Retained())
    assert changes.keys() == RETAINED.keys()
    for name, changed in changes.items():
        fixed = resource_import.FIXED_PROPERTIES[FULL[name]["Type"]]
        expected = FULL[name]["Properties"].keys() - {*fixed, "MetricsConfigurations"}
        assert changed.keys() == expected, name
    assert changes["PhotosTable"]["TimeToLiveSpecification"] == TTL
    assert changes["UserPool"]["DeletionProtection"] == "ACTIVE"
    assert {"CorsConfiguration", "LifecycleConfiguration"} <= changes["OriginalsBucket"].keys()


def test_import_has_the_properties_whose_change_would_replace_a_resource() -> None:
    for name, resource in imported(Retained())["Resources"].items():
        full = FULL[name]
        assert {key: each for key, each in resource.items() if key != "Properties"} == {
            key: each for key, each in full.items() if key != "Properties"
        }
        for key in IMMUTABLE[resource["Type"]]:
            assert resource["Properties"][key] == full["Properties"][key]


@pytest.mark.parametrize("status", ["ENABLED", "ENABLING"])
def test_update_does_not_turn_on_ttl_twice_which_dynamodb_refuses(status: str) -> None:
    account = Retained(ttl=status)
    changes = update(account)
    tables = [name for name in resource_import.TABLES if "TimeToLiveSpecification" in FULL[name]["Properties"]]
    assert tables
    assert all("TimeToLiveSpecification" not in changes[name] for name in tables)
    assert {each for each in account.described if each.startswith("tintype-prod")} == {
        next(iter(each.values())) for name, each in RETAINED.items() if name != "UserPool"
    }


@pytest.mark.parametrize(
    ("metrics", "full_metrics", "change"),
    [
        ((), False, {}),
        ((), True, {"MetricsConfigurations": ALL}),
        (("all",), False, {"MetricsConfigurations": None}),
        (("all",), True, {}),
        (("somebody-elses",), False, {}),
    ],
    ids=["basic", "full", "full before", "still full", "of others"],
)
def test_update_sets_request_metrics_as_chosen(metrics: tuple[str, ...], full_metrics: bool, change: Any) -> None:
    changes = update(Retained(metrics=metrics), full_metrics=full_metrics)
    for name in resource_import.BUCKETS:
        assert {key: each for key, each in changes[name].items() if key == "MetricsConfigurations"} == change


def test_metrics_are_those_of_the_template() -> None:
    for name in resource_import.BUCKETS:
        value = FULL[name]["Properties"]["MetricsConfigurations"]
        assert evaluate(value, full_metrics=True) == [{"Id": resource_import.METRICS_ID}]


def test_every_retained_resource_is_imported() -> None:
    retained = {name for name, each in FULL.items() if each.get("DeletionPolicy", "Delete").startswith("Retain")}
    assert retained == RETAINED.keys()
    ids = resource_import.resources_to_import(TEMPLATE, RETAINED)
    assert {each["LogicalResourceId"] for each in ids} == retained
