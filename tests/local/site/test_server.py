import gzip
import http.client
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from local.credentials import new_access_key
from local.ports import HOST, free_ports
from local.provision import ProvisionedStack
from local.services import Services
from local.site.server import Handler, Site, page_config

CONFIG = {"api": "http://127.0.0.1:8000"}


def unused_services() -> Services:
    """Services on a port where nothing listens."""
    return Services(free_ports()[0], Path("credentials"), new_access_key())


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Tintype</title>")
    (dist / "assets" / "index-C0ffee.js").write_text("export {}")
    (dist / "shared").mkdir()
    (dist / "shared" / "index.html").write_text("<!doctype html><title>Shared photos</title>")
    (dist / "manifest.webmanifest").write_text("{}")
    (tmp_path / "secret.txt").write_text("not for the page")
    return dist


@pytest.fixture
def logged() -> list[str]:
    """The lines of the log."""
    return []


@pytest.fixture
def port(dist: Path, logged: list[str]) -> Iterator[int]:
    class ListedHandler(Handler):
        site = Site(dist, CONFIG, unused_services())

        def log_message(self, text: str, *values: object) -> None:
            logged.append(text % values)

    with ThreadingHTTPServer((HOST, 0), ListedHandler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def get(
    port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()


def test_page_is_revalidated_and_assets_are_immutable(port: int) -> None:
    assert get(port, "/?tag=beach")[1]["cache-control"] == "no-cache"
    status, headers, body = get(port, "/assets/index-C0ffee.js")
    assert (status, body) == (200, "export {}")
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")


def test_page_for_guests_has_its_own_document(port: int) -> None:
    status, headers, body = get(port, "/shared/")
    assert (status, body) == (200, "<!doctype html><title>Shared photos</title>")
    assert (headers["content-type"], headers["cache-control"]) == ("text/html; charset=utf-8", "no-cache")


def test_csp_allows_only_library_origins(port: int) -> None:
    policy = dict(part.split(" ", 1) for part in get(port, "/")[1]["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["worker-src"] == "'self'"
    assert policy["connect-src"].startswith("'self' http://127.0.0.1:8000 http://127.0.0.1:")
    assert policy["frame-ancestors"] == "'none'"


def test_web_manifest_has_its_content_type(port: int) -> None:
    headers = get(port, "/manifest.webmanifest")[1]
    assert headers["content-type"] == "application/manifest+json"
    assert "manifest-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/a/..%2f..%2fsecret.txt", "/assets/"])
def test_path_outside_dist_is_not_served(port: int, path: str) -> None:
    status, _, body = get(port, path)
    assert (status, body) == (404, "Not found.\n")


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/x%00",
        "/%00inbox",
        "/%0a%0d%1b%7f",
        "/%ff%fe",
        "/%ed%a0%80",
        "/%zz%",
        "//[",
        "/a//b",
        "/index.html/x",
        "/%2f",
        f"/{'x' * 5000}",
        f"/{'x/' * 5000}",
        "/~%5c..%5c",
    ],
)
def test_path_that_no_file_can_have_is_not_found(port: int, path: str) -> None:
    status, _, body = get(port, path)
    assert (status, body) == (404, "Not found.\n")


def test_read_error_of_the_page_is_503(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_bytes(self: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert get(port, "/")[0] == 503


def test_head_returns_headers_without_body(port: int) -> None:
    status, headers, body = get(port, "/", method="HEAD")
    assert (status, body) == (200, "")
    assert int(headers["content-length"]) > 0


def test_text_is_gzipped_if_accepted(port: int) -> None:
    with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
        connection.request("GET", "/assets/index-C0ffee.js", headers={"Accept-Encoding": "gzip, br"})
        response = connection.getresponse()
        assert response.getheader("Content-Encoding") == "gzip"
        assert response.getheader("Vary") == "Accept-Encoding"
        assert gzip.decompress(response.read()) == b"export {}"


def test_inbox_without_services_returns_503(port: int) -> None:
    assert get(port, "/inbox")[0] == 503


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
def test_inbox_is_closed_to_other_pages(port: int, headers: dict[str, str]) -> None:
    assert get(port, "/inbox", headers=headers)[0] == 403
    assert get(port, "/%69nbox", headers=headers)[0] == 403
    assert get(port, "/", headers=headers)[0] == 200


def test_inbox_is_open_to_its_own_page_and_to_links(port: int) -> None:
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": f"http://127.0.0.1:{port}"},
    ):
        assert get(port, "/inbox", headers=headers)[0] == 503  # there are no services here


def test_missing_build_names_make_run(tmp_path: Path) -> None:
    response = Site(tmp_path, CONFIG, unused_services()).respond("/")
    assert (response.status, b"make run" in response.body) == (404, True)


@pytest.mark.cloud
def test_config_json_describes_library(cloud: ProvisionedStack) -> None:
    config = json.loads(
        Site(Path(), page_config(cloud.services, 8000, 8001), cloud.services).respond("/config.json").body
    )
    assert config["api"] == "http://127.0.0.1:8000"
    assert config["demo"] is True
    assert config["identity"] == {
        "issuer": cloud.outputs["IdentityIssuer"],
        "authorize": f"{cloud.services.endpoint}/oauth2/authorize",
        "token": f"{cloud.services.endpoint}/oauth2/token",
        "revoke": f"{cloud.services.endpoint}/oauth2/revoke",
        "logout": f"{cloud.services.endpoint}/logout",
        "client_id": cloud.outputs["UserPoolClientId"],
        "redirect_uri": "http://127.0.0.1:8001/",
        "scopes": ["openid", "email", "phone", "profile"],
    }


def test_log_names_only_paths_of_the_page(port: int, logged: list[str], dist: Path) -> None:
    known = ("/?tag=secret", "/config.json", "/inbox.css", "/assets/index-C0ffee.js", "/manifest.webmanifest")
    unknown = ("/secret.jpg", "/secret/assets", "/%2e%2e/secret.txt", "/../secret.txt", "/assetssecret?assets")
    for path in (*known, *unknown):
        get(port, path)
    assert logged[: len(known)] == [f"GET /{name} 200" for name in ("", "config.json", "inbox.css", "assets")] + [
        "GET /manifest.webmanifest 200"
    ]
    assert logged[len(known) :] == ["GET /… 404"] * len(unknown)
    shutil.rmtree(dist)
    get(port, "/secret.jpg")
    with closing(socket.create_connection((HOST, port), timeout=5)) as client:
        client.sendall(b"GET /secret secret HTTP/1.1\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    assert [line for line in logged if "secret" in line] == []
