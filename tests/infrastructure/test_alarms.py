"""Alarms and dashboard: every function, every dead-letter queue and every metric that should be 0."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from chalicelib import handlers
from chalicelib.maintenance.reconciliation import ReconciliationReport
from chalicelib.maintenance.recount import RecountReport
from chalicelib.maintenance.relabeling_pass import RelabelingReport
from chalicelib.maintenance.sweep import DueReport, SweepReport
from chalicelib.settings import Settings
from tests.infrastructure.templates import read_template

PROJECT = Path(__file__).parents[2]
RESOURCES: Mapping[str, Any] = read_template(PROJECT / "infrastructure" / "core.yaml")["Resources"]
ALARMS = {name: resource for name, resource in RESOURCES.items() if resource["Type"] == "AWS::CloudWatch::Alarm"}
BASIC_ALARMS = {name: alarm for name, alarm in ALARMS.items() if alarm["Condition"] == "HasAlarms"}
DASHBOARD, DETAILS = (
    json.loads(RESOURCES[name]["Properties"]["DashboardBody"]["!Sub"]) for name in ("Dashboard", "DetailsDashboard")
)
HANDLERS = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]
# Published when they occur, and taken from API Gateway's access log.
OTHER_METRICS = {"photos_rejected", "database_pauses", "api_bytes"}
BASIC_METRICS = {*handlers.BASIC_METRICS, *OTHER_METRICS}
METRICS = {
    *handlers.sweep_counts(
        SweepReport(DueReport(), RelabelingReport(), RecountReport(), ReconciliationReport(), ReconciliationReport())
    ),
    *OTHER_METRICS,
}
FREE = 10  # alarms, and custom metrics; in an account without others


def function_name(handler: str) -> str:
    """The function's name in the template."""
    return "tintype-${Stage}" if handler == "api_handler" else f"tintype-${{Stage}}-{handler}"


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)
def test_alarm_notifies_topic_and_has_description(alarm: Any) -> None:
    properties = alarm["Properties"]
    assert alarm["Condition"] in ("HasAlarms", "HasFullMetrics")
    assert properties["AlarmActions"] == properties["OKActions"] == [{"!Ref": "Alarms"}]
    assert properties["AlarmDescription"].endswith(".")
    assert properties["AlarmName"]["!Sub"].startswith("tintype-${Stage}-")


def test_no_alarm_rings_for_a_library_without_data_but_the_sweep_is_missed_later() -> None:
    """A new alarm has the state INSUFFICIENT_DATA, and actions are taken only when the state changes."""
    assert {each["Properties"]["TreatMissingData"] for each in ALARMS.values()} == {"notBreaching", "missing"}
    missing = ALARMS["SweepMissing"]["Properties"]
    assert (missing["TreatMissingData"], missing["Statistic"]) == ("missing", "SampleCount")
    assert missing["MetricName"] == handlers.COMPLETED_METRIC
    assert handlers.COMPLETED_METRIC in handlers.BASIC_METRICS
    assert missing["Dimensions"] == [{"Name": "stage", "Value": {"!Ref": "Stage"}}]
    assert missing["InsufficientDataActions"] == [{"!Ref": "Alarms"}]
    assert missing["Period"] * missing["EvaluationPeriods"] == 1800
    others = [each for name, each in ALARMS.items() if name != "SweepMissing"]
    assert {each["Properties"]["TreatMissingData"] for each in others} == {"notBreaching"}


def test_basic_alarms_and_metrics_are_free() -> None:
    assert len(BASIC_ALARMS) <= FREE < len(ALARMS)
    assert len(BASIC_METRICS) <= FREE < len(METRICS)


@pytest.mark.parametrize(
    ("alarms", "dashboard", "metrics"),
    [(BASIC_ALARMS, DASHBOARD, BASIC_METRICS), (ALARMS, DETAILS, METRICS)],
    ids=["basic", "full"],
)
def test_alarms_and_charts_use_published_metrics(alarms: Any, dashboard: Any, metrics: set[str]) -> None:
    alarmed = {each["Properties"]["MetricName"] for each in alarms.values() if _namespace(each) == "Tintype"}
    charted = {metric[1] for widget in dashboard["widgets"] for metric in _metrics(widget) if metric[0] == "Tintype"}
    assert alarmed | charted <= metrics


def test_inconsistencies_are_charted_and_alarmed_by_default() -> None:
    alarmed = {each["Properties"]["MetricName"] for each in BASIC_ALARMS.values()}
    charted = {metric[1] for widget in DASHBOARD["widgets"] for metric in _metrics(widget)}
    assert {"totals_drifted", "originals_without_photo", "photos_without_original"} <= alarmed & charted


def test_every_metric_is_charted() -> None:
    widgets = [*DASHBOARD["widgets"], *DETAILS["widgets"]]
    assert {metric[1] for widget in widgets for metric in _metrics(widget) if metric[0] == "Tintype"} == METRICS


@pytest.mark.parametrize(("dashboard", "filtered"), [(DASHBOARD, False), (DETAILS, True)], ids=["storage", "requests"])
def test_both_buckets_are_charted(dashboard: Any, filtered: bool) -> None:
    charted = [metric for widget in dashboard["widgets"] for metric in _metrics(widget) if metric[0] == "AWS/S3"]
    buckets = {RESOURCES[name]["Properties"]["BucketName"]["!Sub"] for name in ("OriginalsBucket", "DerivativesBucket")}
    assert {metric[3] for metric in charted} == buckets
    assert {metric[4] for metric in charted} == {"FilterId" if filtered else "StorageType"}


def test_storage_classes_of_originals_are_charted_daily() -> None:
    for widget in DASHBOARD["widgets"]:
        if any(metric[0] == "AWS/S3" for metric in _metrics(widget)):
            assert widget["properties"]["period"] == 86400  # S3 publishes one value a day
    (rule,) = [
        rule
        for rule in RESOURCES["OriginalsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
        if "Transitions" in rule
    ]
    assert rule["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]
    classes = {metric[5] for widget in DASHBOARD["widgets"] for metric in _metrics(widget) if metric[0] == "AWS/S3"}
    tiers = {f"IntelligentTiering{tier}Storage" for tier in ("FA", "IA", "AIA")}
    assert classes == {"StandardStorage", "AllStorageTypes"} | tiers


def test_request_metrics_are_collected_with_full_metrics_only() -> None:
    for name in ("OriginalsBucket", "DerivativesBucket"):
        collected = RESOURCES[name]["Properties"]["MetricsConfigurations"]
        assert collected == {"!If": ["HasFullMetrics", [{"Id": "all"}], {"!Ref": "AWS::NoValue"}]}
    filters = {metric[5] for widget in DETAILS["widgets"] for metric in _metrics(widget) if metric[0] == "AWS/S3"}
    assert filters == {"all"}


def test_every_function_is_charted_and_those_without_a_queue_have_alarms() -> None:
    charted = {metric[3] for widget in DASHBOARD["widgets"] for metric in _metrics(widget) if metric[0] == "AWS/Lambda"}
    assert charted == {function_name(handler) for handler in HANDLERS}
    alarmed = {
        each["Properties"]["Dimensions"][0]["Value"]["!Sub"]
        for each in ALARMS.values()
        if _namespace(each) == "AWS/Lambda"
    }
    assert alarmed == charted - {
        function_name("build_volume")
    }  # failed messages return to its queue and end as dead letters


def test_every_dead_letter_queue_has_an_alarm() -> None:
    arns = [queue["RedrivePolicy"]["deadLetterTargetArn"] for queue in _queues() if "RedrivePolicy" in queue]
    dead_letter_queues = {arn["!GetAtt"].removesuffix(".Arn") for arn in arns} | {"FailuresQueue"}
    alarmed = {
        each["Properties"]["Dimensions"][0]["Value"]["!GetAtt"].removesuffix(".QueueName")
        for each in ALARMS.values()
        if each["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    assert alarmed == dead_letter_queues


def test_every_alarm_and_optional_setting_is_documented() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text()
    alarms = {each["Properties"]["AlarmName"]["!Sub"].removeprefix("tintype-${Stage}-") for each in ALARMS.values()}
    in_template = {
        each["Properties"]["Name"]["!Sub"].rpartition("/")[2] for each in RESOURCES.values() if _is_parameter(each)
    }
    deployed = {"library-owner", "link-secret", "id-secret", "api-url", "page-url", "image-base-url", "image-key"}
    optional = {field.name.replace("_", "-") for field in fields(Settings)} - in_template - deployed
    # Environment variables; the last of `make run` only.
    optional -= {"stage", "ingest-function", "labeler", "identity-keys-url"}
    assert {name for name in alarms | optional if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("dashboard", [DASHBOARD, DETAILS], ids=["dashboard", "details"])
def test_widgets_do_not_overlap(dashboard: Any) -> None:
    cells = {(widget["x"] + x, widget["y"] + y) for widget in dashboard["widgets"] for x in range(8) for y in range(6)}
    assert len(cells) == 48 * len(dashboard["widgets"])
    assert max(x for x, _ in cells) < 24


def _is_parameter(resource: Any) -> bool:
    return bool(resource["Type"] == "AWS::SSM::Parameter")


def _namespace(alarm: Any) -> str:
    return str(alarm["Properties"]["Namespace"])


def _metrics(widget: Any) -> list[Any]:
    return list(widget["properties"]["metrics"])


def _queues() -> list[Any]:
    return [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::SQS::Queue"]
