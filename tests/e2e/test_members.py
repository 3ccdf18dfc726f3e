"""Members of albums in a running library, whose user pool knows their addresses."""

import json
from dataclasses import replace
from typing import Any

from local.users import USERS
from tests.e2e.conftest import Client


def add(client: Client, album_id: str, email: str) -> Any:
    """Add a viewer to an album."""
    body = json.dumps({"email": email, "role": "viewer"}).encode()
    return client.request("POST", f"/albums/{album_id}/members", body, "application/json")


def test_user_is_added_by_address_and_leaves(client: Client) -> None:
    second = replace(client, token=client.library.token("second"))
    album_id = client.request("POST", "/albums", b'{"title": "Lisbon"}', "application/json")["album_id"]
    email = USERS["second"].email
    assert add(client, album_id, email.upper())["state"] == "active"
    assert add(client, album_id, 'nobody"@tintype.example')["state"] == "pending"
    listed = client.request("GET", f"/albums/{album_id}/members")["items"]
    assert [(each["email"], each["state"]) for each in listed] == [(email, "active"), (None, "pending")]
    shared = second.request("GET", "/albums?scope=shared")["items"]
    assert [(each["album_id"], each["role"]) for each in shared] == [(album_id, "viewer")]
    second.send("DELETE", f"{client.library.api_url}/albums/{album_id}/members/me", b"", None, signed_in=True)
    assert second.request("GET", "/albums?scope=shared")["items"] == []
    client.send("DELETE", f"{client.library.api_url}/albums/{album_id}", b"", None, signed_in=True)
