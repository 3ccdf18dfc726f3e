"""The AWS clients of a process, and their timeouts and retries."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.util.circuit_breaker import CircuitBreaker

if TYPE_CHECKING:
    import boto3

# Read timeout in seconds, and attempts. Rekognition's must fit within the time a sweep reserves (handlers.SPARE) and
# within the lease of an ingest: labels can be added later. SNS's are short because a bundle is ready either way.
# DynamoDB's fit into the 29 seconds of a request, pauses included: a function that runs out of time is stopped, and
# would forget that DynamoDB failed.
TIMEOUTS = {"s3": (20, 4), "rekognition": (5, 3), "sns": (5, 2), "dynamodb": (4, 4)}
DEFAULT_TIMEOUT = (8, 4)
# Calls to DynamoDB that fail in a row, each at every attempt, before calls are paused, and for how long.
MAX_DATABASE_FAILURES = 2
DATABASE_PAUSE = timedelta(seconds=5)


class Clients:
    """One client per service, created on first use; `on_database_pause` is called when calls to DynamoDB are paused."""

    def __init__(
        self,
        session: "boto3.Session | None" = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_database_pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._session = session
        self._database_breaker = CircuitBreaker(
            max_failures=MAX_DATABASE_FAILURES, cooldown=DATABASE_PAUSE, now=now, on_open=on_database_pause
        )
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def session(self) -> "boto3.Session":
        """The boto3 session shared by all clients."""
        import boto3

        if self._session is None:
            self._session = boto3.Session()
        return self._session

    def get(self, service: str) -> Any:
        """The client of a service; raises Unavailable without credentials.

        The lock is needed because sessions are not thread-safe.
        """
        from botocore.config import Config

        from chalicelib.aws.dynamodb.circuit import guard_calls
        from chalicelib.aws.dynamodb.responses import parse_items_as_json
        from chalicelib.aws.errors import translate_credential_errors

        with self._lock, translate_credential_errors():
            if service not in self._clients:
                read_timeout, attempts = TIMEOUTS.get(service, DEFAULT_TIMEOUT)
                config = Config(
                    connect_timeout=3,
                    read_timeout=read_timeout,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    max_pool_connections=20,
                    s3={"addressing_style": "path"},
                    signature_version="s3v4" if service == "s3" else None,
                )
                client = self.session.client(service, config=config)
                if service == "dynamodb":
                    parse_items_as_json(client)
                    guard_calls(client, self._database_breaker)
                self._clients[service] = client
            return self._clients[service]
