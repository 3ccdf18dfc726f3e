"""The HTTP servers of the API and the page: a thread per connection, and room for many connections at once."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, ClassVar

# Connections that wait to be accepted. The standard library resets those that arrive while five are waiting.
BACKLOG = 1024
# Seconds without a single byte from or to a client, after which its connection is closed. A slow transfer goes on.
STALL_SECONDS = 60.0
PIECE_BYTES = 64 * 1024
CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
MAX_LINE_BYTES = 8192
MAX_TRAILERS = 100


class _RefusedError(Exception):
    """A body that is answered with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class HttpServer(ThreadingHTTPServer):
    """A server that lets many new connections wait."""

    request_queue_size = BACKLOG
    daemon_threads = True


class BufferedHandler(BaseHTTPRequestHandler):
    """A request handler that sends headers and body together: as separate packets, the second may wait 40 ms.

    It ends with its client: one that stalls for `timeout` seconds or closes the connection is not waited for.
    """

    wbufsize = -1
    disable_nagle_algorithm = True
    # A malformed request line counts as HTTP/0.9 otherwise, whose responses have neither a status nor headers.
    default_request_version = "HTTP/1.0"
    refusal_headers: ClassVar[Mapping[str, str]] = {"Content-Type": "text/plain; charset=utf-8"}
    timeout: ClassVar[float | None] = STALL_SECONDS

    def handle_one_request(self) -> None:
        """Handle one request; says nothing about a connection that is idle or that its client closes early."""
        try:
            self.rfile.peek(1)  # type: ignore[attr-defined] # a BufferedReader; waits for the next request
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def finish(self) -> None:
        """Send what is buffered, unless the client has gone."""
        with suppress(ConnectionError, TimeoutError):
            super().finish()

    def receive_body(self, size: int, into: IO[bytes]) -> bool:
        """Write a body of this many bytes to a file, and rewind it.

        False if the client stalled, which was answered with 408, or closed early. Raises OSError if the disk is full.
        """
        return self._receive(lambda: self._copy(size, into), into)

    def receive_chunks(self, max_bytes: int, into: IO[bytes]) -> bool:
        """Write a body in chunks (RFC 9112, 7.1), of at most so many bytes, to a file, and rewind it.

        False as above, or if the body is malformed or too large, which was answered with 400 or 413.
        """

        def copy() -> None:
            left = max_bytes
            while size := self._read_chunk_size():
                left -= size
                if left < 0:
                    raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                self._copy(size, into)
                if self._read_line():
                    raise _RefusedError(HTTPStatus.BAD_REQUEST)
            for _ in range(MAX_TRAILERS):
                if not self._read_line():
                    return
            raise _RefusedError(HTTPStatus.BAD_REQUEST)

        return self._receive(copy, into)

    def _receive(self, copy: Callable[[], None], into: IO[bytes]) -> bool:
        try:
            copy()
        except TimeoutError:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)
            return False
        except EOFError:
            self.close_connection = True
            return False
        except _RefusedError as error:
            self.refuse(error.status)
            return False
        into.seek(0)
        return True

    def _copy(self, size: int, into: IO[bytes]) -> None:
        while size:
            piece = self.rfile.read(min(size, PIECE_BYTES))
            if not piece:
                raise EOFError
            into.write(piece)
            size -= len(piece)

    def _read_chunk_size(self) -> int:
        size = self._read_line().partition(b";")[0].strip()  # extensions of a chunk have no meaning
        if not CHUNK_SIZE.fullmatch(size):
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        return int(size, 16)

    def _read_line(self) -> bytes:
        line = self.rfile.readline(MAX_LINE_BYTES)
        if not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES:
            raise EOFError
        if not line.endswith(b"\r\n"):
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        return line[:-2]

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with the status and close the connection, as the body has not been read."""
        content = self.refusal_body(status).encode()
        self.send_response(status)
        for name, value in self.refusal_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def refusal_body(self, status: HTTPStatus) -> str:
        """The text that says why a request is refused."""
        return f"{status.phrase}.\n"

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer what the standard library refuses (a malformed head, an unknown method) like all other refusals."""
        self.refuse(HTTPStatus(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Log a line; a request must not fail because the disk with the log is full."""
        with suppress(OSError):
            super().log_message(format, *args)

    def handle_expect_100(self) -> bool:
        """Send `100 Continue` at once; the client waits for it."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on
