"""Nothing counts on a header that API Gateway renames or drops."""

import re
from pathlib import Path

import pytest

from chalicelib.http.responses import CORS
from chalicelib.openapi.document import document
from tests.support.gateway_headers import CHANGED_IN_RESPONSES, DROPPED_FROM_REQUESTS
from tests.support.openapi_check import Exchange, openapi_spec

PROJECT = Path(__file__).parents[3]
PREFLIGHT = CORS.get_access_control_headers()


def names(header: str) -> set[str]:
    return {name.strip().lower() for name in PREFLIGHT[header].split(",")}


def test_exposed_headers_arrive() -> None:
    assert not names("Access-Control-Expose-Headers") & CHANGED_IN_RESPONSES


def test_documented_headers_arrive() -> None:
    documented = {
        name.lower()
        for path in document()["paths"].values()
        for operation in path.values()
        for response in operation["responses"].values()
        for name in openapi_spec().resolve(response).get("headers", {})
    }
    assert {"etag", "retry-after"} <= documented
    assert not documented & CHANGED_IN_RESPONSES


def test_headers_of_requests_arrive() -> None:
    code = "".join(path.read_text() for path in (PROJECT / "chalicelib").rglob("*.py"))
    read = set(re.findall(r"headers\.get\(\"([\w-]+)\"", code))
    assert {"accept", "authorization", "if-match"} <= read
    assert not (read | names("Access-Control-Allow-Headers")) & DROPPED_FROM_REQUESTS


def test_page_reads_no_header_that_is_renamed() -> None:
    paths = (path for path in (PROJECT / "web" / "src").rglob("*.ts") if not path.name.endswith(".test.ts"))
    code = "".join(path.read_text() for path in paths)
    read = {name.lower() for name in re.findall(r"headers\.get\(\s*[\"']([\w-]+)[\"']", code)}
    assert read
    assert not read & CHANGED_IN_RESPONSES


@pytest.mark.parametrize(("name", "accepted"), [("server", False), ("Date", False), ("www-authenticate", True)])
def test_response_with_a_header_that_does_not_arrive_fails_the_check(name: str, accepted: bool) -> None:
    headers = {"content-type": "application/json", name.lower(): "Bearer"}
    exchange = Exchange("GET", "/me", b"", 401, headers, b'{"error":"No.","code":"token_invalid"}')
    if accepted:
        openapi_spec().check(exchange)
    else:
        with pytest.raises(AssertionError, match="API Gateway"):
            openapi_spec().check(exchange)
