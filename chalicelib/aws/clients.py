"""The AWS clients of a process, and their timeouts and retries."""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

# Read timeout in seconds, and attempts. Rekognition's must fit within the time a sweep reserves (handlers.SPARE) and
# within the lease of an ingest: labels can be added later. SNS's are short because a bundle is ready either way.
TIMEOUTS = {"s3": (20, 4), "rekognition": (5, 3), "sns": (5, 2)}
DEFAULT_TIMEOUT = (8, 4)


class Clients:
    """One client per service, created on first use."""

    def __init__(self, session: "boto3.Session | None" = None) -> None:
        self._session = session
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
                self._clients[service] = client
            return self._clients[service]
