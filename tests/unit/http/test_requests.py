import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.identity import Caller
from chalicelib.errors import Invalid, Unauthenticated
from chalicelib.http.requests import ApiRequest


def with_query(**query: list[str]) -> ApiRequest:
    return ApiRequest(query=query, headers={}, body=b"", caller=None)


def with_body(body: bytes) -> ApiRequest:
    return ApiRequest(query={}, headers={}, body=body, caller=None)


@pytest.mark.parametrize(("values", "limit"), [(None, 50), (["1"], 1), (["100"], 100), (["007"], 7)])
def test_limit_is_a_whole_number_from_1_to_100(values: list[str] | None, limit: int) -> None:
    assert with_query(**({"limit": values} if values else {})).limit(50) == limit


@given(
    st.text().filter(lambda text: not re.fullmatch("[0-9]{1,3}", text)) | st.sampled_from(["0", "000", "101", "999"])
)
def test_any_other_limit_raises_invalid(value: str) -> None:
    with pytest.raises(Invalid) as raised:
        with_query(limit=[value]).limit(50)
    assert raised.value.field == "limit"


def test_allow_params_rejects_unknown_names_but_no_cache_busters() -> None:
    with_query(tag=["a"], t=["1"], _=["2"]).allow_params("tag")
    with pytest.raises(Invalid) as raised:
        with_query(tag=["a"], color=["red"]).allow_params("tag")
    assert raised.value.field == "color"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"scope": [""]}, "scope"),
        ({"scope": [" "]}, "scope"),
        ({"scope": ["a", "b"]}, "scope"),
        ({"tag": ["sea", ""]}, "tag"),
        ({"tag": ["\u3000"]}, "tag"),
        ({"TAG": ["sea"]}, "TAG"),
        ({" tag": ["sea"]}, " tag"),
        ({"tag[]": ["sea"]}, "tag[]"),
        ({"T": ["1"]}, "T"),
    ],
)
def test_allow_params_has_one_rule_for_all(query: dict[str, list[str]], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        with_query(**query).allow_params("tag", "scope")
    assert raised.value.field == field
    with_query(tag=["sea", "dog"], scope=["mine"], t=["", "", " "], _=[]).allow_params("tag", "scope")


@pytest.mark.parametrize("values", [None, [""], [" ", ""]])
def test_missing_required_parameter_has_its_own_message(values: list[str] | None) -> None:
    with pytest.raises(Invalid, match="tag, please") as raised:
        with_query(**({"tag": values} if values else {})).allow_params("tag", required="tag", message="tag, please")
    assert raised.value.field == "tag"


def test_json_rejects_repeated_fields() -> None:
    with pytest.raises(Invalid, match="a may appear only once") as raised:
        with_body(b'{"a": 1, "b": 2, "a": 3}').json("a", "b")
    assert raised.value.field == "a"


def test_get_rejects_a_repeated_parameter() -> None:
    assert with_query().get("tag") is None
    assert with_query(tag=["a"]).get("tag") == "a"
    with pytest.raises(Invalid) as raised:
        with_query(tag=["a", "b"]).get("tag")
    assert raised.value.field == "tag"


def test_get_enum_rejects_other_values() -> None:
    assert with_query().get_enum("order", "count", "heat") is None
    assert with_query(order=["heat"]).get_enum("order", "count", "heat") == "heat"
    for other in ("", "HEAT", "size"):
        with pytest.raises(Invalid, match="count or heat"):
            with_query(order=[other]).get_enum("order", "count", "heat")


def test_json_rejects_unknown_fields() -> None:
    assert with_body('{"ü": null}'.encode()).json("ü", "other") == {"ü": None}
    with pytest.raises(Invalid) as raised:
        with_body(b'{"a": 1, "b": 2}').json("a")
    assert raised.value.field == "b"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"\xff", b"[" * 100_000, b'{"a": 1}x'])
def test_json_rejects_anything_but_an_object(body: bytes) -> None:
    with pytest.raises(Invalid) as raised:
        with_body(body).json("a")
    assert raised.value.code == "invalid_json"


def test_owner_requires_sign_in() -> None:
    with pytest.raises(Unauthenticated):
        _ = with_query().owner
    assert replace(with_query(), caller=Caller("alice", "id", {})).owner == "alice"
