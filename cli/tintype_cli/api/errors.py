"""What can go wrong between this command and a library. The text of each is a sentence for people."""

from dataclasses import dataclass


class LibraryError(Exception):
    """The library could not do what was asked."""


class InvalidAddressError(LibraryError):
    """The address is not that of a library's API."""


class UnreachableError(LibraryError):
    """No answer, or one that broke off, after all attempts. It is unknown whether the request had its effect."""


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


class StorageError(LibraryError):
    """An answer of the file storage (S3) with an error. A 403 usually means that the URL has expired."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
