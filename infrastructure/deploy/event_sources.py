"""Event source options that Chalice cannot set: partial batch responses, failure destinations and log retention."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from infrastructure.deploy import chalice_state, release, settling
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.settling import Sleep
from infrastructure.deploy.target import Target

RESPONSE_TYPES = ["ReportBatchItemFailures"]
SETTLED = ("Enabled", "Disabled")
LOG_RETENTION_DAYS = 30


@dataclass(frozen=True, slots=True)
class Asynchronous:
    """How often and how long Lambda tries an event, and whether one that it gives up goes to the failures queue."""

    retries: int
    max_age_seconds: int
    has_destination: bool


ASYNCHRONOUS = {
    # Reconciliation finds originals whose events were dropped.
    "ingest_photo": Asynchronous(retries=2, max_age_seconds=6 * 3600, has_destination=True),
    # The next run is the retry, and the alarm `sweep-missing` says that none is completed.
    "sweep": Asynchronous(retries=0, max_age_seconds=300, has_destination=False),
}


def configure(target: Target, failures_queue_arn: str, sleep: Sleep = time.sleep) -> None:
    """Apply the options that differ; events that failed at every attempt go to the queue `failures_queue_arn`."""
    client = target.client("lambda")
    for arn in chalice_state.find_functions(target).values():
        report_partial_failures(client, arn, sleep)
    for handler, options in ASYNCHRONOUS.items():
        configure_events(client, release.function_name(target, handler), options, failures_queue_arn, sleep)
    for handler in release.handlers():
        _set_log_retention(target.client("logs"), f"/aws/lambda/{release.function_name(target, handler)}", sleep)


def report_partial_failures(client: Any, function: str, sleep: Sleep = time.sleep) -> None:
    """Enable partial batch responses for each queue and delete duplicate mappings of interrupted deployments.

    Lambda refuses changes of a mapping that is still being created, which takes about 20 seconds.
    """
    seen = set()
    for mapping in _settled_mappings(client, function, sleep):
        if mapping["EventSourceArn"] in seen:
            settling.retry(sleep, client.delete_event_source_mapping, UUID=mapping["UUID"])
        elif mapping.get("FunctionResponseTypes") != RESPONSE_TYPES:
            changes = {"FunctionResponseTypes": RESPONSE_TYPES}
            settling.retry(sleep, client.update_event_source_mapping, UUID=mapping["UUID"], **changes)
        seen.add(mapping["EventSourceArn"])


def _settled_mappings(client: Any, function: str, sleep: Sleep) -> list[dict[str, Any]]:
    """The function's mappings, once none is being changed or deleted; raises UserError if that takes too long."""
    paginator = client.get_paginator("list_event_source_mappings")
    for attempt in range(settling.MAX_ATTEMPTS):
        if attempt:
            sleep(settling.DELAY_SECONDS)
        pages = paginator.paginate(FunctionName=function)
        mappings = [mapping for page in pages for mapping in page["EventSourceMappings"]]
        unsettled = [mapping for mapping in mappings if mapping["State"] not in SETTLED]
        if not unsettled:
            return mappings
    raise UserError(
        f"The event source mapping {unsettled[0]['UUID']} is still {unsettled[0]['State']} after "
        f"{settling.DELAY_SECONDS * settling.MAX_ATTEMPTS // 60} minutes. Run this again later."
    )


def configure_events(
    client: Any, function: str, options: Asynchronous, queue_arn: str, sleep: Sleep = time.sleep
) -> None:
    """Set how Lambda tries the function's events, unless it is set so."""
    limits = {"MaximumRetryAttempts": options.retries, "MaximumEventAgeInSeconds": options.max_age_seconds}
    destination = {"OnFailure": {"Destination": queue_arn}} if options.has_destination else {}
    current: dict[str, Any] = {}
    with suppress(client.exceptions.ResourceNotFoundException):
        current = client.get_function_event_invoke_config(FunctionName=function)
    found = current.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    expected = queue_arn if options.has_destination else ""
    if found != expected or any(current.get(name) != value for name, value in limits.items()):
        settling.retry(
            sleep,
            client.put_function_event_invoke_config,
            FunctionName=function,
            **limits,
            DestinationConfig=destination,
        )


def _set_log_retention(client: Any, group_name: str, sleep: Sleep) -> None:
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        settling.retry(sleep, client.create_log_group, logGroupName=group_name)
    groups = client.describe_log_groups(logGroupNamePrefix=group_name)["logGroups"]
    (group,) = [each for each in groups if each["logGroupName"] == group_name]
    if group.get("retentionInDays") != LOG_RETENTION_DAYS:
        retention = {"retentionInDays": LOG_RETENTION_DAYS}
        settling.retry(sleep, client.put_retention_policy, logGroupName=group_name, **retention)
