"""The caller's account: profile, API keys and notification subscriptions."""

from typing import Any

from chalicelib.accounts.api_keys import parse_name, parse_permissions
from chalicelib.accounts.notifications import parse_channel, verified_address, verified_addresses
from chalicelib.container import Container
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response, no_content
from chalicelib.ingest.inbox import inbox_prefix
from chalicelib.routes import serializers


def get_me(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /me`: the caller's id, permissions and defaults."""
    caller = request.signed_in_caller
    request.allow_params()
    return {
        "id": caller.owner,
        "email": caller.claims.get("email"),
        "can": serializers.permissions(caller.permissions),
        "library_owner": caller.owner == container.settings.library_owner,
        "default_status": container.settings.default_status,
        "inbox": inbox_prefix(caller.owner),
    }


def create_api_key(request: ApiRequest, container: Container) -> Response:
    """`POST /keys`: 201 with the key, which is returned only once."""
    caller = request.signed_in_caller
    request.allow_params()
    body = request.json("name", "can")
    name, can = parse_name(body.get("name")), parse_permissions(body.get("can"))
    key, token = container.api_keys.create(caller.owner, name, can, issued_at=caller.issued_at)
    return json_response(serializers.api_key(key) | {"key": token}, status=201)


def list_api_keys(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /keys`: the caller's keys, newest first."""
    owner = request.owner
    request.allow_params()
    return {"items": [serializers.api_key(key) for key in container.api_keys.list_by_owner(owner)]}


def revoke_api_key(request: ApiRequest, container: Container, key_id: str) -> Response:
    """`DELETE /keys/{key_id}`."""
    owner = request.owner
    request.allow_params()
    container.api_keys.revoke(owner, key_id)
    return no_content()


def get_notifications(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /me/notifications`: the caller's subscriptions, and the channels they can subscribe."""
    caller = request.signed_in_caller
    channels = verified_addresses(caller)
    request.allow_params()
    return serializers.notifications(container.notifications.list_subscriptions(caller.owner), channels)


def subscribe(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`POST /me/notifications`: an email subscription is pending until its confirmation link is opened."""
    caller = request.signed_in_caller
    channels = verified_addresses(caller)
    request.allow_params()
    channel = parse_channel(request.json("channel").get("channel"))
    subscriptions = container.notifications.subscribe(caller.owner, channel, verified_address(caller, channel))
    return serializers.notifications(subscriptions, channels)


def unsubscribe(request: ApiRequest, container: Container) -> Response:
    """`DELETE /me/notifications`: delete every subscription, confirmed or pending."""
    caller = request.signed_in_caller
    verified_addresses(caller)
    request.allow_params()
    container.notifications.unsubscribe(caller.owner)
    return no_content()
