"""A page of another origin tries to read, change and destroy the library through each of its ports."""

import http.client
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from local.api import REFUSALS
from local.library import Library
from local.ports import HOST
from local.site.inbox import fetch_messages
from tests.browser.conftest import REBOUND_NAME, api_request
from tests.browser.page_server import serve_page
from tests.browser.shared_pages import listening

STACK = "Action=DeleteStack&StackName=tintype-local&Version=2010-05-15"
FUNCTION = json.dumps({"FunctionName": "f", "Runtime": "python3.12", "Handler": "a.b", "Role": "r", "Code": {}})
FAKE_KEY = (
    "AWS4-HMAC-SHA256 Credential=local/20261126/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=" + "0" * 64
)
# Sends one request in the given way and returns what a script can see of the response.
FETCH = """async ([url, init]) => {
    try {
        const response = await fetch(url, init);
        return response.type === "opaque" ? "opaque" : `${response.status} ${await response.text()}`;
    } catch (error) {
        return "blocked";
    }
}"""
FORM = """([action, method, enctype, fields]) => {
    document.querySelector("iframe")?.remove();
    // A frame of its own for each form: the requests of a frame that has changed its process may not be reported.
    document.body.append(Object.assign(document.createElement("iframe"), {name: "frame"}));
    const form = Object.assign(document.createElement("form"), {action, method, enctype, target: "frame"});
    for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement("input"), {name, value}));
    }
    document.body.append(form);
    form.submit();
}"""
ELEMENT = """([name, url]) => new Promise((resolve) => {
    const element = Object.assign(document.createElement(name), {src: url, rel: "stylesheet"});
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("failed");
    document.body.append(element);
})"""


HOSTILE_PAGE = "<!doctype html><title>Hostile</title><body>"


@pytest.fixture(scope="module")
def hostile_port() -> Iterator[int]:
    """The port of the hostile page, which is empty."""
    with serve_page(HOSTILE_PAGE) as port:
        yield port


@pytest.fixture(scope="module")
def attacker(browser: Browser) -> Iterator[Page]:
    """A page in a browser context of its own, where no library was ever open."""
    with browser.new_context() as context:
        yield context.new_page()


# Another port of 127.0.0.1 is the same site as the library, localhost is another site.
@pytest.fixture(params=["127.0.0.1", "localhost"])
def hostile(request: pytest.FixtureRequest, hostile_port: int, attacker: Page) -> Page:
    """The hostile page, open."""
    attacker.goto(f"http://{request.param}:{hostile_port}/")
    return attacker


def state(library: Library) -> Any:
    """What the library holds: photos, objects, parameters' versions, messages."""
    bucket = library.provisioned.outputs["OriginalsBucket"]
    objects = library.client("s3").list_objects_v2(Bucket=bucket)
    parameters = library.client("ssm").get_parameters_by_path(Path="/tintype/local/")["Parameters"]
    photos = api_request(library, "/photos?limit=100", library.token())["items"]
    return (
        sorted(each["photo_id"] for each in photos),
        sorted((each["Key"], each["ETag"]) for each in objects["Contents"]),
        sorted((each["Name"], each["Version"]) for each in parameters),
        len(fetch_messages(library.provisioned.services)),
    )


def attacks(library: Library) -> list[tuple[str, str, dict[str, str], str]]:
    """Method, URL, headers and body of each request."""
    services = library.provisioned.services.endpoint
    bucket = f"{services}/{library.provisioned.outputs['OriginalsBucket']}"
    target = {"X-Amz-Target": "DynamoDB_20120810.Scan", "Content-Type": "application/x-amz-json-1.0"}
    photos = json.dumps({"TableName": library.provisioned.outputs["PhotosTable"]})
    text, form = {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}
    lambdas = f"{services}/2015-03-31/functions"
    return [
        ("GET", f"{services}/", {}, ""),
        ("GET", f"{bucket}?list-type=2", {}, ""),
        ("GET", f"{bucket}?list-type=2", {"Authorization": FAKE_KEY}, ""),
        ("GET", f"{bucket}/lake-1.jpg", {}, ""),
        ("HEAD", f"{bucket}/lake-1.jpg", {}, ""),
        ("PUT", f"{bucket}/lake-1.jpg", text, "overwritten"),
        ("POST", f"{bucket}/lake-1.jpg", text, "overwritten"),
        ("POST", f"{bucket}?delete", text, "<Delete><Object><Key>lake-1.jpg</Key></Object></Delete>"),
        ("DELETE", f"{bucket}/lake-1.jpg", {}, ""),
        ("DELETE", bucket, {}, ""),
        ("PUT", f"{bucket}?policy", text, "{}"),
        ("POST", f"{services}/", target, photos),
        ("POST", f"{services}/", text, photos),
        ("POST", f"{services}/", {**target, "X-Amz-Target": "DynamoDB_20120810.DeleteTable"}, photos),
        ("POST", f"{services}/", text, STACK),
        ("POST", f"{services}/", form, STACK),
        ("POST", f"{services}/?{STACK}", text, ""),
        ("GET", f"{services}/?{STACK}", {}, ""),
        ("POST", lambdas, text, FUNCTION),
        ("POST", f"{lambdas}/f/invocations", text, "{}"),
        ("GET", f"{lambdas}/", {}, ""),
        ("POST", f"{services}/", form, "Action=CreateUser&UserName=u&Version=2010-05-08"),
        ("POST", f"{services}/_ministack/reset", text, ""),
        ("POST", f"{services}/_ministack/reset?init=1", form, ""),
        ("POST", f"{services}/_ministack/config", text, '{"lambda_svc.LAMBDA_EXECUTOR": "local"}'),
        ("GET", f"{services}/_ministack/ses/messages", {}, ""),
        ("GET", f"{services}/_ministack/sqs/messages", {}, ""),
        ("GET", f"{services}/_ministack/health", {}, ""),
        ("POST", f"{services}/oauth2/token", form, "grant_type=refresh_token"),
        ("POST", f"{services}/login", form, "username=demo%40tintype.example&password=demo-password"),
        ("GET", f"{services}/oauth2/authorize?response_type=code", {}, ""),
        ("GET", f"{library.page_url}inbox", {}, ""),
        ("POST", f"{library.page_url}inbox", text, ""),
        ("GET", f"{library.api_url}/photos?scope=mine", {}, ""),
        ("POST", f"{library.api_url}/photos/batch", text, '{"action": "trash", "photo_ids": []}'),
        ("DELETE", f"{library.api_url}/photos/{'0' * 26}?permanent=true", {}, ""),
        ("POST", f"{library.api_url}/keys", text, '{"name": "n", "can": ["manage"]}'),
    ]


@pytest.fixture
def answers(hostile: Page, library: Library) -> Iterator[list[tuple[str, int]]]:
    """URL and status of each answer that the hostile page gets from the library, filled in as they arrive."""
    answers: list[tuple[str, int]] = []
    ports = {library.ports.api, library.ports.page, library.ports.services}

    def record(response: Response) -> None:
        if urlsplit(response.url).port in ports:
            answers.append((f"{response.request.method} {response.url}", response.status))

    with listening(hostile.context, "response", record):
        yield answers


def refused(answers: list[tuple[str, int]]) -> bool:
    """Whether there were answers, all of them refusals."""
    return bool(answers) and [each for each in answers if each[1] < 400] == []


@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_fetch_reads_and_changes_nothing(
    hostile: Page, library: Library, answers: list[tuple[str, int]], mode: str
) -> None:
    before = state(library)
    for method, url, headers, body in attacks(library):
        if mode == "no-cors" and (method in {"PUT", "DELETE"} or {*headers} - {"Content-Type"}):
            continue  # browsers send no such requests
        for credentials in ("omit", "include"):
            init = {
                "method": method,
                "mode": mode,
                "headers": headers,
                "credentials": credentials,
                "redirect": "follow",
            }
            seen = hostile.evaluate(FETCH, [url, init | ({"body": body} if body else {})])
            if url.startswith(library.api_url):  # open to other pages: it knows nobody without a token
                assert seen in {"blocked", "opaque"} or seen.startswith(("400 ", "401 ", "403 ", "404 ")), (url, seen)
            else:
                assert seen in {"blocked", "opaque"}, (method, url, seen)
    assert refused([each for each in answers if not each[0].startswith("OPTIONS ")]), answers
    assert state(library) == before


@pytest.mark.parametrize("enctype", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_do_nothing(hostile: Page, library: Library, answers: list[tuple[str, int]], enctype: str) -> None:
    before = state(library)
    bucket = library.provisioned.outputs["OriginalsBucket"]
    stack = dict(pair.split("=") for pair in STACK.split("&"))
    forms: list[tuple[str, dict[str, str]]] = [
        ("", stack),
        (f"?{STACK}", {}),
        ("2015-03-31/functions", {FUNCTION[:-1] + ', "a': '": 1}'}),  # sent as text/plain it is JSON but for a "="
        ("2015-03-31/functions/f/invocations", {"{}": ""}),
        (bucket, {"key": "uploads/a.jpg", "file": "content"}),
        ("_ministack/reset", {"a": "b"}),
        ("login", {"username": "demo@tintype.example", "password": "demo-password"}),
    ]
    for path, fields in forms:
        url = f"{library.provisioned.services.endpoint}/{path}"
        with hostile.context.expect_event("response", lambda response, url=url: response.url == url):
            hostile.evaluate(FORM, [url, "POST", enctype, fields])
    assert refused(answers), answers
    assert len(answers) >= len(forms)
    assert state(library) == before


@pytest.mark.parametrize("element", ["img", "script", "iframe", "video"])
def test_elements_show_nothing(hostile: Page, library: Library, answers: list[tuple[str, int]], element: str) -> None:
    services = library.provisioned.services.endpoint
    bucket = f"{services}/{library.provisioned.outputs['OriginalsBucket']}"
    urls = [
        f"{services}/?{STACK}",
        f"{bucket}/lake-1.jpg",
        f"{bucket}?list-type=2",
        f"{services}/_ministack/ses/messages",
        f"{services}/oauth2/authorize?response_type=code",
        f"{services}/logout",
        f"{library.page_url}inbox",
    ]
    before = state(library)
    for url in urls:
        seen = hostile.evaluate(ELEMENT, [element, url])
        if element == "iframe":  # it shows the error
            assert "Inbox" not in hostile.frames[-1].content()
        else:
            assert seen == "failed", url
    assert [each for each in answers if each[1] < 400] == []  # the browser itself blocks some responses
    assert state(library) == before


def test_links_do_not_open_the_inbox(hostile: Page, library: Library) -> None:
    with hostile.context.expect_page() as opened:
        hostile.evaluate("url => { window.open(url); }", f"{library.page_url}inbox")
    opened.value.wait_for_load_state()
    assert "Inbox" not in opened.value.content()
    opened.value.close()


def test_image_with_a_signed_url_loads(hostile: Page, library: Library) -> None:
    (photo, *_) = api_request(library, "/photos?scope=public&limit=1")["items"]
    url = api_request_location(library, f"/photos/{photo['photo_id']}/thumbnail")
    assert hostile.evaluate(ELEMENT, ["img", url]) == "loaded"
    assert hostile.evaluate(ELEMENT, ["img", url.replace("X-Amz-Signature=", "X-Amz-Signature=0")]) == "failed"
    assert hostile.evaluate(ELEMENT, ["img", f"{library.api_url}/photos/{photo['photo_id']}/thumbnail"]) == "loaded"


def api_request_location(library: Library, path: str) -> str:
    """The URL that the API redirects to."""
    connection = http.client.HTTPConnection(HOST, library.ports.api, timeout=10)
    connection.request("GET", path)
    location = connection.getresponse().getheader("Location")
    connection.close()
    assert location
    return location


def test_name_that_resolves_to_this_machine_is_refused(attacker: Page, library: Library) -> None:
    """DNS rebinding: the browser takes each port for the attacker's own server."""
    sentence, code = REFUSALS[HTTPStatus.MISDIRECTED_REQUEST]
    refusals = {"the API": json.dumps({"error": sentence, "code": code}, separators=(",", ":"))}
    for label, port in library.ports.by_label().items():
        for path in (
            "/",
            "/inbox",
            "/config.json",
            "/gallery/articles",
            "/oauth2/authorize",
            "/login",
        ):
            response = attacker.goto(f"http://{REBOUND_NAME}:{port}{path}")
            assert response is not None
            assert (response.status, response.text()) == (421, refusals.get(label, "Misdirected Request.\n")), (
                label,
                path,
            )
            seen = attacker.evaluate(FETCH, [path, {"method": "POST", "body": STACK}])
            assert seen.startswith("421 "), (label, path, seen)
