import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from local.ports import HOST, free
from local.provision import Provisioned
from local.services import Services
from local.site.page import Handler, Site, config

CONFIG = {"api": "http://127.0.0.1:8000"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>Tintype</title>")
    (built / "assets" / "index-C0ffee.js").write_text("export {}")
    (built / "manifest.webmanifest").write_text("{}")
    (tmp_path / "secret.txt").write_text("not for the page")
    return built


@pytest.fixture
def port(built: Path) -> Iterator[int]:
    class Served(Handler):
        site = Site(built, CONFIG, Services(free()[0]))

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer((HOST, 0), Served) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def get(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


def test_the_page_is_asked_for_anew_and_its_parts_are_kept(port: int) -> None:
    assert get(port, "/?tag=beach")[1]["cache-control"] == "no-cache"
    status, headers, body = get(port, "/assets/index-C0ffee.js")
    assert (status, body) == (200, "export {}")
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")


def test_its_policy_lets_it_speak_to_the_library_alone(port: int) -> None:
    policy = dict(part.split(" ", 1) for part in get(port, "/")[1]["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"].startswith("'self' http://127.0.0.1:8000 http://127.0.0.1:")
    assert policy["frame-ancestors"] == "'none'"


def test_what_makes_the_page_an_app_has_its_own_type(port: int) -> None:
    headers = get(port, "/manifest.webmanifest")[1]
    assert headers["content-type"] == "application/manifest+json"
    assert "manifest-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/a/..%2f..%2fsecret.txt", "/assets/", "/x%00"]
)
def test_nothing_outside_the_build_is_served(port: int, path: str) -> None:
    status, _, body = get(port, path)
    assert status in {404, 503}
    assert "not for the page" not in body


def test_a_head_is_a_get_without_its_body(port: int) -> None:
    status, headers, body = get(port, "/", method="HEAD")
    assert (status, body) == (200, "")
    assert int(headers["content-length"]) > 0


def test_text_is_packed_for_whoever_takes_it_so(port: int) -> None:
    with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
        connection.request("GET", "/assets/index-C0ffee.js", headers={"Accept-Encoding": "gzip, br"})
        answer = connection.getresponse()
        assert answer.getheader("Content-Encoding") == "gzip"
        assert answer.getheader("Vary") == "Accept-Encoding"
        assert gzip.decompress(answer.read()) == b"export {}"


def test_an_inbox_without_services_says_not_now(port: int) -> None:
    assert get(port, "/inbox")[0] == 503


def test_a_page_that_is_not_built_says_how(tmp_path: Path) -> None:
    answer = Site(tmp_path, CONFIG, Services(8002)).at("/")
    assert (answer.status, b"make run" in answer.body) == (404, True)


@pytest.mark.cloud
def test_the_page_is_told_where_its_library_is(cloud: Provisioned) -> None:
    told = json.loads(Site(Path(), config(cloud.services, 8000, 8001), cloud.services).at("/config.json").body)
    assert told["api"] == "http://127.0.0.1:8000"
    assert told["demo"] is True
    assert told["identity"] == {
        "issuer": cloud.outputs["IdentityIssuer"],
        "authorize": f"{cloud.services.endpoint}/oauth2/authorize",
        "token": f"{cloud.services.endpoint}/oauth2/token",
        "logout": f"{cloud.services.endpoint}/logout",
        "client_id": cloud.outputs["UserPoolClientId"],
        "redirect_uri": "http://127.0.0.1:8001/",
        "scopes": ["openid", "email", "phone", "profile"],
    }
