"""`GET /openapi.json`: put together when it is asked for, once; it needs no library."""

from chalicelib.http.requests import Answer, Call, shown

SECONDS_IN_CACHES = 300


def document(call: Call) -> Answer:
    """The API's own description."""
    from chalicelib.openapi.document import served

    call.only()
    return shown(call, served(), "application/json", seconds=SECONDS_IN_CACHES)
