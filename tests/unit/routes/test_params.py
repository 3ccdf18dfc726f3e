import pytest

from chalicelib.accounts.identity import Caller
from chalicelib.errors import Invalid, Unauthenticated
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


@pytest.mark.parametrize(
    "value",
    [
        *("2020-W01-1", "2020-W01", "20200101", "2020-001", "2020-1-1", "yesterday", "\u0662\u0660\u0662\u0660-01-01"),
        *("2020-W01-1T00:00:00", "20200101T000000", "2020-01-01T00", "2020-01-01 00:00:00", "2020-01-01T00:00:00+0100"),
        *("2020-02-30", "2020-01-01T25:00:00", "2020-01-01T00:00:00,5", "9999-12-32", ""),
    ],
)
def test_other_forms_of_times_are_invalid(value: str) -> None:
    with pytest.raises(Invalid) as error:
        params.time_range(ApiRequest({"from": [value]}, headers={}, body=b"", caller=None))
    assert error.value.field == "from"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2020-01-01", "2020-01-01T00:00:00"),
        ("2020-01-01T18:30", "2020-01-01T18:30:00"),
        ("2020-01-01t18:30:00.5z", "2020-01-01T18:30:00.500000"),
        ("2020-01-01T18:30:00-03:00", "2020-01-01T18:30:00"),
    ],
)
def test_time_is_that_of_the_cameras_clock(value: str, expected: str) -> None:
    start, _ = params.time_range(ApiRequest({"from": [value]}, headers={}, body=b"", caller=None))
    assert start is not None
    assert start.isoformat() == expected
