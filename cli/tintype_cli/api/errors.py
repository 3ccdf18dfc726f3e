"""What can go wrong between this command and a library. The text of each is a sentence for people."""

from dataclasses import dataclass
from http import HTTPStatus


class LibraryError(Exception):
    """The library could not do what was asked."""


class InvalidAddressError(LibraryError):
    """The address is not that of a library's API."""


class UnreachableError(LibraryError):
    """No answer, or one that broke off, after all attempts. It is unknown whether the request had its effect.

    `is_connected` says whether there was a connection.
    """

    def __init__(self, message: str, *, is_connected: bool = True) -> None:
        super().__init__(message)
        self.is_connected = is_connected


@dataclass(eq=False)
class ApiError(LibraryError):
    """An answer with an error. `code` and `field` are those of the API, empty if the answer has none."""

    status: int
    message: str
    code: str = ""
    field: str = ""

    def __str__(self) -> str:
        """The API's sentence."""
        return self.message


class NeverReachedError(UnreachableError):
    """No connection since the command began: the address may be wrong, or the library may not run."""


class StorageError(LibraryError):
    """An answer of the file storage (S3) with an error. A 403 usually means that the URL has expired.

    `retry_after` is the pause that it asks for, in seconds.
    """

    def __init__(self, status: int, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
