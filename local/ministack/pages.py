"""Pages of the services in Tintype's look: the hosted sign-in, what links in emails open, and their icon.

MiniStack's own pages have its name and colors, and no icon.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs

from local.data_dir import PROJECT
from local.ministack.asgi import Asgi, Receive, Scope, Send

type Query = Mapping[str, Any]
type Response = tuple[int, Mapping[str, str], bytes]
type Submit = Callable[[str, str, Mapping[str, str], bytes, Query], Response]

ICON_PATH = "/favicon.ico"
ICON = (PROJECT / "web" / "public" / "icon.svg").read_bytes()
PASSWORD = 'autocomplete="current-password"'  # noqa: S105 (an attribute of its input)
SIGN_IN_TEXTS = {
    '<div class="error">': '<div class="error" role="alert">',
    ">Username<": ">User name<",
    "Incorrect username or password.": "Incorrect user name or password.",
}
# The colors of web/src/styles/tokens.css.
STYLE = """
:root { color-scheme: light dark; --background: #fbfbfa; --surface: #ffffff; --border: #dfe1e4;
  --border-strong: #85898f; --text: #17181b; --text-inverse: #ffffff; --text-hover: #34363c; --accent: #b81f52 }
@media (prefers-color-scheme: dark) { :root { --background: #111214; --surface: #1b1c1f; --border: #2c2e33;
  --border-strong: #7f848c; --text: #f2f2f3; --text-inverse: #17181b; --text-hover: #d5d7da; --accent: #ff7fa3 } }
* { box-sizing: border-box }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 16px; background: var(--background);
  color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
main { width: 100%; max-width: 400px; padding: 24px; border: 1px solid var(--border); border-radius: 18px;
  background: var(--surface); overflow-wrap: anywhere }
.brand { display: flex; align-items: center; gap: 10px; margin: 0; font-weight: 600 }
h1 { margin: 20px 0 16px; font-size: 1.5rem; line-height: 1.25 }
label { display: block; margin-bottom: 4px; font-weight: 600 }
input, button { width: 100%; min-height: 44px; border-radius: 10px; font: inherit }
input { margin-bottom: 16px; padding: 8px 12px; border: 1px solid var(--border-strong); background: var(--background);
  color: inherit }
button { margin-top: 4px; padding: 8px 12px; border: 1px solid transparent; background: var(--text);
  color: var(--text-inverse); font-weight: 600; cursor: pointer }
button:hover { background: var(--text-hover) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
@media (prefers-color-scheme: dark) { .brand img { filter: drop-shadow(0 0 1px var(--border-strong)) } }
.error { margin-bottom: 16px; color: var(--accent); font-weight: 600 }
"""


def render_page(title: str, content: str) -> str:
    """The HTML of a page with this title, and HTML as its content."""
    icon = f"data:image/svg+xml;base64,{b64encode(ICON).decode()}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{escape(title)} · Tintype</title><link rel="icon" href="{icon}"><style>{STYLE}</style></head>\n'
        f'<body><main><p class="brand"><img src="{icon}" alt="" width="32" height="32">Tintype</p>\n'
        f"<h1>{escape(title)}</h1>\n{content}\n</main></body></html>\n"
    )


def render_sign_in(_title: str, heading: str, content: str) -> str:
    """A page of the hosted sign-in, as MiniStack calls it: its forms are the content, and its errors are announced."""
    for text, replacement in SIGN_IN_TEXTS.items():
        content = content.replace(text, replacement)
    return render_page(heading, content)


def patch_login_submit(submit: Submit) -> Submit:
    """MiniStack's handling of the sign-in form; the page after a wrong password has the user name."""

    def patched(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Query) -> Response:
        status, response_headers, page = submit(method, path, headers, body, query)
        (name, *_) = parse_qs(body.decode(errors="replace")).get("username", [""])
        return status, response_headers, fill_user_name(page.decode(), name).encode() if name else page

    return patched


def fill_user_name(page: str, name: str) -> str:
    """The sign-in page with a user name, and the focus in the password."""
    filled = page.replace('name="username"', f'name="username" value="{escape(name)}"')
    return filled.replace(" autofocus>", ">").replace(PASSWORD, f"{PASSWORD} autofocus")


def serve_icon(app: Asgi) -> Asgi:
    """The app with the icon that browsers ask for themselves."""

    async def app_with_icon(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != ICON_PATH or scope["method"] not in {"GET", "HEAD"}:
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"image/svg+xml"), (b"content-length", b"%d" % len(ICON))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": ICON if scope["method"] == "GET" else b""})

    return app_with_icon
