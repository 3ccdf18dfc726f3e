"""The page server: the built page as a host would serve it, what it must know of its library, and the inbox.

A process of its own: `python -m local.site.page --port … --api … --services …`.
"""

import argparse
import gzip
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from local import lifeline
from local.data_dir import PROJECT
from local.ports import HOST
from local.provision import parameter
from local.services import Services
from local.site import inbox

BUILT = PROJECT / "web" / "dist"
PARTS = Path(__file__).parent / "static"
UNCHANGING = "public, max-age=31536000, immutable"  # what the build names by its content
FRESH = "no-cache"
KINDS = {".webmanifest": "application/manifest+json"}  # not every machine's list of types has it
UNBUILT = "The page is not built yet: `make run` builds it.\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address holds."""

    body: bytes
    kind: str
    caching: str = FRESH
    status: HTTPStatus = HTTPStatus.OK

    def is_text(self) -> bool:
        """Whether it is worth packing; what is an image is packed already."""
        return not self.kind.startswith("image/") or self.kind.startswith("image/svg")


@dataclass(frozen=True, slots=True)
class Site:
    """Everything at PORT+1."""

    built: Path
    config: Mapping[str, Any]
    services: Services

    def at(self, path: str) -> Answer:
        """What is served at a path; the one-page app keeps its places in the query, so only `/` is its."""
        match path:
            case "/":
                return self._file(self.built / "index.html") or _text(UNBUILT)
            case "/config.json":
                return Answer(json.dumps(self.config).encode(), "application/json")
            case "/inbox":
                return Answer(inbox.page(inbox.messages(self.services)).encode(), "text/html; charset=utf-8")
            case "/inbox.css" | "/inbox.js":
                found = self._file(PARTS / path[1:])
            case _:
                wanted = (self.built / path.lstrip("/")).resolve()
                found = self._file(wanted) if wanted.is_relative_to(self.built.resolve()) else None
        return found or _text("There is nothing here.\n")

    def policy(self) -> str:
        """The content security policy: nothing but the page's own files, the API and the local cloud."""
        api, services = self.config["api"], self.services.endpoint
        return "; ".join(
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                f"img-src 'self' blob: data: {services}",
                "manifest-src 'self'",
                f"connect-src 'self' {api} {services}",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ]
        )

    def _file(self, path: Path) -> Answer | None:
        if not path.is_file():
            return None
        kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        return Answer(path.read_bytes(), kind, UNCHANGING if path.parent.name == "assets" else FRESH)


def config(services: Services, api: int, page: int) -> dict[str, Any]:
    """What the page must know of its library; the sign-in is MiniStack's, with the addresses of Cognito's."""
    ssm = services.client("ssm")
    return {
        "api": f"http://{HOST}:{api}",
        "identity": {
            "issuer": parameter(ssm, "identity-issuer"),
            "authorize": f"{services.endpoint}/oauth2/authorize",
            "token": f"{services.endpoint}/oauth2/token",
            "logout": f"{services.endpoint}/logout",
            "client_id": parameter(ssm, "user-pool-client-id"),
            "redirect_uri": f"http://{HOST}:{page}/",
            "scopes": ["openid", "email", "phone", "profile"],
        },
        "demo": True,
    }


class Handler(BaseHTTPRequestHandler):
    """One request for the site."""

    site: ClassVar[Site]
    protocol_version = "HTTP/1.1"
    server_version = "tintype"
    timeout = 60

    def do_GET(self) -> None:
        """Answer with what is there."""
        try:
            answer = self.site.at(unquote(urlsplit(self.path).path))
        except (OSError, ValueError):  # the services are on their way out, or no path at all
            answer = _text("Not now.\n", HTTPStatus.SERVICE_UNAVAILABLE)
        body, packed = answer.body, {}
        if answer.is_text() and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, packed = gzip.compress(body, mtime=0), {"Content-Encoding": "gzip"}
        self.send_response(answer.status)
        for name, value in {
            "Content-Type": answer.kind,
            "Content-Length": str(len(body)),
            **packed,
            "Vary": "Accept-Encoding",
            "Cache-Control": answer.caching,
            "Content-Security-Policy": self.site.policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815


def _text(text: str, status: HTTPStatus = HTTPStatus.NOT_FOUND) -> Answer:
    return Answer(text.encode(), "text/plain; charset=utf-8", status=status)


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="python -m local.site.page", description=__doc__)
    for name in ("port", "api", "services"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    lifeline.ends_with_the_runner()
    services = Services(given.services)
    Handler.site = Site(BUILT, config(services, given.api, given.port), services)
    with ThreadingHTTPServer((HOST, given.port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
