"""The last check, right in front of MiniStack: what it answers without a signature.

MiniStack serves whatever a request asks for by target, `Action` or credential scope if no path matches. So an unsigned
request reaches it only if it is exactly one that MiniStack serves by its path, whatever else let it pass before.
"""

from collections.abc import Callable

from local.ministack.access.browsers import SIGN_IN_FORMS, TOKEN_ENDPOINT
from local.ministack.access.requests import request_of
from local.ministack.access.responses import not_answered, refuse
from local.ministack.asgi import Asgi, Receive, Scope, Send
from local.signatures.signing import Request

PAGES = frozenset({"/oauth2/authorize", "/logout"})
FORMS = SIGN_IN_FORMS | {TOKEN_ENDPOINT}
KEYS_SUFFIX = "/.well-known/jwks.json"
SERVICE_HEADERS = frozenset({"authorization", "x-amz-target"})


def only_sign_in_unsigned(app: Asgi, is_pool: Callable[[str], bool]) -> Asgi:
    """The app, refusing unsigned requests but those of the hosted sign-in; `is_pool` knows the ids of user pools."""

    async def guarded_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("tintype.signature") is None:
            request = request_of(scope)
            if not is_sign_in(request, is_pool):
                await refuse(send, request, not_answered())
                return
        await app(scope, receive, send)

    return guarded_app


def is_sign_in(request: Request, is_pool: Callable[[str], bool]) -> bool:
    """Whether MiniStack serves the request by its path, as part of signing in."""
    if any(name in SERVICE_HEADERS for name, _ in request.headers):
        return False
    match request.method:
        case "POST":
            return request.path in FORMS and not request.query_string
        case "GET" if request.path.endswith(KEYS_SUFFIX):
            return not request.query_string and is_pool(request.path.removesuffix(KEYS_SUFFIX).removeprefix("/"))
        case "GET":
            return request.path in PAGES
        case _:
            return False
