"""Saves the small state of the services before the response to the request that changed it.

Which state a request changes is not declared anywhere, and a forgotten operation would lose data. So it is the other
way round: known operations on items, objects and messages (stored in databases) and known reads cost nothing; after all
others, the state is serialized and compared with the saved one.
"""

import asyncio
import hashlib
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs

from local.disk_space import FULL_DISK, is_full_disk_error
from local.log_lines import log_line
from local.ministack.access.responses import refuse
from local.ministack.asgi import Asgi, Message, Receive, Scope, Send
from local.ministack.state_file import StateFile
from local.signatures.errors import SignatureError
from local.signatures.signing import Request

type Serialize = Callable[[], bytes]

# As in `X-Amz-Target: DynamoDB_20120810.Query`.
READ_PREFIXES = ("Describe", "Get", "List")
DATA_OPERATIONS = {
    "DynamoDB_20120810": {
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
    },
    "AmazonSQS": {
        *("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch"),
        *("ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "PurgeQueue"),
    },
}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Pages whose GET changes state: hosted sign-in, and links in emails.
STATEFUL_PAGES = ("/oauth2/", "/login", "/logout", "/confirmation.html")


class StateSaver:
    """Saves each file's state when it has changed."""

    def __init__(self, files: dict[StateFile, Serialize], is_incomplete: Callable[[], bool]) -> None:
        self._files = files
        self._is_incomplete = is_incomplete
        self._saved: dict[StateFile, bytes] = {}
        self._lock = asyncio.Lock()

    async def save(self) -> None:
        """Save what has changed; requests that come meanwhile share the next save. Raises OSError."""
        async with self._lock:
            if self._is_incomplete():
                return
            for file, serialize in self._files.items():
                payload = serialize()  # in the event loop, so that no request is half processed in it
                digest = hashlib.sha256(payload).digest()
                if digest != self._saved.get(file):
                    await asyncio.to_thread(file.write, payload)
                    self._saved[file] = digest


def save_before_response(app: Asgi, saver: StateSaver) -> Asgi:
    """The app, with changes saved before each response starts; 507 if they can't be saved."""

    async def saving_app(scope: Scope, receive: Receive, send: Send) -> None:
        if not may_change_state(scope):
            await app(scope, receive, send)
            return
        failed = False

        async def save_and_send(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                try:
                    await saver.save()
                except OSError as error:
                    failed = True
                    log_line(f"state not saved: {error}")
                    await refuse(send, _request(scope), _storage_error(error))
            if not failed:
                await send(message)

        await app(scope, receive, save_and_send)

    return saving_app


def may_change_state(scope: Scope) -> bool:
    """Whether a request may change state that is not in a database."""
    if scope["type"] != "http":
        return False
    headers: dict[bytes, bytes] = dict(scope["headers"])
    path: str = scope["path"]
    if scope["method"] in SAFE_METHODS:
        return path.startswith(STATEFUL_PAGES)
    if target := headers.get(b"x-amz-target"):
        service, _, operation = target.decode("ascii", "replace").partition(".")
        is_read = operation.removeprefix("Admin").startswith(READ_PREFIXES)
        return not (is_read or operation in DATA_OPERATIONS.get(service, ()))
    return not _is_object_request(scope, headers)


def _is_object_request(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether S3 gets or changes objects: of one key, with a form, or several at once."""
    query = parse_qs(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
    bucket, _, key = scope["path"].lstrip("/").partition("/")
    if not key:
        is_form = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        return bool(bucket) and scope["method"] == "POST" and (is_form or "delete" in query)
    credential = query.get("X-Amz-Credential", [""])[0].encode() or headers.get(b"authorization", b"")
    return b"/s3/aws4_request" in credential


def _request(scope: Scope) -> Request:
    query: bytes = scope["query_string"]
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    return Request(scope["method"], scope["path"], query.decode("latin-1"), headers)


def _storage_error(error: OSError) -> SignatureError:
    message = FULL_DISK if is_full_disk_error(error) else "The change could not be saved to disk."
    return SignatureError("InsufficientStorage", message, HTTPStatus.INSUFFICIENT_STORAGE)
