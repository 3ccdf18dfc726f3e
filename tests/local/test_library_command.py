"""The API key of one run of `tintype`."""

import json
import sys

import httpx
import pytest

from local.errors import UserError
from local.library_command import PERMISSIONS, temporary_key
from tests.cli.fake_api import Script


def test_key_is_revoked_even_after_an_error() -> None:
    script = Script([httpx.Response(201, json={"key_id": "k1", "key": "tt_k1"}), httpx.Response(204)])
    with pytest.raises(SystemExit, match="tt_k1"), temporary_key(script.client, "make export") as key:
        sys.exit(key)
    created, revoked = script.requests
    assert json.loads(created.content) == {"name": "make export", "can": PERMISSIONS}
    assert (revoked.method, revoked.url.path) == ("DELETE", "/api/keys/k1")


def test_too_many_keys_are_explained() -> None:
    script = Script([httpx.Response(409, json={"error": "You have 50 keys.", "code": "conflict"})])
    with pytest.raises(UserError, match=r"You have 50 keys\."), temporary_key(script.client, "make export"):
        pytest.fail("There is no key.")
