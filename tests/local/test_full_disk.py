"""A library on a full disk: uploads are refused with the reason, and work again once there is room."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.library import Library, run_library
from local.ports import Ports, free_ports
from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image
from tests.support.multipart import file_form

pytestmark = pytest.mark.cloud
MORE_THAN_ANY_DISK = str(2**40)  # megabytes


def client_of(library: Library) -> Client:
    return Client(library, library.token("demo"))


def refused(client: Client, method: str, url: str, body: bytes, content_type: str, **headers: str) -> tuple[int, Any]:
    """Status and headers of an error response, with the JSON body's code and error among them."""
    request = urllib.request.Request(url, body, {"Content-Type": content_type, **headers}, method=method)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=30)
    with raised.value as response:
        content = response.read()
        found = dict(response.headers) | (
            json.loads(content) if content.startswith(b"{") else {"xml": content.decode()}
        )
        return response.code, found


def restart_services(library: Library, **environment: str) -> None:
    """Kill the services alone, and start them again with these environment variables."""
    services = library.supervisor.children[0]
    services.environment = {**services.environment, **environment}
    assert services.process is not None
    services.process.kill()  # a regular end would wait for the pollers
    services.stop()
    services.start()
    is_ready = library.provisioned.services.is_ready
    library.supervisor.wait_until_ready("MiniStack", is_ready, timeout_seconds=30)


def test_uploads_are_refused_while_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ports, data = Ports(*free_ports(3)), encode_image(size=(30, 20))
    monkeypatch.setenv("FREE_SPACE_RESERVE_MB", MORE_THAN_ANY_DISK)
    with run_library(tmp_path, ports) as library:
        client = client_of(library)
        signed_in = {"Authorization": f"Bearer {client.token}"}
        form, content_type = file_form({"label": "camera"}, "img", "a.jpg", data)
        for method, path, body, kind in (
            ("PUT", "/originals/a.jpg", data, "image/jpeg"),
            ("POST", "/upload", form, content_type),
        ):
            status, response = refused(client, method, library.api_url + path, body, kind, **signed_in)
            assert (status, response["code"]) == (507, "storage_full")
            assert "must stay free" in response["error"]
        wish = json.dumps({"filename": "a.jpg", "bytes": len(data)}).encode()
        upload = client.request("POST", "/uploads", wish, "application/json")["upload"]
        form, content_type = file_form(upload["fields"], "file", "a.jpg", data)
        origin = f"http://127.0.0.1:{ports.page}"
        status, response = refused(client, "POST", upload["url"], form, content_type, Origin=origin)
        assert (status, response["access-control-allow-origin"]) == (507, origin)
        assert "InsufficientStorage" in response["xml"]
        restart_services(library, FREE_SPACE_RESERVE_MB="0")
        client.upload_body("b.jpg", data)
        assert client.wait_until_processed({"b.jpg"})["b.jpg"]["state"] == "ready"
