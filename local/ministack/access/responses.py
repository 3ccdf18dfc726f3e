"""Refusals in the form that AWS clients of each protocol read."""

import json
from http import HTTPStatus
from xml.sax.saxutils import escape

from local.ministack.asgi import Send
from local.signatures.errors import SignatureError
from local.signatures.signing import Request


def cross_site() -> SignatureError:
    """For a request that a page of another origin sent."""
    return SignatureError("AccessDenied", "Pages of other origins may not send this request.")


def not_answered() -> SignatureError:
    """For an operation that the app does not use."""
    return SignatureError("AccessDenied", "This library does not answer this operation.")


async def refuse(send: Send, request: Request, error: SignatureError) -> None:
    """Send the error in the protocol of the request, without CORS headers."""
    content_type, body = _body(request, error)
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", error.code.encode()),
    ]
    await send({"type": "http.response.start", "status": int(error.status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


async def refuse_host(send: Send, status: HTTPStatus) -> None:
    """Send a bare status."""
    body = f"{status.phrase}.\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": int(status), "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})


def _body(request: Request, error: SignatureError) -> tuple[bytes, bytes]:
    if request.header("x-amz-target") is not None:
        return b"application/x-amz-json-1.0", json.dumps({"__type": error.code, "message": error.message}).encode()
    content = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if (request.header("content-type") or "").startswith("application/x-www-form-urlencoded"):
        return b"text/xml", f"<ErrorResponse><Error><Type>Sender</Type>{content}</Error></ErrorResponse>".encode()
    return b"application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{content}</Error>'.encode()
