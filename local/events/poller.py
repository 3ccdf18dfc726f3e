"""Polls the app's event sources and passes each batch to its handler."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import boto3

from local.events.queues import Event, process_batch
from local.events.sources import create_event_sources
from local.processes import READY_MARKER

WAIT_SECONDS = 1  # of one long poll

log = logging.getLogger(__name__)


def poll(
    configs: list[Any], handle: Callable[[str, Event], Any], stopping: threading.Event, *, waits_on: int = 0
) -> None:
    """Process batches from the event sources until `stopping` is set.

    When every queue is empty, wait for messages in one of them: with several pollers, number `waits_on` waits on queue
    number `waits_on`, so that a message in any queue is received at once.
    """
    sqs = boto3.client("sqs")
    sources = create_event_sources(configs, sqs, boto3.client("s3"))
    log.info("%s: %s", READY_MARKER, ", ".join(source.handler for source in sources) or "no event sources")
    if not sources:
        stopping.wait()
    while not stopping.is_set():
        received = sum(process_batch(sqs, source, handle, wait_seconds=0) for source in sources)
        if not received:
            process_batch(sqs, sources[waits_on % len(sources)], handle, wait_seconds=WAIT_SECONDS)
