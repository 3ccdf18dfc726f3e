"""The faults of AWS in the words of this library: what may pass when tried again is Unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as NoConnection

from chalicelib.errors import Unavailable

TRANSIENT_CODES = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "InternalFailure",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "Throttled",
        "Throttling",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


def error_code(error: ClientError) -> str:
    """The error code of the service, such as `NoSuchKey`."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def translate_transient_errors() -> Iterator[None]:
    """Raise Unavailable for timeouts, throttling and inner errors of a service; everything else goes through."""
    try:
        yield
    except (NoConnection, HTTPClientError, IncompleteReadError) as error:
        raise Unavailable("A service of the library did not answer in time.") from error
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error_code(error) in TRANSIENT_CODES or status >= 500:
            raise Unavailable("A service of the library could not answer now.") from error
        raise
