import re
from base64 import b64decode
from typing import Any

from local.ministack.asgi import Receive, Scope, Send
from local.ministack.pages import ICON, patch_login_submit, render_page, render_sign_in, serve_icon
from tests.support.event_loop import run_coroutine


def test_page_has_language_title_and_heading_and_asks_for_nothing() -> None:
    page = render_page("Nothing to <confirm>", "<p>Text.</p>")
    assert '<html lang="en">' in page
    assert "<title>Nothing to &lt;confirm&gt; · Tintype</title>" in page
    assert "<h1>Nothing to &lt;confirm&gt;</h1>\n<p>Text.</p>" in page
    (icon,) = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    assert b64decode(icon.removeprefix("data:image/svg+xml;base64,")) == ICON


def test_sign_in_page_announces_errors() -> None:
    page = render_sign_in("Sign in", "Sign in", '<div class="error">Incorrect.</div><form></form>')
    assert '<div class="error" role="alert">Incorrect.</div><form></form>' in page
    assert "ministack" not in page.lower()


FORM = (
    '<label for="username">Username</label><input name="username" autocomplete="username" required autofocus>'
    '<input type="password" autocomplete="current-password" required>'
)


def test_user_name_stays_after_a_wrong_password() -> None:
    content = render_sign_in("Sign in", "Sign in", f'<div class="error">Incorrect username or password.</div>{FORM}')
    assert "Incorrect user name or password." in content
    submit = patch_login_submit(lambda *_: (200, {}, content.encode()))
    status, _, page = submit("POST", "/login", {}, b"username=%3Ca%22%3E%40b&password=x", {})
    assert status == 200
    assert (
        b'>User name</label><input name="username" value="&lt;a&quot;&gt;@b" autocomplete="username" required>' in page
    )
    assert b'autocomplete="current-password" autofocus required>' in page
    assert submit("POST", "/login", {}, b"password=x", {})[2] == content.encode()


def get(method: str, path: str) -> list[Any]:
    """What the client gets for this request."""
    sent: list[Any] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send("from the app")  # type: ignore[arg-type]

    async def receive() -> Any:
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    async def request() -> None:
        await serve_icon(app)({"type": "http", "method": method, "path": path}, receive, send)

    run_coroutine(request)
    return sent


def test_icon_is_served_at_the_path_that_browsers_ask_for() -> None:
    start, body = get("GET", "/favicon.ico")
    assert (start["status"], body["body"]) == (200, ICON)
    assert dict(start["headers"])[b"content-type"] == b"image/svg+xml"
    assert get("HEAD", "/favicon.ico")[1]["body"] == b""
    assert get("POST", "/favicon.ico") == get("GET", "/") == ["from the app"]
