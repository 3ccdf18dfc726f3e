"""Errors of S3, as they are answered: a status, a code and a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PRE_DATA_TOO_LARGE = "MaxPostPreDataLengthExceededError"


@dataclass
class S3Error(Exception):
    """An error response."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


def damaged_object() -> S3Error:
    """500 for an object whose bytes are lost."""
    return S3Error(500, "InternalError", "The file of this object is missing or damaged.")


def access_denied(message: str = "Access Denied") -> S3Error:
    """403 for a request that is not signed, or whose signature does not allow it."""
    return S3Error(403, "AccessDenied", message)


def invalid_argument(message: str) -> S3Error:
    """400 for a parameter out of its range."""
    return S3Error(400, "InvalidArgument", message)


def malformed_xml() -> S3Error:
    """400 for a body that is not the XML of the operation."""
    return S3Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate.")


def no_such_key() -> S3Error:
    """404 for a key without an object."""
    return S3Error(404, "NoSuchKey", "The specified key does not exist.")


def no_such_version() -> S3Error:
    """404 for a version id that the key does not have."""
    return S3Error(404, "NoSuchVersion", "The specified version does not exist.")


def no_such_upload() -> S3Error:
    """404 for a multipart upload that was completed, aborted or never started."""
    return S3Error(404, "NoSuchUpload", "The specified multipart upload does not exist.")


def precondition_failed() -> S3Error:
    """412 for a condition that does not hold."""
    return S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")


def bad_digest(name: str) -> S3Error:
    """400 for bytes that do not have the digest that the client sent."""
    return S3Error(400, "BadDigest", f"The {name} you specified did not match the calculated checksum.")


def incomplete_body() -> S3Error:
    """400 for a body that ends too early or is not framed as announced."""
    return S3Error(400, "IncompleteBody", "The request body terminated unexpectedly.")


def entity_too_large() -> S3Error:
    """400 for a body over the limit."""
    return S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")


def pre_data_too_large() -> S3Error:
    """400 for a form with too much before its file; the rest of the form is not read."""
    message = "Your POST request fields preceding the upload file were too large."
    return S3Error(400, PRE_DATA_TOO_LARGE, message, {"Connection": "close"})


def entity_too_small() -> S3Error:
    """400 for a body below the limit."""
    return S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.")


def storage_full(detail: str) -> S3Error:
    """507 for a disk without enough free space."""
    return S3Error(507, "InsufficientStorage", f"The disk of this library is full: {detail}. Free some space.")
