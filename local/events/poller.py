"""Polls the app's event sources, each in a thread of its own, and passes each batch to its handler."""

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.events.queues import EventSource, Handle, process, receive
from local.events.sources import create_event_sources
from local.processes import READY_MARKER

WAIT_SECONDS = 20  # of one long poll, the most that SQS allows, as Lambda's pollers do
RETRY_SECONDS = 1.0  # after an error of the queue, whose services may be restarting

log = logging.getLogger(__name__)


class SourcePoller:
    """Polls one event source, so that no source waits for another."""

    def __init__(self, sqs: Any, source: EventSource, handle: Handle, stopping: threading.Event) -> None:
        self._sqs = sqs
        self._source = source
        self._handle = handle
        self._stopping = stopping
        self._processing = threading.Lock()

    def start(self) -> None:
        """Start polling in a thread that ends with the process."""
        threading.Thread(target=self._poll, daemon=True, name=self._source.handler).start()

    def wait_until_idle(self) -> None:
        """Wait for the current batch; no other starts once `stopping` is set."""
        with self._processing:
            pass

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                messages = receive(self._sqs, self._source, wait_seconds=WAIT_SECONDS)
                with self._processing:
                    if messages and not self._stopping.is_set():
                        process(self._sqs, self._source, self._handle, messages)
            except (BotoCoreError, ClientError) as error:
                log.warning("%s: the queue is unavailable (%s), trying again", self._source.handler, error)
                self._stopping.wait(RETRY_SECONDS)


def poll(configs: Sequence[Any], handle: Handle, stopping: threading.Event) -> None:
    """Process batches from all event sources until `stopping` is set, then finish the current ones."""
    sqs = boto3.client("sqs")
    sources = create_event_sources(configs, sqs, boto3.client("s3"))
    pollers = [SourcePoller(sqs, source, handle, stopping) for source in sources]
    for poller in pollers:
        poller.start()
    log.info("%s: %s", READY_MARKER, _names(sources))
    stopping.wait()
    for poller in pollers:
        poller.wait_until_idle()


def _names(sources: Iterable[EventSource]) -> str:
    return ", ".join(source.handler for source in sources) or "no event sources"
