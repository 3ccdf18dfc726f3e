from io import BytesIO

import pytest
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalGateway

from chalicelib.errors import NotFound
from chalicelib.http.app import TintypeApp
from chalicelib.http.responses import Response, image_response
from tests.fakes.api import FakeApi

PNG = b"\x89PNG\xff\x00"
ACCEPTS = [None, {}, {"X": "y"}, {"accept": "*/*"}, {"ACCEPT": "image/avif,image/webp"}, {"Accept": "application/json"}]


@pytest.mark.parametrize("headers", ACCEPTS)
def test_images_and_json_are_returned_for_any_accept_header(headers: dict[str, str] | None) -> None:
    image_api = FakeApi(lambda request: image_response(request, PNG, "image/png", seconds=1))
    assert image_api.send(headers=headers).body == PNG
    assert FakeApi(lambda _: {"a": 1}).send(headers=headers).json == {"a": 1}


def test_event_is_not_modified() -> None:
    api = FakeApi(lambda request: dict(request.headers))
    headers: dict[str, str] = {"X": "y"}
    assert api.send(headers=headers).json == {"x": "y", "accept": "*/*"}
    assert headers == {"X": "y"}


def test_head_works_wherever_get_does() -> None:
    api = FakeApi(lambda request, **_: image_response(request, PNG, "image/png", seconds=1))
    for photo_id in (None, "p1"):
        got, head = (api.send(method, photo_id=photo_id) for method in ("GET", "HEAD"))
        assert head == got
        assert head.status == 200
    app = TintypeApp("other")
    app.route("/it", methods=["PUT"])(dict)
    app.route("/default")(dict)
    assert (set(app.routes["/it"]), set(app.routes["/default"])) == ({"PUT"}, {"GET", "HEAD"})


def test_unsupported_method_returns_405_in_error_format() -> None:
    response = FakeApi(lambda _: 1).send("DELETE")
    assert response.status == 405
    assert response.json == {"error": "Unsupported method: DELETE.", "code": "method_not_allowed"}
    assert response.headers["Allow"] == "GET, POST, HEAD"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_content_type_reaches_the_handler(method: str) -> None:
    assert FakeApi(lambda _: 1).send(method, headers={"Content-Type": "text/plain"}).status == 200


def test_unknown_route_returns_error_format() -> None:
    response = FakeApi(lambda _: 1).send(resource="/other")
    assert response.status >= 400
    assert set(response.json) == {"error", "code"}


def test_invalid_response_of_handler_returns_500_in_error_format() -> None:
    response = FakeApi(lambda _: Response(body=b"x", headers={"X-Two": "a\nb"})).send()
    assert (response.status, response.json["code"]) == (500, "internal_error")
    assert b"Traceback" not in response.body
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_error_in_error_format_is_not_reshaped() -> None:
    def not_found(_: object) -> None:
        raise NotFound("Not found.")

    assert FakeApi(not_found).send().json == {"error": "Not found.", "code": "not_found"}


def test_error_without_json_body_is_not_reshaped() -> None:
    handler = lambda _: Response(body=b"\xff", status_code=410, headers={"Content-Type": "image/png"})  # noqa: E731
    response = FakeApi(handler).send()
    assert (response.status, response.body) == (410, b"\xff")


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        (b"GET /gallery/articles?tag=secret HTTP/1.1", ["GET /gallery 405"]),
        (b"GET /gallery HTTP/1.1", ["GET /gallery 403"]),
        (b"PUT /originals/secret.jpg HTTP/1.1", ["PUT /… 405"]),
        (b"PUT /secret.jpg HTTP/1.1", ["PUT /… 403"]),
        (b"GET /secret?gallery/ HTTP/1.1", ["GET /… 403"]),
        (b"GET //secret/gallery HTTP/1.1", ["GET /… 405"]),
        (b"GET secret.jpg HTTP/1.1", ["GET /… 403"]),
        (b"GET /{secret}/secret HTTP/1.1", ["GET /… 405"]),
        (b"GET /?secret HTTP/1.1", ["GET / 403"]),
        (b"GET /gallery?tag=secret HTTP/x", ["bad request", "- / 400"]),
        (b"secret secret secret secret", ["bad request", "- / 400"]),
    ],
)
def test_chalice_local_logs_no_queries_and_no_names(line: bytes, logged: list[str]) -> None:
    lines = list[str]()

    class Handler(ChaliceRequestHandler):
        def __init__(self) -> None:
            self.rfile, self.wfile = BytesIO(line + b"\r\n\r\n"), BytesIO()
            self.local_gateway = LocalGateway(app, Config.create())
            self.client_address = ("127.0.0.1", 1)
            self.handle()

        def log_message(self, text: str, *values: object) -> None:
            lines.append(text % values)

    app = TintypeApp("tintype")
    app.route("/gallery/articles", methods=["POST"])(dict)
    app.route("/{bucket}/{filename}", methods=["DELETE"])(dict)
    Handler()
    assert [each for each in lines if "secret" in each] == []
    assert lines == logged
