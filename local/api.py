"""API server: `chalice local` with a few differences, run as `python -m local.api PORT`.

It has no file watcher, because `local.run` restarts it when code changes. It answers only requests for this machine's
own names. An unknown path gets the same 404 response as from the deployed API Gateway. Large JSON responses are
gzipped, as CloudFront does for the deployed API: a page of photos shrinks to a seventh of its size. A hundred
connections may arrive at once, and clients that stall hold up nobody.
"""

import functools
import gzip
import json
import logging
import sys
import tempfile
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any, ClassVar

from chalice.deploy.validate import validate_routes
from chalice.local import ChaliceRequestHandler, ForbiddenError, create_local_server

from local import parent_process
from local.app_config import read_config
from local.disk_space import FULL_DISK, is_full_disk_error
from local.fair_semaphore import FairSemaphore
from local.hosts import HostCheck
from local.http_server import BACKLOG
from local.ports import HOST

JSON = "application/json"
MIN_GZIP_BYTES = 1000  # CloudFront's minimum
MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's maximum
SMALL_BODY_BYTES = 64 * 1024
MAX_REQUESTS = 8  # handled at once, which keeps the cores busy; others wait in their order
CORS = {"Access-Control-Allow-Origin": "*"}


def _error_body(message: str, code: str) -> str:
    return json.dumps({"error": message, "code": code}, separators=(",", ":"))


NOT_FOUND = _error_body(
    "Unknown path. GET /openapi.json lists all; an upload's ends with its file name: PUT /originals/{filename}.",
    "not_found",
)
STORAGE_FULL = _error_body(FULL_DISK, "storage_full")
MALFORMED = "The request is malformed."
# What is refused before the app is called: sentence and code, as API Gateway says it where it has the same error.
REFUSALS = {
    HTTPStatus.BAD_REQUEST: (MALFORMED, "invalid"),
    HTTPStatus.REQUEST_TIMEOUT: ("The rest of the request did not arrive in time. Try again.", "timeout"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("The request exceeds 10 MB. Upload with POST /uploads.", "too_large"),
    HTTPStatus.REQUEST_URI_TOO_LONG: ("The URL is too long.", "url_too_long"),
    HTTPStatus.MISDIRECTED_REQUEST: (
        "This library answers only requests to 127.0.0.1, localhost or [::1], with its port in Host.",
        "misdirected_request",
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("The headers are too long, or too many.", "headers_too_large"),
    HTTPStatus.NOT_IMPLEMENTED: ("Unsupported method.", "method_not_allowed"),
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: ("Unsupported HTTP version. Use HTTP/1.1.", "invalid"),
}


class RequestHandler(HostCheck, ChaliceRequestHandler):
    """Chalice's handler with the Host check, API Gateway's error responses, gzip, and limits.

    A request is handled when its body is there, a large one on the disk, and its response is sent afterwards, so that
    slow clients occupy nothing but their own connections.
    """

    refusal_headers: ClassVar[Mapping[str, str]] = {**CORS, "Content-Type": JSON}
    _requests = FairSemaphore(MAX_REQUESTS)

    def refusal_body(self, status: HTTPStatus) -> str:
        """The API's error body."""
        return _error_body(*REFUSALS.get(status, (MALFORMED, "invalid")))

    def _handle_with_limits(self) -> None:
        size, *others = {value.strip() for value in self.headers.get_all("Content-Length", ["0"])}
        if "Transfer-Encoding" in self.headers:
            self._handle_chunks()
        elif others or not (size.isascii() and size.isdecimal()):
            self.refuse(HTTPStatus.BAD_REQUEST)
        elif int(size) > MAX_BODY_BYTES:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._handle_with_body(int(size))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _handle_with_limits  # noqa: N815

    def _handle_chunks(self) -> None:
        """Handle a body without a length, as API Gateway does; with both, it may be an attack (RFC 9112, 6.1)."""
        encodings = self.headers.get_all("Transfer-Encoding", [])
        if "Content-Length" in self.headers or [encoding.strip().lower() for encoding in encodings] != ["chunked"]:
            self.refuse(HTTPStatus.BAD_REQUEST)
        else:
            self._handle_with_body(None)

    def _handle_with_body(self, size: int | None) -> None:
        """Receive a body of this size, or in chunks, and answer the request."""
        try:
            with tempfile.SpooledTemporaryFile(max_size=SMALL_BODY_BYTES) as body:
                is_received = (
                    self.receive_chunks(MAX_BODY_BYTES, body) if size is None else self.receive_body(size, body)
                )
                response = self._respond(body) if is_received else None
        except OSError as error:
            if not is_full_disk_error(error):
                raise
            response = HTTPStatus.INSUFFICIENT_STORAGE, CORS | {"Connection": "close"}, STORAGE_FULL
        if response:
            self._send_http_response(*response)

    def _respond(self, body: IO[bytes]) -> tuple[int, dict[str, Any], str | bytes | None]:
        """The app's response: status, headers and body."""
        with self._requests:
            try:
                content = body.read() or None
                response = self.local_gateway.handle_request(self.command, self.path, dict(self.headers), content)
            # No route has an authorizer, so the path is unknown. Chalice then also encodes the Authorization header.
            except (ForbiddenError, UnicodeEncodeError):
                return 404, dict(CORS), NOT_FOUND
        headers = {**response["headers"], **response["multiValueHeaders"]}
        return response["statusCode"], headers, self._handle_binary(response)["body"]

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        content = body.encode() if isinstance(body, str) else body
        is_json = str(headers.get("Content-Type", JSON)).startswith(JSON)
        if is_json and len(content) >= MIN_GZIP_BYTES and "gzip" in self.headers.get("Accept-Encoding", ""):
            vary = [headers["Vary"]] if "Vary" in headers else []
            headers |= {"Content-Encoding": "gzip", "Vary": ", ".join([*vary, "Accept-Encoding"])}
            content = gzip.compress(content, mtime=0)
        if self.command != "HEAD":
            super()._send_http_response_with_body(code, headers, content)
            return
        # The client would read a body as the next response.
        self.send_response(code)
        self._send_headers({"Content-Type": JSON} | headers | {"Content-Length": str(len(content))})


def main() -> None:
    """Serve until SIGTERM or until the parent process exits."""
    parent_process.exit_with_parent()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    app, config = _app(), read_config()
    validate_routes(app.routes)  # as a deployment does
    server = create_local_server(app, config, HOST, int(sys.argv[1]))
    handler: Any = RequestHandler
    server.server.RequestHandlerClass = functools.partial(handler, app_object=app, config=config)
    server.server.socket.listen(BACKLOG)
    server.serve_forever()


def _app() -> Any:
    from app import app

    return app


if __name__ == "__main__":
    main()
