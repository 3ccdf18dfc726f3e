"""The functions' triggers as Chalice cannot set them.

A batch of messages reports which of them failed; an event that failed at every attempt becomes a dead letter instead of
nothing; and the logs are not kept for ever.
"""

from contextlib import suppress
from typing import Any

from infrastructure.deploy import chalice_state, release
from infrastructure.deploy.target import Place

BY_EVENT = ("ingest_photo", "sweep")  # called without anybody waiting for the answer
PARTIAL = ["ReportBatchItemFailures"]
RETRIES = 2
LONGEST_WAIT = 6 * 3600  # seconds: after it the walk over the bucket finds what was lost
LOGS_KEPT = 30  # days


def settle(place: Place, failures: str) -> None:
    """Set what differs; `failures` is the ARN of the queue of dead letters."""
    client = place.client("lambda")
    for arn in chalice_state.functions(place).values():
        report_partial_failures(client, arn)
    for handler in BY_EVENT:
        _keep_failures(client, release.function_name(place, handler), failures)
    for handler in release.handlers():
        _forget_old_logs(place.client("logs"), f"/aws/lambda/{release.function_name(place, handler)}")


def report_partial_failures(client: Any, function: str) -> None:
    """One mapping for each queue, told to take partial answers; what runs that broke off made beside it goes."""
    seen = set()
    for mapping in client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]:
        if mapping["EventSourceArn"] in seen:
            client.delete_event_source_mapping(UUID=mapping["UUID"])
        elif mapping.get("FunctionResponseTypes") != PARTIAL:
            client.update_event_source_mapping(UUID=mapping["UUID"], FunctionResponseTypes=PARTIAL)
        seen.add(mapping["EventSourceArn"])


def _keep_failures(client: Any, function: str, queue: str) -> None:
    wanted = {
        "MaximumRetryAttempts": RETRIES,
        "MaximumEventAgeInSeconds": LONGEST_WAIT,
        "DestinationConfig": {"OnFailure": {"Destination": queue}},
    }
    there: dict[str, Any] = {}
    with suppress(client.exceptions.ResourceNotFoundException):
        there = client.get_function_event_invoke_config(FunctionName=function)
    on_failure = there.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if on_failure != queue or any(there.get(name) != wanted[name] for name in wanted if name != "DestinationConfig"):
        client.put_function_event_invoke_config(FunctionName=function, **wanted)


def _forget_old_logs(client: Any, group: str) -> None:
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=group)
    (found,) = [
        held
        for held in client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if held["logGroupName"] == group
    ]
    if found.get("retentionInDays") != LOGS_KEPT:
        client.put_retention_policy(logGroupName=group, retentionInDays=LOGS_KEPT)
