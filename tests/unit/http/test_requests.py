import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import errors
from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Invalid, TintypeError, Unauthenticated
from chalicelib.http.requests import STATUS, Call, done, etag_of, kept, matches, pointed, shown
from chalicelib.observability import logger
from tests.fakes.api import Answered, Api

ALICE = {"Authorization": "Bearer alice"}


def call(**query: list[str]) -> Call:
    return Call(query=query, headers={}, body=b"", caller=None)


def sent(body: bytes) -> Call:
    return Call(query={}, headers={}, body=body, caller=None)


def failing(problem: Exception) -> Answered:
    """What is answered when a view raises this."""

    def raises(_: Call) -> None:
        raise problem

    return Api(raises).ask()


ONE_OF_EACH: list[tuple[TintypeError, int, dict[str, Any]]] = [
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
    (errors.ContentClaimed("p1"), 409, {"code": "conflict"}),
    (errors.NotConfigured("No.", missing=("a", "b")), 500, {"code": "not_configured", "missing": ["a", "b"]}),
    (errors.Unavailable("No."), 503, {"code": "unavailable"}),
]


@pytest.mark.parametrize(("problem", "status", "told"), ONE_OF_EACH)
def test_every_error_of_ours_is_one_answer_in_the_one_shape(
    problem: TintypeError, status: int, told: dict[str, Any]
) -> None:
    answer = failing(problem)
    assert answer.status == status
    assert answer.json == {"error": str(problem)} | told
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_statuses_are_those_that_the_tree_of_errors_promises() -> None:
    promised = re.findall(r"(\w+) {2,}.* (\d{3})$", errors.__doc__ or "", re.MULTILINE)
    assert {kind.__name__: str(status) for kind, status, _ in STATUS} == {"PhotoNotFound": "404"} | dict(promised)
    assert len(promised) == 11


def test_who_is_not_signed_in_is_told_how_and_who_comes_too_early_when() -> None:
    assert failing(errors.Unauthenticated("No.")).headers["WWW-Authenticate"] == "Bearer"
    assert int(failing(errors.Unavailable("No.")).headers["Retry-After"]) > 0


@pytest.mark.parametrize("problem", [RuntimeError("secret detail"), KeyError("secret"), errors.Unreadable("secret")])
def test_whatever_else_goes_wrong_nothing_of_the_inside_is_told(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing(problem)
    assert answer.status == 500
    assert answer.json["code"] == "internal_error"
    assert b"secret" not in answer.body
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "secret" in caplog.text  # but it is there to be found


def test_what_cannot_be_said_in_json_is_our_own_fault() -> None:
    answer = Api(lambda _: object()).ask()
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert answer.json["error"].endswith(".")


def test_an_answer_is_json_and_kept_by_nobody() -> None:
    answer = Api(lambda _: {"größe": [1, None]}).ask()
    assert answer.status == 200
    assert answer.body == '{"größe":[1,null]}'.encode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Vary"] == "Authorization, Accept"


def test_half_a_character_is_answered_as_it_was_asked() -> None:
    answer = Api(lambda call: call.json("a")).ask("POST", body=rb'{"\ud800": 1}')
    assert (answer.status, answer.json["field"]) == (400, "\ud800")


def test_a_view_sees_who_is_calling() -> None:
    api = Api(lambda call: [call.viewer, call.owner, call.signed_in.token_use])
    assert api.ask(headers=ALICE).json == ["alice", "alice", "id"]


def test_nobody_may_look_but_not_act() -> None:
    assert Api(lambda call: call.viewer).ask().json is None
    for act in (lambda call: call.owner, lambda call: call.signed_in):
        assert Api(act).ask().status == 401


@pytest.mark.parametrize("header", ["Bearer bad", "Basic abc", "Bearer"])
def test_a_bad_token_is_refused_before_the_view_is_asked(header: str) -> None:
    def never(_: Call) -> None:
        raise AssertionError

    assert Api(never).ask(headers={"authorization": header}).status == 401


def key(right: Permission) -> dict[str, str]:
    return {"Authorization": f"Bearer key-{right}"}


@pytest.mark.parametrize("right", Permission)
def test_a_key_without_the_right_is_told_which_before_the_view_is_asked(right: Permission) -> None:
    seen = list[str | None]()
    api = Api(lambda call: seen.append(call.viewer), right)
    for other in set(Permission) - {right}:
        answer = api.ask(headers=key(other))
        assert (answer.status, answer.json["code"]) == (403, "forbidden")
        assert answer.json.get("needs") == (None if right is Permission.ACCOUNT else right)
    assert seen == []
    assert api.ask(headers=key(right)).status == 200
    assert seen == ["alice"]


@pytest.mark.parametrize("right", [*Permission, None])
def test_who_is_signed_in_has_every_right_and_nobody_is_left_to_the_view(right: Permission | None) -> None:
    api = Api(lambda call: call.viewer, right)
    assert (api.ask(headers=ALICE).json, api.ask().json) == ("alice", None)


def test_a_route_that_asks_for_no_right_is_open_to_any_key() -> None:
    assert {Api(lambda call: call.viewer).ask(headers=key(right)).json for right in Permission} == {"alice"}


def test_what_is_done_without_a_word_has_no_body() -> None:
    answer = Api(lambda _: done()).ask()
    assert (answer.status, answer.body, answer.headers["Cache-Control"]) == (204, b"", "private, no-store")


def test_a_view_gets_the_path_the_query_and_the_body() -> None:
    api = Api(lambda call, photo_id="": [photo_id, dict(call.query), call.body.decode("latin-1")])
    assert api.ask(photo_id="p1", query={"tag": ["a", "b"], "limit": ["3"]}).json == [
        "p1",
        {"tag": ["a", "b"], "limit": ["3"]},
        "",
    ]
    assert api.ask("POST", body=b"\xff\x00").json == ["", {}, "\xff\x00"]


def test_the_log_finds_a_request_again_and_holds_no_word_of_it(caplog: pytest.LogCaptureFixture) -> None:
    api = Api(lambda call, photo_id: [call.viewer, photo_id])
    api.ask(photo_id="p1", query={"tag": ["aunt mary"]}, headers={"Authorization": "Bearer marianne"})
    (told,) = [json.loads(logger().registered_handler.format(record)) for record in caplog.records]
    assert (told["message"], told["status"], told["photo_id"], told["request_id"]) == ("Answered", 200, "p1", "r1")
    assert (told["method"], told["route"]) == ("GET", "/it/{photo_id}")
    assert "mary" not in json.dumps(told)
    assert "marianne" not in json.dumps(told)


@pytest.mark.parametrize(("given", "limit"), [(None, 50), (["1"], 1), (["100"], 100), (["007"], 7)])
def test_a_limit_is_a_whole_number_from_1_to_100(given: list[str] | None, limit: int) -> None:
    assert call(**({"limit": given} if given else {})).limit(50) == limit


@given(
    st.text().filter(lambda text: not re.fullmatch("[0-9]{1,3}", text)) | st.sampled_from(["0", "000", "101", "999"])
)
def test_any_other_limit_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        call(limit=[given]).limit(50)
    assert refused.value.field == "limit"


def test_a_parameter_that_nobody_knows_is_named_and_cache_busters_are_not() -> None:
    call(tag=["a"], t=["1"], _=["2"]).only("tag")
    with pytest.raises(Invalid) as refused:
        call(tag=["a"], colour=["red"]).only("tag")
    assert refused.value.field == "colour"


def test_a_parameter_that_is_given_twice_is_not_guessed_at() -> None:
    assert call().one("tag") is None
    assert call(tag=["a"]).one("tag") == "a"
    with pytest.raises(Invalid) as refused:
        call(tag=["a", "b"]).one("tag")
    assert refused.value.field == "tag"


def test_a_choice_is_one_of_those_there_are() -> None:
    assert call().choice("order", "count", "heat") is None
    assert call(order=["heat"]).choice("order", "count", "heat") == "heat"
    for other in ("", "HEAT", "size"):
        with pytest.raises(Invalid, match="count or heat"):
            call(order=[other]).choice("order", "count", "heat")


def test_a_body_is_an_object_with_fields_that_are_known() -> None:
    assert sent('{"ü": null}'.encode()).json("ü", "other") == {"ü": None}
    with pytest.raises(Invalid) as refused:
        sent(b'{"a": 1, "b": 2}').json("a")
    assert refused.value.field == "b"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"\xff", b"[" * 100_000, b'{"a": 1}x'])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        sent(body).json("a")
    assert refused.value.code == "invalid_json"


def test_the_one_who_acts_must_be_somebody() -> None:
    with pytest.raises(Unauthenticated):
        _ = call().owner
    assert replace(call(), caller=Caller("alice", "id", {})).owner == "alice"


def test_what_is_public_may_be_kept_and_what_is_somebodys_own_may_not() -> None:
    api = Api(lambda call: kept(call, {"a": 1}, seconds=60, etag='"e"'))
    public, own = api.ask(), api.ask(headers=ALICE)
    assert (public.headers["Cache-Control"], public.headers["ETag"]) == ("public, max-age=0, s-maxage=60", '"e"')
    assert own.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in own.headers
    assert public.json == own.json == {"a": 1}


@pytest.mark.parametrize(
    ("header", "is_right"),
    [('"e"', True), ('W/"e"', True), ('"x", "e"', True), ("*", True), ('"x"', False), ("e", False), ("", False)],
)
def test_what_the_caller_has_already_is_not_sent_again(header: str, is_right: bool) -> None:
    assert matches(header, '"e"') is is_right
    answer = Api(lambda call: kept(call, {"a": 1}, seconds=60, etag='"e"')).ask(headers={"If-None-Match": header})
    assert answer.status == (304 if is_right else 200)
    assert bool(answer.body) is not is_right
    assert answer.headers["ETag"] == '"e"'
    assert answer.headers["Vary"] == "Authorization, Accept"


def test_an_entity_tag_follows_what_is_said_and_not_its_order() -> None:
    assert etag_of({"a": 1, "b": [2]}) == etag_of({"b": [2], "a": 1})
    assert etag_of({"a": 1}) != etag_of({"a": 2})
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag_of(None))


def test_an_image_is_its_bytes_with_its_type() -> None:
    api = Api(lambda call: shown(call, b"\x89PNG\xff", "image/png", seconds=60))
    public = api.ask()
    assert (public.body, public.headers["Content-Type"]) == (b"\x89PNG\xff", "image/png")
    assert public.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert api.ask(headers=ALICE).headers["Cache-Control"] == "private, no-cache"
    again = api.ask(headers={"If-None-Match": public.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_redirect_to_a_signed_url_is_kept_by_nobody() -> None:
    answer = Api(lambda _: pointed("https://bucket/key?signed")).ask()
    assert (answer.status, answer.headers["Location"], answer.body) == (302, "https://bucket/key?signed", b"")
    assert answer.headers["Cache-Control"] == "private, no-store"
