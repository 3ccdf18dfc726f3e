"""Page server: the built page with production headers, its config.json, and the inbox.

Runs as `python -m local.site.server --port … --api … --services …`.
"""

import argparse
import gzip
import json
import mimetypes
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from local import parent_process
from local.data_dir import PROJECT
from local.hosts import NAMES, HostCheck
from local.http_server import HttpServer
from local.ports import HOST
from local.provision import read_parameter
from local.services import Services
from local.site import inbox

DIST = PROJECT / "web" / "dist"
STATIC = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"  # for files whose name contains a content hash
NO_CACHE = "no-cache"
INBOX = "/inbox"
OWN_NAMES = frozenset({"", "config.json", "inbox", "inbox.css", "inbox.js"})  # besides those of the built files
CONTENT_TYPES = {".webmanifest": "application/manifest+json"}  # missing from some systems' MIME types
NOT_BUILT = "The page is not built yet. Run `make run`, which builds it.\n"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    body: bytes
    content_type: str
    cache_control: str = NO_CACHE
    status: HTTPStatus = HTTPStatus.OK

    def is_compressible(self) -> bool:
        """Whether gzip makes it smaller; images other than SVG are compressed already."""
        return not self.content_type.startswith("image/") or self.content_type.startswith("image/svg")


@dataclass(frozen=True, slots=True)
class Site:
    """What the page server serves."""

    dist: Path
    config: Mapping[str, Any]
    services: Services

    def respond(self, path: str) -> Response:
        """The response to a GET of the path; `/` is the page, `/shared/` that of guests: neither has further paths."""
        match path:
            case "/":
                return self._file(self.dist / "index.html") or _text(NOT_BUILT)
            case "/config.json":
                return Response(json.dumps(self.config).encode(), "application/json")
            case path if path == INBOX:
                return Response(
                    inbox.render_page(inbox.fetch_messages(self.services)).encode(), "text/html; charset=utf-8"
                )
            case "/inbox.css" | "/inbox.js":
                response = self._file(STATIC / path[1:])
            case _:
                name = path.lstrip("/")
                response = self._built_file(f"{name}index.html" if name.endswith("/") else name)
        return response or _text("Not found.\n")

    def has(self, name: str) -> bool:
        """Whether the first segment of one of its paths has this name."""
        return name in OWN_NAMES or (self.dist.is_dir() and any(name == each.name for each in self.dist.iterdir()))

    def content_security_policy(self) -> str:
        """The Content-Security-Policy: the page's own files, the API and the local services."""
        api, services = self.config["api"], self.services.endpoint
        return "; ".join(
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                f"img-src 'self' blob: data: {services}",
                "manifest-src 'self'",
                "worker-src 'self'",
                f"connect-src 'self' {api} {services}",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ]
        )

    def _built_file(self, name: str) -> Response | None:
        """The file of this name; no name outside the folder, and none that the file system refuses, has one."""
        try:
            file = (self.dist / name).resolve()
            found = file.is_relative_to(self.dist.resolve()) and file.is_file()
        except (OSError, ValueError):  # the name is too long, or it contains a null character
            return None
        return self._file(file) if found else None

    def _file(self, path: Path) -> Response | None:
        if not path.is_file():
            return None
        content_type = (
            CONTENT_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        )
        content_type = f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
        return Response(path.read_bytes(), content_type, IMMUTABLE if path.parent.name == "assets" else NO_CACHE)


def page_config(services: Services, api_port: int, page_port: int) -> dict[str, Any]:
    """The page's config.json; MiniStack serves the sign-in at Cognito's paths."""
    ssm = services.client("ssm")
    return {
        "api": f"http://{HOST}:{api_port}",
        "identity": {
            "issuer": read_parameter(ssm, "identity-issuer"),
            "authorize": f"{services.endpoint}/oauth2/authorize",
            "token": f"{services.endpoint}/oauth2/token",
            "revoke": f"{services.endpoint}/oauth2/revoke",
            "logout": f"{services.endpoint}/logout",
            "client_id": read_parameter(ssm, "user-pool-client-id"),
            "redirect_uri": f"http://{HOST}:{page_port}/",
            "scopes": ["openid", "email", "phone", "profile"],
        },
        "demo": True,
        # A photo that was copied into the bucket appears at once; on this machine, requests cost next to nothing.
        "refresh_seconds": 1,
    }


class Handler(HostCheck):
    """Handles one request. Other pages can't open the inbox, not even to show it.

    Its log lines hold method, first path segment and status only, and of unknown paths no segment: query strings hold
    tags, paths may be links and names of files.
    """

    site: ClassVar[Site]
    protocol_version = "HTTP/1.1"
    server_version = "tintype"

    def do_GET(self) -> None:  # noqa: N802
        """Send the response to a GET or HEAD."""
        try:
            path = unquote(self.path.partition("?")[0])
            if path == INBOX and self._is_from_other_page():
                self.refuse(HTTPStatus.FORBIDDEN)
                return
            response = self.site.respond(path)
        except OSError:  # the services are stopping
            response = _text("Service unavailable.\n", HTTPStatus.SERVICE_UNAVAILABLE)
        body, encoding = response.body, {}
        if response.is_compressible() and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, encoding = gzip.compress(body, mtime=0), {"Content-Encoding": "gzip"}
        self.send_response(response.status)
        for name, value in {
            "Content-Type": response.content_type,
            "Content-Length": str(len(body)),
            **encoding,
            "Vary": "Accept-Encoding",
            "Cache-Control": response.cache_control,
            "Content-Security-Policy": self.site.content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 - the names are Python's
        """Log method, first path segment and status."""
        segment = getattr(self, "path", "/").partition("?")[0].lstrip("/").partition("/")[0]
        self.log_message("%s /%s %s", self.command or "-", segment if self.site.has(segment) else "…", code)

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - the names are Python's
        """Log nothing but the fact: the message would repeat the request line."""
        self.log_message("bad request")

    def _is_from_other_page(self) -> bool:
        """Whether a page of another origin sent the request; another port of this machine is another origin, too."""
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site")
        own = {f"http://{name}:{self.server.server_port}" for name in NAMES}  # type: ignore[attr-defined]
        return site in {"cross-site", "same-site"} or (origin is not None and origin not in own)


def _text(text: str, status: HTTPStatus = HTTPStatus.NOT_FOUND) -> Response:
    return Response(text.encode(), "text/plain; charset=utf-8", status=status)


def main() -> None:
    """Serve until SIGTERM or until the parent process exits."""
    parser = argparse.ArgumentParser(prog="python -m local.site.server", description=__doc__)
    for name in ("port", "api", "services"):
        parser.add_argument(f"--{name}", type=int, required=True)
    arguments = parser.parse_args()
    parent_process.exit_with_parent()
    services = Services.with_credentials(arguments.services, Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]))
    Handler.site = Site(DIST, page_config(services, arguments.api, arguments.port), services)
    with HttpServer((HOST, arguments.port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
