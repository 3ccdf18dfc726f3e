import re
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.errors import TintypeError
from chalicelib.http.errors import STATUS_CODES
from chalicelib.http.requests import ApiRequest
from tests.fakes.api import FakeApi, GatewayResponse


def respond_to(error: Exception) -> GatewayResponse:
    """The response when a handler raises this error."""

    def handler(_: ApiRequest) -> None:
        raise error

    return FakeApi(handler).send()


EXAMPLES: list[tuple[TintypeError, int, dict[str, Any]]] = [
    (errors.Invalid("No.", field="limit"), 400, {"code": "invalid", "field": "limit"}),
    (errors.Invalid("No.", code="invalid_json"), 400, {"code": "invalid_json"}),
    (errors.Unauthenticated("No.", code="token_expired"), 401, {"code": "token_expired"}),
    (errors.Forbidden("No."), 403, {"code": "forbidden"}),
    (errors.Forbidden("No.", needs="read"), 403, {"code": "forbidden", "needs": "read"}),
    (errors.NotFound("No."), 404, {"code": "not_found"}),
    (errors.PhotoNotFound("p1"), 404, {"code": "photo_not_found"}),
    (errors.TooLarge("No.", limit=7), 413, {"code": "too_large", "limit": 7, "upload_with": "POST /uploads"}),
    (errors.UnsupportedMedia("No."), 415, {"code": "unsupported_media_type"}),
    (errors.Conflict("No."), 409, {"code": "conflict"}),
    (errors.IdTaken("p1"), 409, {"code": "id_taken"}),
    (errors.ContentClaimed("p1"), 409, {"code": "conflict"}),
    (errors.NotConfigured("No.", missing=("a", "b")), 500, {"code": "not_configured", "missing": ["a", "b"]}),
    (errors.Unavailable("No."), 503, {"code": "unavailable"}),
    (errors.StorageFull("No."), 507, {"code": "storage_full"}),
]


@pytest.mark.parametrize(("error", "status", "fields"), EXAMPLES)
def test_each_error_maps_to_status_and_body(error: TintypeError, status: int, fields: dict[str, Any]) -> None:
    response = respond_to(error)
    assert response.status == status
    assert response.json == {"error": str(error)} | fields
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_statuses_match_the_docstring_of_the_error_tree() -> None:
    documented = re.findall(r"(\w+) {2,}.* (\d{3})$", errors.__doc__ or "", re.MULTILINE)
    statuses = {kind.__name__: str(status) for kind, status, _ in STATUS_CODES}
    assert statuses == {"PhotoNotFound": "404"} | dict(documented)
    assert len(documented) == 14


def test_401_and_503_have_their_headers() -> None:
    assert respond_to(errors.Unauthenticated("No.")).headers["WWW-Authenticate"] == "Bearer"
    assert int(respond_to(errors.Unavailable("No.")).headers["Retry-After"]) > 0
    assert "Retry-After" not in respond_to(errors.StorageFull("No.")).headers


@pytest.mark.parametrize("error", [RuntimeError("secret detail"), KeyError("secret"), errors.Unreadable("secret")])
def test_other_exceptions_return_500_and_reveal_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    response = respond_to(error)
    assert response.status == 500
    assert response.json["code"] == "internal_error"
    assert b"secret" not in response.body
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "secret" in caplog.text


def test_result_that_is_not_json_returns_500() -> None:
    response = FakeApi(lambda _: object()).send()
    assert (response.status, response.json["code"]) == (500, "internal_error")
    assert response.json["error"].endswith(".")
