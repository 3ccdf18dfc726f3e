"""The clients of AWS of one process: made once, and the one place that sets timeouts and retries."""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

# Seconds to wait for an answer, and attempts. Labels can come later, the photo that waits for them cannot: asking
# ends within what a sweep keeps in hand (events.SPARE), and long before the lease of an ingest.
# A bundle is ready whether or not somebody could be told.
TIMEOUTS = {"s3": (20, 4), "rekognition": (5, 3), "sns": (5, 2)}
DEFAULT_TIMEOUT = (8, 4)


class Clients:
    """One client for each service, made when it is first needed."""

    def __init__(self, session: "boto3.Session | None" = None) -> None:
        self._session = session
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def session(self) -> "boto3.Session":
        """The session all clients share."""
        import boto3

        if self._session is None:
            self._session = boto3.Session()
        return self._session

    def get(self, service: str) -> Any:
        """The client of a service; sessions are not safe to share between threads, hence the lock."""
        from botocore.config import Config

        with self._lock:
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
                self._clients[service] = self.session.client(service, config=config)
            return self._clients[service]
