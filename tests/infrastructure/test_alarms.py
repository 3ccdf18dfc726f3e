"""What is watched: every function, every dead letter, and every figure that is 0 in a library in order."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from chalicelib import handlers
from chalicelib.maintenance.reconciliation import ReconciliationReport
from chalicelib.maintenance.recount import RecountReport
from chalicelib.maintenance.sweep import DueReport, SweepReport
from chalicelib.settings import Settings
from tests.infrastructure.templates import read

PROJECT = Path(__file__).parents[2]
RESOURCES: Mapping[str, Any] = read(PROJECT / "infrastructure" / "core.yaml")["Resources"]
ALARMS = {name: held for name, held in RESOURCES.items() if held["Type"] == "AWS::CloudWatch::Alarm"}
DASHBOARD = json.loads(RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["!Sub"])
HANDLERS = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]
FIGURES = {
    *handlers.figures_of(SweepReport(DueReport(), RecountReport(), ReconciliationReport(), ReconciliationReport())),
    "photos_rejected",
}


def names(handler: str) -> str:
    """A function's name as the template writes it."""
    return "tintype-${Stage}" if handler == "api_handler" else f"tintype-${{Stage}}-{handler}"


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)
def test_every_alarm_tells_somebody_and_says_what_it_means(alarm: Any) -> None:
    told = alarm["Properties"]
    assert alarm["Condition"] == "Watched"
    assert told["AlarmActions"] == told["OKActions"] == [{"!Ref": "Alarms"}]
    assert told["AlarmDescription"].endswith(".")
    assert told["AlarmName"]["!Sub"].startswith("tintype-${Stage}-")


def test_every_figure_that_is_watched_is_one_that_is_told() -> None:
    watched = {held["Properties"]["MetricName"] for held in ALARMS.values() if _of(held) == "Tintype"}
    drawn = {metric[1] for widget in DASHBOARD["widgets"] for metric in _metrics(widget) if metric[0] == "Tintype"}
    assert watched | drawn <= FIGURES
    assert {"totals_drifted", "originals_without_photo", "photos_without_original"} <= watched & drawn


def test_every_function_is_drawn_and_those_without_a_queue_are_watched() -> None:
    drawn = {metric[3] for widget in DASHBOARD["widgets"] for metric in _metrics(widget) if metric[0] == "AWS/Lambda"}
    assert drawn == {names(handler) for handler in HANDLERS}
    watched = {
        held["Properties"]["Dimensions"][0]["Value"]["!Sub"] for held in ALARMS.values() if _of(held) == "AWS/Lambda"
    }
    assert watched == drawn - {names("build_volume")}  # its failures come back to the queue, and end as dead letters


def test_every_queue_of_dead_letters_is_watched() -> None:
    told = [policy["RedrivePolicy"]["deadLetterTargetArn"] for policy in _queues() if "RedrivePolicy" in policy]
    dead = {where["!GetAtt"].removesuffix(".Arn") for where in told} | {"FailuresQueue"}
    watched = {
        held["Properties"]["Dimensions"][0]["Value"]["!GetAtt"].removesuffix(".QueueName")
        for held in ALARMS.values()
        if held["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    assert watched == dead


def test_every_alarm_and_every_setting_of_one_s_own_is_explained() -> None:
    told = (PROJECT / "docs" / "operations.md").read_text()
    alarms = {held["Properties"]["AlarmName"]["!Sub"].removeprefix("tintype-${Stage}-") for held in ALARMS.values()}
    made = {held["Properties"]["Name"]["!Sub"].rpartition("/")[2] for held in RESOURCES.values() if _is_setting(held)}
    deployed = {"library-owner", "link-secret", "id-secret", "api-url", "image-base-url", "image-key"}
    ours = {field.name.replace("_", "-") for field in fields(Settings)} - made - deployed
    ours -= {"stage", "identity-keys-url"}  # said by the environment; of the laptop alone
    assert {name for name in alarms | ours if f"`{name}`" not in told} == set()


def test_widgets_lie_beside_each_other() -> None:
    places = {(widget["x"] + x, widget["y"] + y) for widget in DASHBOARD["widgets"] for x in range(8) for y in range(6)}
    assert len(places) == 48 * len(DASHBOARD["widgets"])
    assert max(x for x, _ in places) < 24


def _is_setting(held: Any) -> bool:
    return bool(held["Type"] == "AWS::SSM::Parameter")


def _of(alarm: Any) -> str:
    return str(alarm["Properties"]["Namespace"])


def _metrics(widget: Any) -> list[Any]:
    return list(widget["properties"]["metrics"])


def _queues() -> list[Any]:
    return [held["Properties"] for held in RESOURCES.values() if held["Type"] == "AWS::SQS::Queue"]
