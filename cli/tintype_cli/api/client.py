"""Requests to a library's API and its file storage: paced, sent again, and explained."""

import email.utils
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, BinaryIO, Self

import httpx

from tintype_cli.api.errors import ApiError, InvalidAddressError, NeverReachedError, StorageError, UnreachableError
from tintype_cli.api.pace import MAX_RATE, Pace

PAGE_SIZE = 100
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
# Of a request without an answer or with a 5xx, seconds between the attempts: an outage of two minutes is waited out.
DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)
# Before the first connection: a wrong address or a library that does not run, rather than an outage.
FIRST_DELAYS = DELAYS[:3]
NOTICE_INTERVAL = 60.0  # seconds between lines about a server that can't be reached
MAX_REFUSALS = 60  # of one request by 429 or 503, which say that it had no effect
MAX_RETRY_AFTER = 120.0  # seconds
CHUNK_BYTES = 256 * 1024
MAX_CONNECTIONS = 64

BUSY = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})
# These have the same effect twice. POST has not, and a repeated PATCH with If-Match finds another version.
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})

_ERROR_NUMBER = re.compile(r"^\[Errno -?[0-9]+\] ")

type Params = Mapping[str, str | int | list[str]]
type Clock = Callable[[], float]
type Sleep = Callable[[float], None]
type Notify = Callable[[str], None]


def no_notice(sentence: str) -> None:
    """Tell nobody."""


class LibraryClient:
    """Requests with one API key. Usable by several threads.

    Requests of each kind are spaced out, more after 429. After 429 and 503 a request is sent again as `Retry-After`
    asks, after no answer or another 5xx only if it is repeatable. Raises `LibraryError`s.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        max_rate: float = MAX_RATE,
        notify: Notify = no_notice,
    ) -> None:
        """`url` is the API's address, with or without a slash at its end; `transport` stands in for the network.

        `max_rate` is the most requests of a kind per second. `notify` gets a sentence for people while the library
        can't be reached, at most one a minute.
        """
        self.url = url.rstrip("/")
        _check_address(self.url)
        limits = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS)
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._api = httpx.Client(headers=headers, timeout=TIMEOUT, limits=limits, transport=transport)
        # Signed URLs must not get the key.
        self._storage = httpx.Client(timeout=TIMEOUT, limits=limits, transport=transport)
        self._sleep = sleep
        self._clock = clock
        self._notify = notify
        self._noticed_at: float | None = None
        self._was_connected = False
        self._lock = Lock()
        self._paces: dict[str, Pace] = defaultdict(lambda: Pace(clock, sleep, max_rate))

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self._api.close()
        self._storage.close()

    def get(self, path: str, params: Params | None = None) -> Any:
        """The JSON of a GET."""
        return self.request("GET", path, params=params)

    def items(self, path: str, params: Params | None = None) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, {"limit": PAGE_SIZE, **(params or {}), **({"cursor": cursor} if cursor else {})})
            yield from page["items"]
            cursor = page["cursor"]
            if cursor is None:
                return

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, Any] | None = None,
        version: int | None = None,
        repeatable: bool | None = None,
    ) -> Any:
        """The JSON of the answer, None without a body.

        `version` is sent as If-Match. `repeatable` says whether the request may be sent again when it is unknown
        whether it had its effect; without it, the method does.
        """
        headers = {} if version is None else {"If-Match": str(version)}
        request = self._api.build_request(method, self.url + path, params=params, json=body, headers=headers)
        may_repeat = method in REPEATABLE if repeatable is None else repeatable
        return self._read_json(self._send(request, self._pace(method, path), may_repeat=may_repeat))

    @contextmanager
    def download(self, url: str) -> Iterator[Iterator[bytes]]:
        """The bytes of a file by its signed URL, in chunks. Raises StorageError, UnreachableError; no retries."""
        request = self._storage.build_request("GET", url, headers={"Accept-Encoding": "identity"})
        with _translated(request):
            response = self._storage.send(request, stream=True)
            try:
                if response.status_code != httpx.codes.OK:
                    response.read()
                    raise _storage_error(response)
                yield response.iter_raw(CHUNK_BYTES)
            finally:
                response.close()

    def upload(self, url: str, fields: Mapping[str, str], filename: str, file: BinaryIO) -> None:
        """Send the form of an upload ticket with a file, streamed. Raises StorageError, UnreachableError; no retries.

        `file` is at its beginning, and can tell its size, or is read to learn it.
        """
        request = self._storage.build_request("POST", url, data=fields, files={"file": (filename, file)})
        with _translated(request):
            response = self._storage.send(request)
        if not response.is_success:
            raise _storage_error(response)

    def _send(self, request: httpx.Request, pace: Pace, *, may_repeat: bool) -> httpx.Response:
        failures = refusals = 0
        while True:
            pace.wait()
            try:
                with _translated(request):
                    response = self._api.send(request)
            except UnreachableError as error:
                delay = self._delay(error, failures, may_repeat=may_repeat or not error.is_connected)
                self._note_outage(error)
                self._sleep(delay)
                failures += 1
                continue
            self._was_connected = True
            if response.status_code in BUSY and refusals < MAX_REFUSALS:
                refusals += 1
                pace.lower_rate(_retry_after(response))
            elif response.is_server_error and may_repeat and failures < len(DELAYS):
                self._sleep(DELAYS[failures])
                failures += 1
            else:
                pace.raise_rate()
                return response

    def _delay(self, error: UnreachableError, failures: int, *, may_repeat: bool) -> float:
        """The pause in seconds before the next attempt, after so many failures; raises the error if there is none."""
        if self._was_connected or error.is_connected:
            if not may_repeat or failures >= len(DELAYS):
                raise error
            return DELAYS[failures]
        if failures >= len(FIRST_DELAYS):
            raise NeverReachedError(f"{error} Does the library run, and is this its address?") from error
        return FIRST_DELAYS[failures]

    def _note_outage(self, error: UnreachableError) -> None:
        with self._lock:
            now = self._clock()
            is_new = self._noticed_at is None or now - self._noticed_at >= NOTICE_INTERVAL
            if is_new:
                self._noticed_at = now
        if is_new:
            self._notify(f"{error} Trying again.")

    def _read_json(self, response: httpx.Response) -> Any:
        if response.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            content = response.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            content = None
        if response.is_success and content is not None:
            return content
        if isinstance(content, dict) and isinstance(content.get("error"), str):
            code, field = content.get("code"), content.get("field")
            raise ApiError(response.status_code, content["error"], str(code or ""), str(field or ""))
        if response.is_server_error:
            raise ApiError(response.status_code, f"The library has an error (status {response.status_code}).")
        raise InvalidAddressError(
            f"{self.url} is not the address of a library's API. The page shows it with each new API key."
        )

    def _pace(self, method: str, path: str) -> Pace:
        """The pace of a route, by its method and its path without ids: API Gateway limits each of them."""
        parts = path.strip("/").split("/")
        with self._lock:
            return self._paces["/".join([method, *(part if n % 2 == 0 else "*" for n, part in enumerate(parts))])]


@contextmanager
def _translated(request: httpx.Request) -> Iterator[None]:
    """Raise UnreachableError for what httpx raises without an answer."""
    try:
        yield
    except httpx.UnsupportedProtocol as error:
        raise InvalidAddressError(f"{request.url} is not an address: it must begin with https://.") from error
    except httpx.TransportError as error:
        reason = str(error) or type(error).__name__
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            message = f"{request.url.netloc.decode()} can't be reached: {_ERROR_NUMBER.sub('', reason).rstrip('.')}."
            raise UnreachableError(message, is_connected=False) from error
        raise UnreachableError(f"No complete answer from {request.url.host}: {reason.rstrip('.')}.") from error


def _check_address(url: str) -> None:
    """Raise InvalidAddressError for what can't be an API's address."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidAddressError(f"{url} is not an address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.query:
        raise InvalidAddressError(f"{url} is not an address such as https://example.org/api.")


def _storage_error(response: httpx.Response) -> StorageError:
    message = f"The file storage answered with status {response.status_code}."
    return StorageError(response.status_code, message, _retry_after(response, default=0.0))


def _retry_after(response: httpx.Response, default: float = 1.0) -> float:
    """The pause in seconds that the answer asks for, at most two minutes."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), MAX_RETRY_AFTER)
    try:
        seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return default
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
