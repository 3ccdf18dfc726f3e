"""API server: `chalice local` with a few differences, run as `python -m local.api PORT`.

It has no file watcher, because `local.run` restarts it when code changes. It answers only requests for this machine's
own names. An unknown path gets the same 404 response as from the deployed API Gateway. Large JSON responses are
gzipped, as CloudFront does for the deployed API: a page of photos shrinks to a seventh of its size. A hundred
connections may arrive at once.
"""

import functools
import gzip
import json
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

from chalice.cli import create_local_server
from chalice.cli.factory import CLIFactory
from chalice.local import ChaliceRequestHandler, LocalGatewayException

from local import parent_process
from local.hosts import HostCheck
from local.http_server import BACKLOG, BufferedHandler
from local.ports import HOST
from local.provision import STAGE

JSON = "application/json"
MIN_GZIP_BYTES = 1000  # CloudFront's minimum
MAX_REQUESTS = 20  # handled at once, each with a body of some megabytes; others wait
NOT_FOUND = json.dumps({"error": "Unknown path.", "code": "not_found"}, separators=(",", ":"))


class RequestHandler(HostCheck, ChaliceRequestHandler, BufferedHandler):
    """Chalice's handler with the Host check, our 404 response, gzip, and a limit of requests handled at once."""

    _slots = threading.BoundedSemaphore(MAX_REQUESTS)

    def _handle_in_slot(self) -> None:
        with self._slots:
            self._generic_handle()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _handle_in_slot  # noqa: N815

    def _send_error_response(self, error: LocalGatewayException) -> None:  # noqa: ARG002 - the name is Chalice's
        # No route has an authorizer, so the only error of Chalice's local gateway is an unknown path.
        self._send_http_response(404, {"Access-Control-Allow-Origin": "*"}, NOT_FOUND)

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        content = body.encode() if isinstance(body, str) else body
        is_json = str(headers.get("Content-Type", JSON)).startswith(JSON)
        if is_json and len(content) >= MIN_GZIP_BYTES and "gzip" in self.headers.get("Accept-Encoding", ""):
            vary = [headers["Vary"]] if "Vary" in headers else []
            headers |= {"Content-Encoding": "gzip", "Vary": ", ".join([*vary, "Accept-Encoding"])}
            content = gzip.compress(content, mtime=0)
        super()._send_http_response_with_body(code, headers, content)


def main() -> None:
    """Serve until SIGTERM or until the parent process exits."""
    parent_process.exit_with_parent()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    factory = CLIFactory(str(Path.cwd()), environ=os.environ)
    server = create_local_server(factory, HOST, int(sys.argv[1]), STAGE)
    config = factory.create_config_obj(chalice_stage_name=STAGE)
    handler: Any = RequestHandler
    server.server.RequestHandlerClass = functools.partial(handler, app_object=server.app_object, config=config)
    server.server.socket.listen(BACKLOG)
    server.serve_forever()


if __name__ == "__main__":
    main()
