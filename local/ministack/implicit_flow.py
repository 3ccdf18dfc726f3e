"""The hosted sign-in's implicit flow (RFC 6749, 4.2), which MiniStack 1.5 lacks, and its address `/login`.

The Photo Asset Manager's client signs in this way: its tokens come back in the fragment of its own URL.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from ministack.services import cognito

from local.ministack.asgi import Asgi, Receive, Scope, Send

AUTHORIZE = "/oauth2/authorize"
LOGIN = "/login"
IMPLICIT = "implicit"
RESPONSE_TYPE = "token"

type Query = Mapping[str, list[str]]
type Response = tuple[int, Mapping[str, str], bytes]
type Authorize = Callable[[str, str, Mapping[str, str], Query], Response]
type Redirect = Callable[..., Response]


def serve_login(app: Asgi) -> Asgi:
    """The app with the sign-in page at `/login` too, as Cognito has it."""

    async def app_with_login(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == LOGIN:
            scope = {**scope, "path": AUTHORIZE, "raw_path": AUTHORIZE.encode()}
        await app(scope, receive, send)

    return app_with_login


def patch_authorize(authorize: Authorize) -> Authorize:
    """MiniStack's sign-in page, also for `response_type=token` of clients with the implicit flow."""

    def patched(method: str, path: str, headers: Mapping[str, str], query: Query) -> Response:
        if _first(query, "response_type") != RESPONSE_TYPE:
            return authorize(method, path, headers, query)
        client_id, redirect_uri, scope, state, nonce = (
            _first(query, name) for name in ("client_id", "redirect_uri", "scope", "state", "nonce")
        )
        _, _, client = cognito._find_pool_by_client_id(client_id)
        if client is None:
            return _error("invalid_client", f"Client {client_id} not found.")
        if IMPLICIT not in client.get("AllowedOAuthFlows", []):
            return _error("unauthorized_client", "Client is not allowed to use the implicit flow.")
        if redirect_uri not in client.get("CallbackURLs", []):
            return _error("redirect_mismatch", f"redirect_uri is not allowed: {redirect_uri}")
        if scope and set(scope.split()) - set(client.get("AllowedOAuthScopes", [])):
            return _to_client(redirect_uri, {"error": "invalid_scope"}, state)
        page = cognito._login_page_html(client_id, redirect_uri, scope, state, RESPONSE_TYPE, nonce=nonce)
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()

    return patched


def patch_redirect(redirect: Redirect) -> Redirect:
    """MiniStack's redirect after a sign-in; tokens are in its fragment if the client has the implicit flow only."""

    def patched(
        client_id: str, pool_id: str, redirect_uri: str, scope: str, username: str, nonce: str, *rest: str
    ) -> Response:
        _, pool, client = cognito._find_pool_by_client_id(client_id)
        if client is None or client.get("AllowedOAuthFlows") != [IMPLICIT]:
            return redirect(client_id, pool_id, redirect_uri, scope, username, nonce, *rest)
        if redirect_uri not in client.get("CallbackURLs", []):
            return _error("redirect_mismatch", f"redirect_uri is not allowed: {redirect_uri}")
        scopes = cognito._granted_scopes(client, scope)
        result = cognito._build_auth_result(
            pool_id,
            client_id,
            pool["_users"][username],
            nonce=nonce,
            trigger_source="TokenGeneration_HostedAuth",
            scope=scopes,
        )
        tokens = {"id_token": result["IdToken"]} if cognito._id_token_granted(scopes) else {}
        tokens |= {"access_token": result["AccessToken"]}
        return _to_client(
            redirect_uri, tokens | {"expires_in": str(result["ExpiresIn"]), "token_type": "Bearer"}, rest[-1]
        )

    return patched


def _error(code: str, description: str) -> Response:
    response: Response = cognito._oauth2_error(code, description)
    return response


def _to_client(redirect_uri: str, fragment: Mapping[str, str], state: str) -> Response:
    location = f"{redirect_uri}#{urlencode(fragment)}"
    if state:
        location += f"&state={quote(state)}"
    return 302, {"Location": location, "Cache-Control": "no-store"}, b""


def _first(query: Query, name: str) -> str:
    return next(iter(query.get(name, [])), "")
