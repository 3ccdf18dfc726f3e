"""The caller's account: profile, API keys and notification subscriptions."""

from typing import Any

from chalicelib.openapi.operations import (
    NO_CONTENT,
    json_body,
    json_response,
    operation,
    signed_in,
    signed_in_or_key,
    with_links,
)
from chalicelib.openapi.parameters import path_param
from chalicelib.openapi.schemas import FLAG, ID, KEY, RIGHTS, STATUS, TEXT, list_of, nullable, record, ref

GROUP = "Account"
_NOTIFICATIONS = {
    "subscriptions": [{"channel": "email", "address": "d•••@t•••.example", "state": "pending"}],
    "channels": ["email", "sms"],
}
PATHS: dict[str, Any] = {
    "/me": {
        "get": operation(
            "get_me",
            "Get your profile",
            group=GROUP,
            security=signed_in_or_key(),
            responses={
                200: json_response(
                    "Your id, permissions and defaults.",
                    record(
                        id=ID,
                        email={**nullable(TEXT), "description": "Only with an ID token; otherwise null."},
                        can=RIGHTS,
                        library_owner={
                            **FLAG,
                            "description": "Whether files copied straight into the originals bucket become yours.",
                        },
                        default_status={**STATUS, "description": "The status of new photos, unless you set one."},
                        inbox={
                            **TEXT,
                            "description": "The prefix of keys in the originals bucket whose files become yours.",
                        },
                    ),
                    {
                        "id": "6f1c2d3e4b5a46789abcdef012345678",
                        "email": "dora@tintype.example",
                        "can": ["read", "upload", "manage", "share"],
                        "library_owner": True,
                        "default_status": "private",
                        "inbox": "inbox/6f1c2d3e4b5a46789abcdef012345678/",
                    },
                )
            },
        )
    },
    "/me/notifications": {
        "get": operation(
            "get_notifications",
            "List your notification subscriptions",
            group=GROUP,
            security=signed_in(),
            description="Requires an ID token, which contains your verified addresses.",
            responses={200: json_response("Your subscriptions.", "Notifications", _NOTIFICATIONS)},
            errors=["id_token_required"],
        ),
        "post": operation(
            "subscribe",
            "Subscribe your verified address",
            group=GROUP,
            security=signed_in(),
            description="An email subscription is pending until you open the link in the confirmation email.",
            body=json_body("SubscriptionRequest", {"channel": "email"}),
            responses={200: json_response("Your subscriptions.", "Notifications", _NOTIFICATIONS)},
            errors=["invalid_json", "id_token_required", "not_verified", "conflict"],
        ),
        "delete": operation(
            "unsubscribe",
            "Delete all your subscriptions",
            group=GROUP,
            security=signed_in(),
            responses={204: NO_CONTENT},
            errors=["id_token_required"],
        ),
    },
    "/keys": {
        "post": operation(
            "create_api_key",
            "Create an API key",
            group=GROUP,
            security=signed_in(),
            body=json_body("ApiKeyRequest", {"name": "my scripts", "can": ["read", "upload"]}),
            responses={
                201: with_links(
                    json_response(
                        "The new key. It is returned only once.",
                        "NewApiKey",
                        {**KEY, "key": f"tt_{KEY['key_id']}_{'4f1d0c9b8a7e6d5c' * 4}"},
                    ),
                    "revoke_api_key",
                )
            },
            errors=["invalid_json", "conflict"],
        ),
        "get": operation(
            "list_api_keys",
            "List your API keys",
            group=GROUP,
            security=signed_in(),
            responses={200: json_response("Newest first.", list_of(ref("ApiKey")), {"items": [KEY]})},
        ),
    },
    "/keys/{key_id}": {
        "delete": operation(
            "revoke_api_key",
            "Revoke an API key",
            group=GROUP,
            security=signed_in(),
            description="Takes effect immediately.",
            parameters=[path_param("key_id", "The id of the key.", example=KEY["key_id"])],
            responses={204: NO_CONTENT},
            errors=["not_found"],
        )
    },
}
