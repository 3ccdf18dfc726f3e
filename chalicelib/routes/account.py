"""A person's own affairs over HTTP: the keys that let their scripts in, and where they themselves are told."""

from typing import Any

from chalicelib.accounts.api_keys import parse_name, parse_permissions
from chalicelib.accounts.notifications import parse_channel, verified_address, verified_addresses
from chalicelib.container import Library
from chalicelib.http.requests import Answer, Call, done, said
from chalicelib.routes import serializers


def make_key(call: Call, library: Library) -> Answer:
    """`POST /keys`: 201 with the key itself, this once."""
    owner = call.owner
    call.only()
    body = call.json("name", "can")
    key, token = library.keys.create(owner, parse_name(body.get("name")), parse_permissions(body.get("can")))
    return said(serializers.key(key) | {"key": token}, status=201)


def keys(call: Call, library: Library) -> dict[str, Any]:
    """`GET /keys`: the caller's own, the newest first."""
    owner = call.owner
    call.only()
    return {"items": [serializers.key(key) for key in library.keys.list_by_owner(owner)]}


def revoke_key(call: Call, library: Library, key_id: str) -> Answer:
    """`DELETE /keys/{key_id}`."""
    owner = call.owner
    call.only()
    library.keys.revoke(owner, key_id)
    return done()


def notifications(call: Call, library: Library) -> dict[str, Any]:
    """`GET /me/notifications`: where the caller is told, and where they could be."""
    caller = call.signed_in
    channels = verified_addresses(caller)
    call.only()
    return serializers.notifications(library.notifications.list_subscriptions(caller.owner), channels)


def subscribe(call: Call, library: Library) -> dict[str, Any]:
    """`POST /me/notifications`: an email address is told once the link in its confirmation was followed."""
    caller = call.signed_in
    channels = verified_addresses(caller)
    call.only()
    channel = parse_channel(call.json("channel").get("channel"))
    found = library.notifications.subscribe(caller.owner, channel, verified_address(caller, channel))
    return serializers.notifications(found, channels)


def unsubscribe(call: Call, library: Library) -> Answer:
    """`DELETE /me/notifications`: all of them, confirmed or not."""
    caller = call.signed_in
    verified_addresses(caller)
    call.only()
    library.notifications.unsubscribe(caller.owner)
    return done()
