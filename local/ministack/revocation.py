"""The revocation endpoint of the hosted sign-in (RFC 7009), which MiniStack 1.5 lacks: signing out revokes a token."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.services import cognito

from local.ministack.access.browsers import REVOCATION_ENDPOINT, TOKEN_ENDPOINT
from local.ministack.asgi import Asgi, Receive, Scope, Send

type Response = tuple[int, Mapping[str, str], bytes]
type Token = Callable[..., Response]


def serve_revocations(app: Asgi) -> Asgi:
    """The app with revocations at their path; MiniStack gets them as requests for tokens, as it has no such path."""

    async def app_with_revocations(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == REVOCATION_ENDPOINT:
            scope = {**scope, "path": TOKEN_ENDPOINT, "raw_path": TOKEN_ENDPOINT.encode()}
        await app(scope, receive, send)

    return app_with_revocations


def patch_token(issue: Token) -> Token:
    """MiniStack's requests for tokens, and revocations: those have a token instead of a grant type."""

    def patched(data: Mapping[str, Any], query: Mapping[str, Any], body: bytes = b"", headers: Any = None) -> Response:
        form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
        if "grant_type" in form or "token" not in form:
            return issue(data, query, body, headers)
        if cognito._find_pool_by_client_id(form.get("client_id", ""))[2] is None:
            error: Response = cognito._oauth2_error("invalid_client", "Client not found.")
            return error
        cognito._revoke_token({"Token": form["token"]})
        return 200, {"Content-Type": "application/json"}, b""

    return patched
