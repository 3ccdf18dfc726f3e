"""Gzip of API responses, as CloudFront does for the deployed API."""

import gzip
import http.client
import json
from contextlib import closing

from local.ports import HOST
from tests.e2e.conftest import Client


def get(client: Client, path: str, headers: dict[str, str]) -> tuple[http.client.HTTPMessage, bytes]:
    with closing(http.client.HTTPConnection(HOST, client.library.ports.api, timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.headers, response.read()


def test_only_large_responses_are_gzipped(client: Client) -> None:
    plain = get(client, "/openapi.json", {})[1]
    headers, compressed = get(client, "/openapi.json", {"Accept-Encoding": "gzip, br"})
    assert headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in headers["Vary"]
    assert len(compressed) < len(plain) / 3
    assert json.loads(gzip.decompress(compressed)) == json.loads(plain)
    assert get(client, "/health", {"Accept-Encoding": "gzip"})[0]["Content-Encoding"] is None
