from collections.abc import Mapping

import pytest

from tests.local.ministack.access.harness import PAGE, access, send, unsigned
from tests.local.signatures.requests import signed_request

BUCKET = "tintype-local-originals-000000000000"
OWN = "http://127.0.0.1:8002"
OTHER_PAGES: list[Mapping[str, str]] = [
    {"origin": "http://attacker.example", "sec-fetch-site": "cross-site"},
    {"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-site"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": "http://attacker.example"},
]
FORMS = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


@pytest.mark.parametrize("page", OTHER_PAGES)
@pytest.mark.parametrize("content_type", FORMS)
def test_form_of_any_page_does_nothing(page: Mapping[str, str], content_type: str) -> None:
    for url in (
        "/",
        "/?Action=DeleteStack",
        "/2015-03-31/functions",
        "/_ministack/reset",
        f"/{BUCKET}/key",
        f"/{BUCKET}?delete",
        f"//{BUCKET}",
    ):
        result = send(unsigned("POST", url, {**page, "content-type": content_type}), [b"Action=DeleteStack"])
        assert (result.status, result.forwarded) == (403, False)


@pytest.mark.parametrize("page", [*OTHER_PAGES, {"origin": PAGE, "sec-fetch-site": "same-site"}])
def test_page_can_not_send_requests_signed_in_a_header(page: Mapping[str, str]) -> None:
    headers = {**page, "X-Amz-Target": "DynamoDB_20120810.Query"}
    assert send(signed_request("POST", "/", service="dynamodb", headers=headers)).status == 403
    assert send(signed_request("GET", f"/{BUCKET}/key", headers=page)).status == 403


@pytest.mark.parametrize("page", OTHER_PAGES)
def test_presigned_requests_are_left_to_the_bucket(page: Mapping[str, str]) -> None:
    url = signed_request("GET", f"/{BUCKET}/key", presigned_seconds=60)
    image = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    for headers in (page, image):
        assert send(unsigned("GET", f"{url.path}?{url.query_string}", headers)).forwarded
    assert send(unsigned("OPTIONS", f"/{BUCKET}/key", page)).forwarded
    assert send(unsigned("POST", f"/{BUCKET}", {**page, "content-type": "multipart/form-data; boundary=x"})).forwarded


def test_tests_have_buckets_of_their_own() -> None:
    for request in (
        unsigned("OPTIONS", "/tests-1/key"),
        unsigned("POST", "/tests-1", {"content-type": "multipart/form-data; boundary=x"}),
    ):
        assert send(request, to=access(restricted=False)).forwarded
        assert send(request).status == 403


@pytest.mark.parametrize("url", ["/", "/oauth2/token", "/another-bucket/key", "/_ministack/reset"])
def test_preflight_of_anything_else_is_refused(url: str) -> None:
    result = send(unsigned("OPTIONS", url, {"origin": PAGE, "access-control-request-method": "POST"}))
    assert (result.status, "access-control-allow-origin" in result.headers) == (403, False)


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login", "/logout", "/confirmation.html"])
def test_sign_in_is_opened_by_navigation_only(path: str) -> None:
    for site in ("none", "same-site", "cross-site"):
        navigation = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        assert send(unsigned("GET", f"{path}?client_id=x", navigation)).forwarded
    assert send(unsigned("GET", path)).forwarded  # a client that is no browser
    for headers in (
        {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"},
        {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-dest": "empty", "origin": "http://attacker.example"},
    ):
        assert send(unsigned("GET", path, headers)).status == 403
    assert send(unsigned("PUT", path)).status == 403


@pytest.mark.parametrize("path", ["/login", "/oauth2/login"])
def test_sign_in_form_comes_from_its_own_page(path: str) -> None:
    assert send(unsigned("POST", path, {"origin": OWN, "sec-fetch-site": "same-origin"})).forwarded
    assert send(unsigned("POST", path)).forwarded
    for page in [*OTHER_PAGES, {"origin": PAGE, "sec-fetch-site": "same-site"}, {"sec-fetch-site": "cross-site"}]:
        assert send(unsigned("POST", path, page)).status == 403


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke"])
def test_tokens_are_for_the_library_page(path: str) -> None:
    for origin in (PAGE, "http://localhost:8001"):
        assert send(unsigned("POST", path, {"origin": origin, "sec-fetch-site": "same-site"})).forwarded
    for page in OTHER_PAGES:
        assert send(unsigned("POST", path, page)).status == 403


def test_public_keys_are_public() -> None:
    assert send(unsigned("GET", "/us-east-1_Ab12/.well-known/jwks.json", OTHER_PAGES[0])).forwarded
    for url in ("/us-east-1_Ab12/.well-known/openid-configuration", "/a/b/.well-known/jwks.json", "/oauth2/userInfo"):
        assert send(unsigned("GET", url)).status == 403


def test_icon_is_for_own_pages() -> None:
    own_page = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "image"}
    for method, headers in (("GET", own_page), ("HEAD", {}), ("GET", {"sec-fetch-site": "none"})):
        assert send(unsigned(method, "/favicon.ico", headers)).forwarded
    for page in [*OTHER_PAGES, {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"}]:
        assert send(unsigned("GET", "/favicon.ico", page)).status == 403
    assert send(unsigned("POST", "/favicon.ico", own_page)).status == 403
