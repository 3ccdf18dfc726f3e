"""Answers are packed for whoever takes them so, as CloudFront packs them before the deployed API."""

import gzip
import http.client
import json
from contextlib import closing

from local.ports import HOST
from tests.e2e.conftest import Client


def asked(client: Client, path: str, headers: dict[str, str]) -> tuple[http.client.HTTPMessage, bytes]:
    with closing(http.client.HTTPConnection(HOST, client.library.ports.api, timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.headers, answer.read()


def test_a_large_answer_is_packed_and_a_small_one_is_not(client: Client) -> None:
    plain = asked(client, "/openapi.json", {})[1]
    headers, packed = asked(client, "/openapi.json", {"Accept-Encoding": "gzip, br"})
    assert headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in headers["Vary"]
    assert len(packed) < len(plain) / 3
    assert json.loads(gzip.decompress(packed)) == json.loads(plain)
    assert asked(client, "/health", {"Accept-Encoding": "gzip"})[0]["Content-Encoding"] is None
