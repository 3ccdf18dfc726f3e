"""HTTP requests to a running library over a persistent connection, as a browser's, and their times."""

import http.client
import json
import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from local.ports import HOST

TIMEOUT_SECONDS = 60
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in seconds: median, 95th percentile, and how often it was measured."""

    p50: float
    p95: float
    count: int


@dataclass(frozen=True, slots=True)
class Limits:
    """When a client's requests of one kind end: after `requests`, or after `seconds` but not before `minimum`."""

    requests: int = 100
    seconds: float = 10.0
    minimum: int = 10


class Connection:
    """One keep-alive connection; with a token, its requests are the user's, else anonymous."""

    def __init__(self, port: int, token: str | None) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
        self._headers = {"Accept": "*/*", "Accept-Encoding": "gzip"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> bytes:
        """The body of a response with status 200, as it was sent; raises RuntimeError for any other status."""
        return self._get(path, self._headers)

    def get_json(self, path: str) -> Any:
        """The JSON of a response with status 200."""
        return json.loads(
            self._get(path, {**self._headers, "Accept": "application/json", "Accept-Encoding": "identity"})
        )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _get(self, path: str, headers: dict[str, str]) -> bytes:
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"GET {path}: {response.status} {body[:200]!r}")
        return body


def measure(connect: Callable[[], Connection], paths: Iterable[str], clients: int, limits: Limits) -> Times:
    """The times of GET requests of these paths in turn, by so many clients at once."""
    found: list[list[float]] = [[] for _ in range(clients)]
    errors: list[BaseException] = []
    paths = list(paths)
    start = threading.Barrier(clients)

    def run(number: int) -> None:
        connection = connect()
        try:
            turns = cycle(paths[number * len(paths) // clients :] + paths[: number * len(paths) // clients])
            for _ in range(WARM_UP):
                connection.get(next(turns))
            start.wait()
            _repeat(lambda: connection.get(next(turns)), found[number], limits)
        except BaseException as error:  # noqa: BLE001 - raised below, in the calling thread
            errors.append(error)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return summarize([seconds for times in found for seconds in times])


def summarize(seconds: list[float]) -> Times:
    """The percentiles by the nearest rank."""
    ranked = sorted(seconds)
    p50, p95 = (ranked[math.ceil(len(ranked) * share) - 1] for share in (0.5, 0.95))
    return Times(p50, p95, len(ranked))


def _repeat(call: Callable[[], object], times: list[float], limits: Limits) -> None:
    deadline = time.perf_counter() + limits.seconds
    while len(times) < limits.requests and (len(times) < limits.minimum or time.perf_counter() < deadline):
        started_at = time.perf_counter()
        call()
        times.append(time.perf_counter() - started_at)
