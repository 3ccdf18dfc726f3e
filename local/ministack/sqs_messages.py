"""SQS: messages are stored in a MessageStore instead of MiniStack's memory, and long polls end when a message arrives.

MiniStack keeps the queues themselves, checks requests and formats responses. It adds messages to the list of a queue;
from there they are moved to the store before the request is answered. Only standard queues are supported.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any

from ministack.services import s3, sqs

from local.database import Database
from local.ministack.asgi import Asgi, Receive, Scope, Send
from local.ministack.message_store import Message, MessageStore
from local.ministack.sqs_limits import check_message, check_receipt_handle, check_receive, check_visibility

Queue = dict[str, Any]
Request = Mapping[str, Any]
Result = dict[str, Any]

RECEIVE_TARGET = b"AmazonSQS.ReceiveMessage"
# Set when the client of the current ReceiveMessage has gone.
_client_gone: ContextVar[asyncio.Event | None] = ContextVar("client_gone", default=None)


class Arrivals:
    """Wakes the long polls of a queue; `notify` may be called from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    def notify(self, queue: str) -> None:
        """Wake every long poll of the queue."""
        for loop, arrived in list(self._waiting.get(queue, ())):
            loop.call_soon_threadsafe(arrived.set)

    @contextmanager
    def listen(self, queue: str) -> Iterator[asyncio.Event]:
        """An event that is set at each arrival during the block."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.setdefault(queue, []).append(entry)
        try:
            yield entry[1]
        finally:
            self._waiting[queue].remove(entry)


class StoredQueues:
    """MiniStack's operations on messages, over a store."""

    def __init__(self, store: MessageStore, arrivals: Arrivals) -> None:
        self._store = store
        self._arrivals = arrivals
        self._adding = RLock()  # from MiniStack's addition to a queue's list until it is stored

    def patch(self) -> None:
        """Replace MiniStack's functions."""
        send, deliver, receive, delete_queue = (
            sqs._act_send_message,
            s3._deliver_event_to_sqs,
            sqs._act_receive_message,
            sqs._act_delete_queue,
        )

        def send_message(data: Request, url: str) -> Result:
            queue = _queue(data, url, "sqs:SendMessage")
            if queue["is_fifo"]:
                raise sqs._Err("UnsupportedOperation", "FIFO queues are not supported.")
            check_message(data, int(queue["attributes"]["MaximumMessageSize"]))
            with self._adding:
                result: Result = send(data, url)
                self._store_new(queue)
            return result

        def deliver_event(arn: str, *arguments: Any, **options: Any) -> None:
            with self._adding:
                deliver(arn, *arguments, **options)
                if queue := sqs._queue_by_arn(arn):
                    self._store_new(queue)

        async def receive_message(data: Request, url: str) -> Result:
            return await self._receive(receive, data, url)

        def delete_whole_queue(data: Request, url: str) -> Result:
            self._store.purge(_arn(_queue(data, url, "sqs:DeleteQueue")))
            result: Result = delete_queue(data, url)
            return result

        s3._deliver_event_to_sqs = deliver_event
        sqs._act_send_message = send_message  # SendMessageBatch calls it
        sqs._collect_msgs = self._collect
        sqs._dlq_sweep = self._move_exhausted
        sqs._expire_retained = lambda _: None
        sqs._refresh_counts = self._refresh_counts
        sqs._delete_messages_for_esm = self._delete_received
        sqs._HANDLERS |= {
            "SendMessage": send_message,
            "ReceiveMessage": receive_message,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": self._delete_batch,
            "ChangeMessageVisibility": self._change_visibility,
            "ChangeMessageVisibilityBatch": self._change_visibility_batch,
            "PurgeQueue": self._purge,
            "DeleteQueue": delete_whole_queue,
        }

    async def _receive(self, receive: Callable[..., Awaitable[Result]], data: Request, url: str) -> Result:
        """ReceiveMessage without MiniStack's polling; ends if the client has gone, so that it takes no message."""
        queue = _queue(data, url, "sqs:ReceiveMessage")
        check_receive(data)
        wait = data.get("WaitTimeSeconds")
        default = queue["attributes"].get("ReceiveMessageWaitTimeSeconds", "0")
        deadline = time.monotonic() + int(default if wait is None else wait)
        gone = _client_gone.get() or asyncio.Event()
        with self._arrivals.listen(_arn(queue)) as arrived:
            while not gone.is_set():
                arrived.clear()
                result = await receive({**data, "WaitTimeSeconds": 0}, url)
                left = deadline - time.monotonic()
                if result or left <= 0:
                    return result
                next_visible = self._store.seconds_until_visible(_arn(queue))
                await _first_of(arrived, gone, timeout=left if next_visible is None else min(left, next_visible))
        return {}

    def _store_new(self, queue: Queue) -> None:
        """Move the messages that MiniStack has added to a queue to the store."""
        with self._adding:
            added: list[Message] = queue["messages"]
            queue["messages"] = []
            if added:
                delay = max(message["visible_at"] - message["sent_at"] for message in added)
                self._store.add(_arn(queue), added, delay)

    def _collect(self, queue: Queue, limit: int, visibility_seconds: float) -> list[Message]:
        self._store_new(queue)
        messages = self._store.receive(_arn(queue), limit, visibility_seconds)
        for message in messages:
            sqs._ensure_msg_fields(message)
        return messages

    def _move_exhausted(self, queue: Queue) -> None:
        policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
        dead_letters = sqs._queue_by_arn(policy.get("deadLetterTargetArn", ""))
        if dead_letters is not None:
            self._store.move_exhausted(_arn(queue), _arn(dead_letters), int(policy["maxReceiveCount"]))

    def _refresh_counts(self, queue: Queue) -> None:
        self._store_new(queue)
        visible, received, delayed = self._store.count(_arn(queue))
        queue["attributes"] |= {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(received),
            "ApproximateNumberOfMessagesDelayed": str(delayed),
        }

    def _delete(self, data: Request, url: str) -> Result:
        """DeleteMessage; an outdated receipt handle has no effect, as in SQS."""
        arn = _arn(_queue(data, url, "sqs:DeleteMessage"))
        check_receipt_handle(data)
        self._store.delete(arn, data["ReceiptHandle"])
        return {}

    def _delete_batch(self, data: Request, url: str) -> Result:
        arn = _arn(_queue(data, url, "sqs:DeleteMessage"))
        sqs._validate_batch_entries(data.get("Entries", []), "DeleteMessageBatchRequestEntry")
        result: Result = {"Successful": [], "Failed": []}
        for entry in data["Entries"]:
            try:
                check_receipt_handle(entry)
                self._store.delete(arn, entry["ReceiptHandle"])
            except sqs._Err as error:
                result["Failed"].append(_failed(entry, error))
            else:
                result["Successful"].append({"Id": entry["Id"]})
        return result

    def _delete_received(self, url: str, receipt_handles: set[str]) -> None:
        """The delete of MiniStack's own Lambda event sources."""
        arn = _arn(sqs._get_q(url))
        for receipt_handle in receipt_handles:
            self._store.delete(arn, receipt_handle)

    def _change_visibility(self, data: Request, url: str) -> Result:
        arn = _arn(_queue(data, url, "sqs:ChangeMessageVisibility"))
        check_visibility(data)
        if not self._store.change_visibility(arn, data.get("ReceiptHandle", ""), int(data["VisibilityTimeout"])):
            raise sqs._Err("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        return {}

    def _change_visibility_batch(self, data: Request, url: str) -> Result:
        sqs._validate_batch_entries(data.get("Entries", []), "ChangeMessageVisibilityBatchRequestEntry")
        result: Result = {"Successful": [], "Failed": []}
        for entry in data["Entries"]:
            try:
                self._change_visibility({**entry, "QueueUrl": data.get("QueueUrl", url)}, url)
            except sqs._Err as error:
                result["Failed"].append(_failed(entry, error))
            else:
                result["Successful"].append({"Id": entry["Id"]})
        return result

    def _purge(self, data: Request, url: str) -> Result:
        self._store.purge(_arn(_queue(data, url, "sqs:PurgeQueue")))
        return {}


def patch_queues(database: Database) -> None:
    """Keep the messages of all queues in this database."""
    arrivals = Arrivals()
    StoredQueues(MessageStore(database, arrivals.notify), arrivals).patch()


def notice_disconnects(app: Asgi) -> Asgi:
    """The app, whose long polls learn when their client has gone: a killed poller must not receive a message."""

    async def wrapped_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or dict(scope["headers"]).get(b"x-amz-target") != RECEIVE_TARGET:
            await app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        gone = asyncio.Event()

        async def read() -> MutableMapping[str, Any]:
            if messages:
                return messages.pop(0)
            await gone.wait()
            return {"type": "http.disconnect"}

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            gone.set()

        watching = asyncio.create_task(watch())
        token = _client_gone.set(gone)
        try:
            await app(scope, read, send)
        finally:
            _client_gone.reset(token)
            watching.cancel()

    return wrapped_app


async def _first_of(*events: asyncio.Event, timeout: float) -> None:
    """Wait until one of the events is set, at most `timeout` seconds."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _queue(data: Request, url: str, action: str) -> Queue:
    queue: Queue = sqs._get_q(data.get("QueueUrl", url), action)
    return queue


def _failed(entry: Request, error: Any) -> Result:
    """An entry of a batch that was refused."""
    return {"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True}


def _arn(queue: Queue) -> str:
    return str(queue["attributes"]["QueueArn"])
