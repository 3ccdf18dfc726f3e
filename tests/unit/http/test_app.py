import pytest

from chalicelib.errors import NotFound
from chalicelib.http.requests import Answer, shown
from tests.fakes.api import Api

PNG = b"\x89PNG\xff\x00"
ACCEPTS = [None, {}, {"X": "y"}, {"accept": "*/*"}, {"ACCEPT": "image/avif,image/webp"}, {"Accept": "application/json"}]


@pytest.mark.parametrize("headers", ACCEPTS)
def test_images_and_json_are_answered_whatever_is_accepted(headers: dict[str, str] | None) -> None:
    assert Api(lambda call: shown(call, PNG, "image/png", seconds=1)).ask(headers=headers).body == PNG
    assert Api(lambda _: {"a": 1}).ask(headers=headers).json == {"a": 1}


def test_the_event_that_came_in_is_left_as_it_was() -> None:
    api = Api(lambda call: dict(call.headers))
    sent: dict[str, str] = {"X": "y"}
    assert api.ask(headers=sent).json == {"x": "y", "accept": "*/*"}
    assert sent == {"X": "y"}


def test_a_method_that_is_not_there_is_told_in_the_one_shape() -> None:
    answer = Api(lambda _: 1).ask("DELETE")
    assert answer.status == 405
    assert answer.json == {"error": "Unsupported method: DELETE.", "code": "method_not_allowed"}
    assert answer.headers["Allow"] == "GET, POST"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_type_is_not_asked_for_before_a_door_reads_the_body(method: str) -> None:
    assert Api(lambda _: 1).ask(method, headers={"Content-Type": "text/plain"}).status == 200


def test_a_route_that_is_not_there_is_told_in_the_one_shape() -> None:
    answer = Api(lambda _: 1).ask(resource="/other")
    assert answer.status >= 400
    assert set(answer.json) == {"error", "code"}


def test_what_breaks_behind_the_view_is_told_in_the_one_shape() -> None:
    answer = Api(lambda _: Answer(body=b"x", headers={"X-Two": "a\nb"})).ask()
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert b"Traceback" not in answer.body
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_error_that_is_in_our_shape_already_is_passed_on() -> None:
    def absent(_: object) -> None:
        raise NotFound("There is nothing.")

    assert Api(absent).ask().json == {"error": "There is nothing.", "code": "not_found"}


def test_an_error_whose_body_is_no_json_is_passed_on() -> None:
    answer = Api(lambda _: Answer(body=b"\xff", status_code=410, headers={"Content-Type": "image/png"})).ask()
    assert (answer.status, answer.body) == (410, b"\xff")
