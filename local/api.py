"""The API as `chalice local` serves it, ended with its runner: `python -m local.api PORT`.

Three things are its own. Chalice's watcher restarts on every file that changes below the project; the runner's takes
its place. Where no route is, it answers as the deployed gateway is told to, not as one that nobody told anything. And
it packs text, as CloudFront does before the deployed one: a page of photos is a seventh of its size.
"""

import functools
import gzip
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from chalice.cli import create_local_server
from chalice.cli.factory import CLIFactory
from chalice.local import ChaliceRequestHandler, LocalGatewayException

from local import lifeline
from local.ports import HOST
from local.provision import STAGE

JSON = "application/json"
PACKED_FROM = 1000  # bytes; CloudFront leaves alone what is smaller
NOWHERE = json.dumps({"error": "There is nothing at this address.", "code": "not_found"}, separators=(",", ":"))


class Gateway(ChaliceRequestHandler):
    """Chalice's own, which refuses nothing by itself but what has no route: no route has an authorizer."""

    def _send_error_response(self, error: LocalGatewayException) -> None:  # noqa: ARG002 - the name is Chalice's
        self._send_http_response(404, {"Access-Control-Allow-Origin": "*"}, NOWHERE)

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        whole = body.encode() if isinstance(body, str) else body
        is_json = str(headers.get("Content-Type", JSON)).startswith(JSON)
        if is_json and len(whole) >= PACKED_FROM and "gzip" in self.headers.get("Accept-Encoding", ""):
            vary = [headers["Vary"]] if "Vary" in headers else []
            headers |= {"Content-Encoding": "gzip", "Vary": ", ".join([*vary, "Accept-Encoding"])}
            whole = gzip.compress(whole, mtime=0)
        super()._send_http_response_with_body(code, headers, whole)


def main() -> None:
    """Serve until told to end."""
    lifeline.ends_with_the_runner()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    factory = CLIFactory(str(Path.cwd()), environ=os.environ)
    server = create_local_server(factory, HOST, int(sys.argv[1]), STAGE)
    config = factory.create_config_obj(chalice_stage_name=STAGE)
    server.server.RequestHandlerClass = functools.partial(Gateway, app_object=server.app_object, config=config)
    server.serve_forever()


if __name__ == "__main__":
    main()
