import pytest

from chalicelib.accounts.identity import Caller
from chalicelib.errors import Unauthenticated
from chalicelib.http.requests import ApiRequest
from chalicelib.routes import params


def request(scope: str | None, viewer: str | None) -> ApiRequest:
    query = {} if scope is None else {"scope": [scope]}
    return ApiRequest(query, headers={}, body=b"", caller=Caller(viewer, "id", {}) if viewer else None)


@pytest.mark.parametrize(
    ("value", "viewer", "scope"),
    [
        (None, None, "public"),
        ("public", None, "public"),
        ("public", "alice", "public"),
        (None, "alice", "owner/alice"),
        ("mine", "alice", "owner/alice"),
    ],
)
def test_scope_defaults_to_own_library_when_signed_in(value: str | None, viewer: str | None, scope: str) -> None:
    assert params.scope(request(value, viewer)) == scope


def test_own_scope_requires_sign_in() -> None:
    with pytest.raises(Unauthenticated):
        params.scope(request("mine", None))
