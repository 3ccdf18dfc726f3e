"""ASGI requests: types, and their parts as the checks need them."""

from local.ministack.asgi import Scope
from local.signatures.signing import Request


def request_of(scope: Scope) -> Request:
    """The request as it was sent."""
    headers = [(name.decode("latin-1").lower(), _decode(value)) for name, value in scope["headers"]]
    return Request(
        scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1"), headers
    )


def _decode(value: bytes) -> str:
    """A header's value; S3 clients send metadata as UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
