"""The HTTP servers of the API and the page: a thread per connection, and room for many connections at once."""

from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Connections that wait to be accepted. The standard library resets those that arrive while five are waiting.
BACKLOG = 1024


class HttpServer(ThreadingHTTPServer):
    """A server that lets many new connections wait."""

    request_queue_size = BACKLOG
    daemon_threads = True


class BufferedHandler(BaseHTTPRequestHandler):
    """A request handler that sends headers and body together: as separate packets, the second may wait 40 ms."""

    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Log a line; a request must not fail because the disk with the log is full."""
        with suppress(OSError):
            super().log_message(format, *args)

    def handle_expect_100(self) -> bool:
        """Send `100 Continue` at once; the client waits for it."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on
