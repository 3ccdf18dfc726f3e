"""Errors of requests whose signature is missing or wrong."""

from http import HTTPStatus


class SignatureError(Exception):
    """AWS's code and message, and the status of the response."""

    def __init__(self, code: str, message: str, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


class PayloadError(SignatureError):
    """The body is not the one that was signed; raised while it is read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, HTTPStatus.BAD_REQUEST)
