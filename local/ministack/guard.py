"""The guard before MiniStack: closes what would erase the library, and notes which calls may change it.

`/_ministack/reset` needs no credentials, takes posts from any page in the same browser and erases the disk.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

# `X-Amz-Target: DynamoDB_20120810.Query`: the verbs that only look. A received message is hidden for a while, no more.
ONLY_LOOKS = re.compile(rb"\.(BatchGet|Describe|Get|List|Query|ReceiveMessage|Scan|TransactGet)")


def guarded(app: Asgi, changed: Callable[[], None]) -> Asgi:
    """The same app, its erasing endpoints closed; `changed` is told after each call that may have changed something."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["path"].startswith("/_ministack/") and scope["method"] != "GET":
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"closed in the local library\n"})
        else:
            await app(scope, receive, send)
            if may_change(scope):
                changed()

    return guard


def may_change(scope: Scope) -> bool:
    """Whether a call, by its method and target, can leave anything changed."""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return False
    target = dict(scope["headers"]).get(b"x-amz-target", b"")
    return not ONLY_LOOKS.search(target)
