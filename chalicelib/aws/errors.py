"""Translates AWS errors to application errors: an error worth retrying becomes Unavailable.

AWS itself never runs out of space, but the disk below the local services of a laptop may: they answer 507.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from chalicelib.errors import StorageFull, Unavailable

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

# A request that is signed with the access key of another account, or of another library on a laptop.
WRONG_KEY_CODES = frozenset(
    {
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def error_code(error: ClientError) -> str:
    """The error code of the service, such as `NoSuchKey`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def transient_error(error: Exception) -> Unavailable | None:
    """The application's error for a timeout, throttling, an internal error of a service or a full disk, else None."""
    match error:
        case BotoConnectionError() | HTTPClientError() | IncompleteReadError():
            return Unavailable("A backend service did not respond in time.")
        case ClientError():
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status == HTTPStatus.INSUFFICIENT_STORAGE:
                return StorageFull(error.response["Error"].get("Message") or "The disk is full.")
            if error_code(error) in TRANSIENT_CODES or status >= 500:
                return Unavailable("A backend service is temporarily unavailable.")
    return None


@contextmanager
def translate_transient_errors() -> Iterator[None]:
    """Raise Unavailable for timeouts, throttling and internal errors of a service, StorageFull for a full disk.

    Other errors pass unchanged.
    """
    try:
        yield
    except Exception as error:
        if (translated := transient_error(error)) is None:
            raise
        raise translated from error


@contextmanager
def translate_credential_errors() -> Iterator[None]:
    """Raise Unavailable if there is no access key, or if it is that of another account; other errors pass unchanged."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
        raise Unavailable("There is no access key.") from error
    except ClientError as error:
        if error_code(error) in WRONG_KEY_CODES:
            raise Unavailable("The access key is not valid there.") from error
        raise
