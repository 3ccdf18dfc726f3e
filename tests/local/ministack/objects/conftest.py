"""Objects served in this process: an ASGI client, and buckets that record their events."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from local.ministack.objects.app import ObjectsApp
from local.ministack.objects.opening import open_storage
from local.ministack.objects.storage import Storage
from tests.support.event_loop import run_coroutine

PLAIN, VERSIONED, SUSPENDED = "plain", "versioned", "suspended"
MIN_PART_BYTES = 1000  # instead of 5 MB, so that tests are fast
SECRETS = {"local": "secret"}
type Message = MutableMapping[str, Any]


@dataclass
class FakeBuckets:
    """Three buckets; `events` are those that were sent."""

    versionings: dict[str, str] = field(
        default_factory=lambda: {PLAIN: "", VERSIONED: "Enabled", SUSPENDED: "Suspended"}
    )
    events: list[tuple[str, str, str, int]] = field(default_factory=list)
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def exists(self, bucket: str) -> bool:
        return bucket in self.versionings

    def versioning(self, bucket: str) -> str:
        return self.versionings[bucket]

    def lifecycle_rules(self, bucket: str) -> list[dict[str, Any]]:
        return self.rules.get(bucket, [])

    def cors_preflight(self, bucket: str, key: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        return 403, {}, b""

    def cors_headers(self, bucket: str, method: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        return {"Access-Control-Allow-Origin": headers["origin"]} if "origin" in headers else {}

    def notify(self, bucket: str, key: str, event: str, *, size: int, etag: str, version_id: str) -> None:
        self.events.append((bucket, key, event.removeprefix("s3:"), size))


@dataclass
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def code(self) -> str:
        """The code of an error."""
        return self.text("Code")

    def text(self, path: str) -> str:
        """The text of an XML element."""
        return self.texts(path)[0]

    def texts(self, path: str) -> list[str]:
        """The text of each XML element with this path below the root, namespaces aside."""
        data = self.data.replace(b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', b"")
        root = ElementTree.fromstring(data)  # noqa: S314 (our own response)
        return [element.text or "" for element in root.findall(path)]


@dataclass
class S3Client:
    """Calls the app as the server does; every request is signed, as far as the app is concerned."""

    storage: Storage
    buckets: FakeBuckets
    app: ObjectsApp

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        *,
        signature: object = "verified",
        complete: bool = True,
        stays: bool | None = None,
        on_send: Callable[[Message], None] = lambda _: None,
    ) -> Answer:
        """One request; a sequence is sent piece by piece. Status 0: the client went away before its end.

        The client stays until it has the response if its request is complete.
        """
        stays = complete if stays is None else stays
        pieces = [body] if isinstance(body, bytes) else list(body)
        raw_path, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": raw_path,
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "tintype.signature": signature,
        }
        messages = [
            {"type": "http.request", "body": piece, "more_body": number < len(pieces) or not complete}
            for number, piece in enumerate(pieces, 1)
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            if stays and not messages:
                await asyncio.Event().wait()
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            on_send(message)
            sent.append(message)

        run_coroutine(lambda: self.call(scope, receive, send))
        if not sent:
            return Answer(0, {}, b"")
        found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))

    async def call(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await self.app(scope, receive, send)

    def put(self, bucket: str, key: str, data: bytes | Sequence[bytes] = b"data", **headers: str) -> Answer:
        """PutObject; underscores in the names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("PUT", f"/{bucket}/{quote(key)}", data, named)

    def get(self, bucket: str, key: str, query: str = "", **headers: str) -> Answer:
        """GetObject."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", f"/{bucket}/{quote(key)}?{query}", headers=named)

    def files(self) -> list[Path]:
        """All files below the directory but the index."""
        root = self.storage.files.path("x00").parent.parent.parent
        return [path for path in root.rglob("*") if path.is_file() and not path.name.startswith("objects.sqlite")]


def md5(data: bytes) -> "hashlib._Hash":
    """The digest in ETags."""
    return hashlib.md5(data, usedforsecurity=False)


async def ministack(_scope: Message, _receive: object, send: Callable[[Message], Awaitable[None]]) -> None:
    """The app behind."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"MiniStack"})


def open_client(root: Path, *, reserve: int = 0) -> S3Client:
    """A client of the objects in a directory."""
    buckets = FakeBuckets()
    storage = open_storage(root, root.parent / "damaged", buckets, reserve=reserve)
    storage = replace(storage, min_part_bytes=MIN_PART_BYTES)
    return S3Client(storage, buckets, ObjectsApp(ministack, storage, lambda: SECRETS))


def close_client(client: S3Client) -> None:
    """End its threads and close its files."""
    client.app.close()
    client.storage.connections.close()


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[S3Client]:
    """Empty buckets."""
    client = open_client(tmp_path / "objects")
    yield client
    close_client(client)
