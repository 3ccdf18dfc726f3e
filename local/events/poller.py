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


def poll(configs: list[Any], handle: Callable[[str, Event], Any], stopping: threading.Event) -> None:
    """Process one batch from each event source in turn until `stopping` is set."""
    sqs = boto3.client("sqs")
    sources = create_event_sources(configs, sqs, boto3.client("s3"))
    log.info("%s: %s", READY_MARKER, ", ".join(source.handler for source in sources) or "no event sources")
    while not stopping.is_set():
        for source in sources:
            process_batch(sqs, source, handle, wait_seconds=WAIT_SECONDS)
        if not sources:
            stopping.wait()
