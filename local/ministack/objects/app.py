"""The ASGI middleware: object operations are served here, all other requests by MiniStack.

The server's loop only passes blocks on. Everything that hashes, writes, syncs or queries runs in a pool of threads.
"""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from local.ministack.asgi import Asgi, Receive, Scope, Send
from local.ministack.objects.asgi import BodyReader, ClientDisconnected, send_response
from local.ministack.objects.errors import PRE_DATA_TOO_LARGE, S3Error, access_denied
from local.ministack.objects.requests import Request, parse_request
from local.ministack.objects.responses import Response, error_response
from local.ministack.objects.routing import FORM, Operation, Simple, StartReceiver, Streaming, WithXml, find_operation
from local.ministack.objects.storage import Storage
from local.ministack.objects.writing import Receiver

THREADS = 24
MAX_XML_BYTES = 4 * 1024 * 1024


class ObjectsApp:
    """Serves objects in front of `app`; `secrets` returns the valid secret keys by access key, for signed forms."""

    def __init__(self, app: Asgi, storage: Storage, secrets: Callable[[], Mapping[str, str]]) -> None:
        self._app = app
        self._storage = storage
        self._secrets = secrets
        self._threads = ThreadPoolExecutor(THREADS, "objects")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or not self._storage.buckets.exists(_first_segment(scope["path"])):
            await self._app(scope, receive, send)
            return
        body = BodyReader(scope, receive)
        cors: Mapping[str, str] = {}
        try:
            request = parse_request(scope).with_hoisted_headers()
            if request.method == "OPTIONS":
                response = Response(*self._storage.buckets.cors_preflight(request.bucket, request.key, request.headers))
            elif (operation := find_operation(request)) is None:
                await self._app(scope, receive, send)
                return
            else:
                cors = self._storage.buckets.cors_headers(request.bucket, request.method, request.headers)
                if operation != FORM and not scope.get("tintype.signature"):
                    raise access_denied()
                response = await self._serve(operation, request, body)
        except S3Error as error:
            if error.code != PRE_DATA_TOO_LARGE:  # no uploader sends so much: its end is not awaited
                with suppress(ClientDisconnected):
                    await body.drain()
            response = error_response(error, scope["path"], head=scope["method"] == "HEAD")
        except ClientDisconnected:
            return
        await send_response(receive, send, response, cors, self.run)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    async def run[T](self, function: Callable[..., T], *arguments: object) -> T:
        """Call a function in a thread, with the context of this request."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, function, *arguments)

    async def _serve(self, operation: Operation, request: Request, body: BodyReader) -> Response:
        match operation:
            case Simple(run):
                await body.read_all(0)
                return await self.run(run, self._storage, request)
            case WithXml(run_with_xml):
                return await self.run(run_with_xml, self._storage, request, await body.read_all(MAX_XML_BYTES))
            case Streaming(start):
                return await self._stream(start, request, body)

    async def _stream(self, start: StartReceiver, request: Request, body: BodyReader) -> Response:
        """Pass the body on in blocks; a small one is received and stored in one go."""
        block = await body.read_block()
        if not body.more:
            return await self.run(
                _receive_whole, start, self._storage, request, self._secrets(), block, body.trailers()
            )
        receiver: Receiver = await self.run(start, self._storage, request, self._secrets())
        try:
            await self.run(receiver.feed, block)
            while body.more:
                block = await body.read_block()
                await self.run(receiver.feed, block)
            return await self.run(receiver.finish, body.trailers())
        finally:
            await asyncio.shield(self.run(receiver.close))


def _receive_whole(
    start: StartReceiver,
    storage: Storage,
    request: Request,
    secrets: Mapping[str, str],
    body: bytes,
    trailers: Mapping[str, str],
) -> Response:
    receiver = start(storage, request, secrets)
    try:
        receiver.feed(body)
        return receiver.finish(trailers)
    finally:
        receiver.close()


def _first_segment(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]
