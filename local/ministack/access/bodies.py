"""Bodies on their way to the services: read whole and hashed, or checked piece by piece while they are read."""

import hashlib
from collections.abc import MutableMapping
from http import HTTPStatus

from local.ministack.asgi import Message, Receive, Scope
from local.signatures.errors import PayloadError, SignatureError
from local.signatures.payload import STREAMING, Payload
from local.signatures.signing import Request

MAX_UNSIGNED_BYTES = 64 << 10  # of a form to sign in: anybody may send one
# Of a signed request, by service, with room for what JSON and forms escape: DynamoDB's largest request has 16 MB, a
# batch of SQS 1 MB, which is 3 MB if each letter is escaped, and all others are smaller. Whether a signature is right
# is known only once the body is read.
MAX_SIGNED_BYTES = {"dynamodb": 17 << 20, "sqs": 4 << 20}
MAX_OTHER_SIGNED_BYTES = 2 << 20
# Headers that describe the chunks; what follows here receives the content.
CHUNK_HEADERS = {b"x-amz-content-sha256", b"x-amz-decoded-content-length", b"x-amz-trailer"}


async def read_unsigned_body(request: Request, receive: Receive) -> bytes:
    """The whole body of a request without a signature; raises SignatureError if it is too large."""
    return await _read_body(request, receive, MAX_UNSIGNED_BYTES, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


async def read_signed_body(request: Request, receive: Receive, service: str) -> bytes:
    """The whole body of a request to this service; raises SignatureError if it is too large."""
    limit = MAX_SIGNED_BYTES.get(service, MAX_OTHER_SIGNED_BYTES)
    return await _read_body(request, receive, limit, HTTPStatus.BAD_REQUEST)


async def _read_body(request: Request, receive: Receive, limit: int, too_large: HTTPStatus) -> bytes:
    error = SignatureError("RequestEntityTooLarge", "The body is too large.", too_large)
    if int(request.header("content-length") or 0) > limit:
        raise error
    parts, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise PayloadError("RequestTimeout", "The client has gone.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise error
        more = message.get("more_body", False)
    return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """A channel with the body that has been read, then with what follows on `receive`: the client's disconnect."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def checked(receive: Receive, payload: Payload, length: int | None, trailers: MutableMapping[str, str]) -> Receive:
    """A channel with the payload's content; the last message comes only once all of it has been checked.

    Raises PayloadError for a wrong body and fills in `trailers` at its end. `length` is that of the content, if known.
    """
    received = 0

    async def receive_checked() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] != "http.request":
            return message
        content = payload.feed(message.get("body", b""))
        received += len(content)
        if not message.get("more_body", False):
            trailers.update(payload.finish())
            if length is not None and received != length:
                raise PayloadError("IncompleteBody", "The body does not have the declared length.")
        return {**message, "body": content}

    return receive_checked


def content_scope(scope: Scope, declared: str) -> tuple[Scope, int | None]:
    """The scope and the length of a body once its chunks are decoded; unchanged if it has none."""
    if not declared.startswith(STREAMING):
        return scope, None
    headers = dict(scope["headers"])
    length = headers.get(b"x-amz-decoded-content-length", b"")
    if not length.isdigit():
        raise PayloadError("MissingContentLength", "x-amz-decoded-content-length is required.")
    encodings = [each.strip() for each in headers.get(b"content-encoding", b"").split(b",")]
    headers_left = [
        (name, value)
        for name, value in scope["headers"]
        if name not in CHUNK_HEADERS | {b"content-encoding", b"content-length", b"transfer-encoding"}
    ]
    rest = b", ".join(each for each in encodings if each not in {b"", b"aws-chunked"})
    headers_left += [(b"content-length", length), *([(b"content-encoding", rest)] if rest else [])]
    return {**scope, "headers": headers_left}, int(length)


def sha256(body: bytes) -> str:
    """The hash of a body that was read whole, as signatures name it."""
    return hashlib.sha256(body).hexdigest()
