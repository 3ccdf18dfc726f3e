"""Numbers and names in `docs/operations.md` match code and templates."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

from chalicelib.library.totals import MAX_HEAT, heat, parse_epoch
from chalicelib.maintenance.pacing import MAX_PAUSE
from chalicelib.maintenance.reconciliation import MAX_QUEUED
from chalicelib.openapi.document import compact_json, document
from chalicelib.routes.random import MAX_IMAGE_BYTES
from chalicelib.settings import Settings
from infrastructure.deploy import gateway, release, settings
from infrastructure.deploy.target import Target
from tests.infrastructure.test_alarms import ALARMS, BASIC_ALARMS, BASIC_METRICS, DASHBOARD, DETAILS, FREE, METRICS
from tests.infrastructure.test_scoped_policies import resource_names

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "operations.md").read_text()
PLAIN = re.sub(r"\s+", " ", TEXT)
GATEWAY_PRICE, LAMBDA_PRICE = 3.50, 0.20 + 0.15 * 16.6667  # dollars for a million calls of 0.15 s at 1 GB


def test_last_day_of_heat_is_documented() -> None:
    epoch = str(Settings.__dataclass_fields__["epoch"].default)
    assert f"`epoch`, `{epoch}` unless it was set" in PLAIN
    match = re.search(r"([\d,]+) days after the epoch, on (\d{4}-\d\d-\d\d)", PLAIN)
    assert match
    days, day = int(match[1].replace(",", "")), match[2]
    last = parse_epoch(epoch) + timedelta(days=days)
    assert last == parse_epoch(day)
    assert heat(last, parse_epoch(epoch)) < MAX_HEAT == heat(last + timedelta(days=1), parse_epoch(epoch))


def rows(title: str) -> Iterator[tuple[str, list[float]]]:
    """The rows of numbers below a heading: the first cell, and a number for each of four library sizes."""
    for line in TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0].splitlines():
        cells = [cell.strip(" *") for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 5 and re.fullmatch(r"[\d.,]+", cells[1]):
            yield cells[0], [float(cell.replace(",", "")) for cell in cells[1:5]]


COSTS = dict(rows("What it costs"))
MONTHLY = list(COSTS)[: list(COSTS).index("sum, the first month")]


@pytest.mark.parametrize(("which", "other"), [("the first month", "after 90 days"), ("later", "the first month")])
def test_monthly_costs_add_up(which: str, other: str) -> None:
    counted = [COSTS[name] for name in MONTHLY if other not in name]
    assert len(counted) == len(MONTHLY) - 1
    assert COSTS[f"sum, {which}"] == pytest.approx([sum(column) for column in zip(*counted, strict=True)], abs=0.001)


@pytest.mark.parametrize(
    ("name", "each"),
    [
        ("originals, the first month (0.023 a GB)", 0.004 * 0.023),
        ("… after 90 days unread (0.004 a GB)", 0.004 * 0.004),
        ("… watched by Intelligent-Tiering (0.0025 a thousand)", 0.0025 / 1000),
        ("derivatives (0.023 a GB)", 0.00096 * 0.023),
        ("tables: 14 KB a photo free up to 25 GB, recovery 0.20 a GB", 0.000014 * 0.20),
        ("object tags, one of each original (0.01 per ten thousand)", 0.01 / 10_000),
        ("once, to ingest them", (0.124 + 0.030 + 0.002 + 0.010 + 0.030 + 0.006) / 1000),
        ("once, labels by the vision models", 0.020 * 1.77 * 0.0166667 / 1000),
        ("once, labels by Rekognition", 0.001),
    ],
)
def test_cost_is_proportional_to_photos(name: str, each: float) -> None:
    assert COSTS[name] == pytest.approx([each * photos for photos in (10**3, 10**4, 10**5, 10**6)], abs=0.0051)


def test_costs_of_moving_a_library_follow_from_prices() -> None:
    """The sums of docs/decisions/0069-moving-a-library.md, for 10,000 and 100,000 photos."""
    section = TEXT.split("\n## From a laptop to AWS, and back\n")[1].split("\n## ")[0]
    lines = (
        line.strip("|").split("|") for line in section.splitlines() if re.fullmatch(r"\|.*( \d+\.\d\d \|){2}", line)
    )
    costs = {name.strip(): [float(first), float(second)] for name, first, second in lines}
    listed = 0.00002 / 100  # a request for 100 photos
    ticket, album, checked, labels = (47 + 3) * 0.625e-6, 11 * 0.625e-6, 0.0003 / 1000, 0.0006 / 1000
    each = {
        "to AWS, once": 0.202 / 1000 + ticket + album + checked + labels + listed,
        "back: lists, and originals read": 2 * listed + 0.0004 / 1000,
        "back with the folder of the way there, which has the originals": 2 * listed,
    }
    photos = (10**4, 10**5)
    expected = {name: [price * number for number in photos] for name, price in each.items()} | {
        "the first month on AWS": COSTS["sum, the first month"][1:3],
        "back: 40 or 400 GB of data out, 100 GB a month free": [
            max(0.0, 0.004 * number - 100) * 0.09 for number in photos
        ],
    }
    assert costs.keys() == expected.keys()
    for name, values in expected.items():
        assert costs[name] == pytest.approx(values, abs=0.011), name


def test_cost_of_schedule_follows_from_its_work() -> None:
    prices = {
        "photos compared, million": 0.44,
        "keys looked up, million": 0.175,
        "rows counted, million": 0.00625,
        "facets read, million": 0.125,
    }
    priced = [[price * each for each in COSTS[name]] for name, price in prices.items()]
    priced.append([0.0166667 * each for each in COSTS["GB-seconds, thousand"]])
    assert COSTS["the schedule"] == pytest.approx([sum(column) for column in zip(*priced, strict=True)], abs=0.03)
    assert timedelta(days=1) == MAX_PAUSE
    compared = [30 * photos / 1e6 for photos in (10**3, 10**4)]  # once a day; larger libraries take longer than a run
    assert COSTS["photos compared, million"][:2] == COSTS["keys looked up, million"][:2] == compared


def test_pace_of_reconciliation() -> None:
    hourly = MAX_QUEUED * 3600 // 300
    assert TEXT.count(f"{hourly:,}\noriginals an hour") == 1
    assert f"again, {hourly:,} an hour" in PLAIN


@pytest.mark.parametrize("rate", [gateway.LIMITS["/random/GET"].rate, gateway.LIMITS["*/*"].rate])
def test_cost_of_random_images_at_a_limit(rate: float) -> None:
    calls, gigabytes = rate * 86400 / 10**6, rate * 86400 * MAX_IMAGE_BYTES / 10**9
    dollars = calls * (GATEWAY_PRICE + LAMBDA_PRICE) + gigabytes * 0.09
    assert f"{calls:.2f} million calls, {gigabytes:,.0f} GB, {dollars:.0f} dollars" in PLAIN


def test_cost_of_api_document_at_its_limit() -> None:
    calls, size = gateway.LIMITS["/openapi.json/GET"].rate * 86400 / 10**6, len(compact_json())
    gigabytes = calls * size / 10**3
    dollars = calls * (GATEWAY_PRICE + LAMBDA_PRICE) + gigabytes * 0.09
    expected = f"{size / 1000:.0f} KB: {calls:.2f} million calls, {gigabytes:.0f} GB, {dollars:.0f} dollar."
    assert f"`GET /openapi.json`, {expected}" in PLAIN


def test_cost_of_all_methods_at_their_limits() -> None:
    paths = document()["paths"].items()
    methods = [f"{path}/{method.upper()}" for path, each in paths for method in each]
    methods += [f"{path}/HEAD" for path, each in paths if "get" in each]
    rate = sum(gateway.LIMITS.get(method, gateway.LIMITS["*/*"]).rate for method in methods)
    calls = rate * 86400 / 10**6
    assert f"together they allow {rate} requests per second" in PLAIN
    costs = f"{calls * GATEWAY_PRICE:.0f} dollars at API Gateway and {calls * LAMBDA_PRICE:.0f} for Lambda"
    assert f"{calls:.0f} million calls, {costs}" in PLAIN


def test_command_that_stops_everything_sets_each_limit_to_zero() -> None:
    (command,) = (each for each in COMMANDS if each.startswith("apigateway update-stage"))
    names = {operation["path"].rpartition("/")[2] for operation in gateway._limit_operations({})}
    assert names == set(re.findall(r"path=/\*/\*/throttling/(\w+),value=0", command))


def test_limits_of_requests_are_documented() -> None:
    methods = [path for path in document()["paths"].values() for _ in path]
    heads = sum("get" in path for path in document()["paths"].values())
    assert f"There are {len(methods) + heads} methods" in PLAIN
    keys = ("*/*", "/openapi.json/GET", "/random/GET", "/upload/POST")
    default, api, image, upload = (gateway.LIMITS[key] for key in keys)
    assert f"`GET /openapi.json` {api.rate}, burst of {api.burst}" in PLAIN
    assert f"{default.rate} per second, burst of {default.burst}" in PLAIN
    assert f"`GET /random` {image.rate}, burst of {image.burst}" in PLAIN
    assert f"`POST /upload` and `PUT /originals/…` {upload.rate}, burst of {upload.burst}" in PLAIN


def test_cost_of_monitoring_follows_from_metrics_and_alarms() -> None:
    monitoring = (
        f"{len(BASIC_METRICS)} custom metrics ({FREE} free, 0.30), {len(BASIC_ALARMS)} alarms ({FREE} free, 0.10)"
    )
    assert f"{monitoring}, one dashboard of {len(charted(DASHBOARD))} metrics" in PLAIN
    assert len(charted(DASHBOARD)) <= 50
    assert COSTS["dashboard, alarms, metrics, logs"] == [0] * 4  # all free


def test_price_of_a_second_library_follows_from_metrics_and_alarms() -> None:
    price = 0.30 * len(BASIC_METRICS) + 0.10 * len(BASIC_ALARMS)
    counts = f"{len(BASIC_METRICS)} custom metrics and {len(BASIC_ALARMS)} alarms"
    assert f"the {counts} of a second one with `METRICS=basic` cost {price:.2f} dollars" in PLAIN
    numbers = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    assert f"`METRICS=full` sends {numbers[len(ALARMS) - len(BASIC_ALARMS)]} such emails" in PLAIN


def test_price_of_full_metrics_follows_from_metrics_and_alarms() -> None:
    own = 0.30 * (len(METRICS) - FREE) + 0.10 * (len(ALARMS) - FREE)
    requests = 0.30 * 2 * 16  # two buckets; S3 documents 16 request metrics, and charges those with data
    assert f"{len(METRICS)} custom metrics and {len(ALARMS)} alarms, {own:.2f} dollars a month" in PLAIN
    assert f"up to {requests:.2f} for S3's request metrics" in PLAIN
    assert f"up to {own + requests:.2f} dollars a month" in PLAIN
    assert len(charted(DETAILS)) <= 50


def charted(dashboard: Any) -> set[str]:
    """The metrics on a dashboard, without their display options."""
    each = (metric for widget in dashboard["widgets"] for metric in widget["properties"]["metrics"])
    return {json.dumps([part for part in metric if isinstance(part, str)]) for metric in each}


def test_alarms_of_full_metrics_are_marked() -> None:
    marked = {
        alarm
        for line in TEXT.splitlines()
        if line.startswith("| `") and "(full)" in line.split("|")[1]
        for alarm in re.findall(r"`([\w-]+)`", line.split("|")[1])
    }
    full = {each["Properties"]["AlarmName"]["!Sub"] for name, each in ALARMS.items() if name not in BASIC_ALARMS}
    assert {alarm for alarm in marked if "-" in alarm} == {name.removeprefix("tintype-${Stage}-") for name in full}
    assert {metric for metric in marked if "-" not in metric} == METRICS - BASIC_METRICS


PROD = Target("prod", "123456789012", "eu-central-1", "aws", session=None, builds_dir=Path("builds"))
TARGETS = set(re.findall(r"^([\w-]+):.*## ", (PROJECT / "Makefile").read_text(), re.M))
SETTINGS = {field.replace("_", "-") for field in Settings.__dataclass_fields__} | set(settings.SECRETS) | {"release"}
LOADER = Loader()
COMMANDS = sorted(set(re.findall(r"aws ([a-z\d-]+ [a-z\d-]+[^`|]*?)(?:`|\n\n|\n```|\ndone)", TEXT)))


def test_resource_names_exist() -> None:
    found = {name.rstrip("-…") for name in re.findall(r"(?<![\w/])tintype-prod[\w-]*", TEXT)}
    expected = resource_names(PROD) | {f"{name}-restored" for name in resource_names(PROD)}
    assert len(found) > 5
    assert found <= expected


# The names of services in the documentation; `sts` needs no permission.
SERVICES = {
    "apigateway": "API Gateway",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch",
    "cognito": "Cognito",
    "cognito-idp": "Cognito",
    "dynamodb": "DynamoDB",
    "events": "EventBridge",
    "iam": "IAM",
    "lambda": "Lambda",
    "logs": "CloudWatch Logs",
    "s3": "S3",
    "service-quotas": "Service Quotas",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "SSM",
}


def test_permissions_of_the_deploying_user_cover_commands_and_stacks() -> None:
    files = [*(PROJECT / "infrastructure").rglob("*.py"), *(PROJECT / "infrastructure").glob("*.yaml")]
    code = "\n".join(path.read_text() for path in files)
    services = {*re.findall(r'client\("([\w-]+)"', code), *re.findall(r"aws (service-quotas)", code)} - {"sts"}
    services |= {each.lower() for each in re.findall(r"Type: AWS::(\w+)", code)}
    paragraph = PLAIN.split("The deploying user needs")[1].split("The functions have few permissions")[0]
    assert {each for each in services if not re.search(rf"\b{SERVICES[each]}(?! Logs)", paragraph)} == set()
    assert "attach_role_policy" in code
    assert {"`iam:PassRole`", "`iam:AttachRolePolicy`"} <= set(re.findall(r"`[^`]+`", paragraph))


def test_settings_and_log_groups_exist() -> None:
    assert set(re.findall(r"/tintype/prod/([\w-]+)", TEXT)) - {"NAME"} <= SETTINGS
    functions = {release.function_name(PROD, handler) for handler in release.handlers()}
    assert set(re.findall(r"/aws/lambda/([\w-]+)", TEXT)) <= functions


def test_make_targets_exist() -> None:
    found = set(re.findall(r"`?make ([\w-]+)(?= STAGE|`| PYTHON)", TEXT))
    assert {"deploy", "destroy", "owners", "remove-user", "rotate", "user"} <= found <= TARGETS


@pytest.mark.parametrize("command", COMMANDS)
def test_aws_command_has_these_options(command: str) -> None:
    service, operation, *arguments = command.replace("\\\n", " ").split()
    name = {"s3api": "s3"}.get(service, service)
    model = ServiceModel(LOADER.load_service_model(name, "service-2"), name)
    operations = {xform_name(each, "-"): each for each in model.operation_names}
    assert operation in operations
    shape = model.operation_model(operations[operation]).input_shape
    assert shape
    allowed = {xform_name(member, "-") for member in shape.members} | {"region"}
    assert {word.removeprefix("--") for word in arguments if word.startswith("--")} <= allowed
