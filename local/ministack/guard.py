"""Request guard: blocks MiniStack's destructive endpoints.

`/_ministack/reset` needs no credentials, accepts POST requests from any web page in the same browser and deletes all
data.
"""

from local.ministack.asgi import Asgi, Receive, Scope, Send


def guard(app: Asgi) -> Asgi:
    """The app without its destructive endpoints."""

    async def guarded_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["path"].startswith("/_ministack/") and scope["method"] != "GET":
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"forbidden in the local library\n"})
        else:
            await app(scope, receive, send)

    return guarded_app
