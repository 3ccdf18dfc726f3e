"""Request guard: blocks MiniStack's destructive endpoints and reports which requests may change state.

`/_ministack/reset` needs no credentials, accepts POST requests from any web page in the same browser and deletes all
data.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

# Read-only operations, as in `X-Amz-Target: DynamoDB_20120810.Query`. Receiving a message only hides it temporarily.
READ_ONLY = re.compile(rb"\.(BatchGet|Describe|Get|List|Query|ReceiveMessage|Scan|TransactGet)")


def guard(app: Asgi, on_change: Callable[[], None]) -> Asgi:
    """The app without its destructive endpoints; calls `on_change` after each request that may have changed state."""

    async def guarded_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["path"].startswith("/_ministack/") and scope["method"] != "GET":
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"forbidden in the local library\n"})
        else:
            await app(scope, receive, send)
            if may_change(scope):
                on_change()

    return guarded_app


def may_change(scope: Scope) -> bool:
    """Whether a request with this method and target can change state."""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return False
    target = dict(scope["headers"]).get(b"x-amz-target", b"")
    return not READ_ONLY.search(target)
