"""Event source options that Chalice cannot set: partial batch responses, failure destinations and log retention."""

from contextlib import suppress
from typing import Any

from infrastructure.deploy import chalice_state, release
from infrastructure.deploy.target import Target

ASYNC_HANDLERS = ("ingest_photo", "sweep")  # invoked asynchronously
RESPONSE_TYPES = ["ReportBatchItemFailures"]
MAX_RETRIES = 2
MAX_EVENT_AGE_SECONDS = 6 * 3600  # reconciliation finds originals whose events were dropped
LOG_RETENTION_DAYS = 30


def configure(target: Target, failures_queue_arn: str) -> None:
    """Apply the options that differ; events that failed at every attempt go to the queue `failures_queue_arn`."""
    client = target.client("lambda")
    for arn in chalice_state.find_functions(target).values():
        report_partial_failures(client, arn)
    for handler in ASYNC_HANDLERS:
        _set_failure_destination(client, release.function_name(target, handler), failures_queue_arn)
    for handler in release.handlers():
        _set_log_retention(target.client("logs"), f"/aws/lambda/{release.function_name(target, handler)}")


def report_partial_failures(client: Any, function: str) -> None:
    """Enable partial batch responses for each queue and delete duplicate mappings of interrupted deployments."""
    seen = set()
    for mapping in client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]:
        if mapping["EventSourceArn"] in seen:
            client.delete_event_source_mapping(UUID=mapping["UUID"])
        elif mapping.get("FunctionResponseTypes") != RESPONSE_TYPES:
            client.update_event_source_mapping(UUID=mapping["UUID"], FunctionResponseTypes=RESPONSE_TYPES)
        seen.add(mapping["EventSourceArn"])


def _set_failure_destination(client: Any, function: str, queue_arn: str) -> None:
    expected = {
        "MaximumRetryAttempts": MAX_RETRIES,
        "MaximumEventAgeInSeconds": MAX_EVENT_AGE_SECONDS,
        "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
    }
    current: dict[str, Any] = {}
    with suppress(client.exceptions.ResourceNotFoundException):
        current = client.get_function_event_invoke_config(FunctionName=function)
    destination = current.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    limits = [name for name in expected if name != "DestinationConfig"]
    if destination != queue_arn or any(current.get(name) != expected[name] for name in limits):
        client.put_function_event_invoke_config(FunctionName=function, **expected)


def _set_log_retention(client: Any, group_name: str) -> None:
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=group_name)
    groups = client.describe_log_groups(logGroupNamePrefix=group_name)["logGroups"]
    (group,) = [each for each in groups if each["logGroupName"] == group_name]
    if group.get("retentionInDays") != LOG_RETENTION_DAYS:
        client.put_retention_policy(logGroupName=group_name, retentionInDays=LOG_RETENTION_DAYS)
