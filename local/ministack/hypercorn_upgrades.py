"""Hypercorn: HTTP/1.1 only. An upgrade to HTTP/2 would leave a connection open on which nothing is served."""

from hypercorn.protocol.h11 import H11Protocol


def ignore_upgrades() -> None:
    """Answer a request that asks for HTTP/2 as any other request, which HTTP/1.1 allows."""

    async def check_protocol(*_: object) -> None: ...

    H11Protocol._check_protocol = check_protocol
