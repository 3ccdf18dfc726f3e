"""A person's own affairs: who they are, their API keys, and where they are told."""

from typing import Any

from chalicelib.openapi.operations import DONE, a_person, json, leading, operation, sent, somebody
from chalicelib.openapi.parameters import in_path
from chalicelib.openapi.schemas import FLAG, ID, KEY, RIGHTS, STATUS, TEXT, listed, or_null, record, ref

GROUP = "Account"
_TOLD = {
    "subscriptions": [{"channel": "email", "address": "d•••@t•••.example", "state": "pending"}],
    "channels": ["email", "sms"],
}
PATHS: dict[str, Any] = {
    "/me": {
        "get": operation(
            "me",
            "Who is calling",
            group=GROUP,
            security=somebody(),
            answers={
                200: json(
                    "And what they may do.",
                    record(
                        id=ID,
                        email={**or_null(TEXT), "description": "With an id token only."},
                        can=RIGHTS,
                        library_owner={
                            **FLAG,
                            "description": "Whether what is dropped into the bucket is theirs.",
                        },
                        default_status={**STATUS, "description": "Of a photo of which nothing else is said."},
                    ),
                    {
                        "id": "6f1c2d3e4b5a46789abcdef012345678",
                        "email": "dora@tintype.example",
                        "can": ["read", "upload", "manage"],
                        "library_owner": True,
                        "default_status": "private",
                    },
                )
            },
        )
    },
    "/me/notifications": {
        "get": operation(
            "notifications",
            "Where one is told",
            group=GROUP,
            security=a_person(),
            description="It takes the id token of one's own sign-in, which tells the verified address.",
            answers={200: json("All that are subscribed.", "Notifications", _TOLD)},
            refuses=["id_token_required"],
        ),
        "post": operation(
            "subscribe",
            "Be told at one's own verified address",
            group=GROUP,
            security=a_person(),
            description="An email address is told nothing before the link that it is sent was followed.",
            body=sent("NotificationWanted", {"channel": "email"}),
            answers={200: json("All that are subscribed now.", "Notifications", _TOLD)},
            refuses=["invalid_json", "id_token_required", "not_verified"],
        ),
        "delete": operation(
            "unsubscribe",
            "Be told no more",
            group=GROUP,
            security=a_person(),
            answers={204: DONE},
            refuses=["id_token_required"],
        ),
    },
    "/keys": {
        "post": operation(
            "make_key",
            "A new API key, shown this once",
            group=GROUP,
            security=a_person(),
            body=sent("ApiKeyWanted", {"name": "my scripts", "can": ["read", "upload"]}),
            answers={
                201: leading(
                    json(
                        "With the key itself.",
                        "NewApiKey",
                        {**KEY, "key": f"tt_{KEY['key_id']}_{'4f1d0c9b8a7e6d5c' * 4}"},
                    ),
                    "revoke_key",
                )
            },
            refuses=["invalid_json", "conflict"],
        ),
        "get": operation(
            "keys",
            "One's API keys",
            group=GROUP,
            security=a_person(),
            answers={200: json("The newest first.", listed(ref("ApiKey")), {"items": [KEY]})},
        ),
    },
    "/keys/{key_id}": {
        "delete": operation(
            "revoke_key",
            "The end of an API key, at once",
            group=GROUP,
            security=a_person(),
            parameters=[in_path("key_id", "The key.", example=KEY["key_id"])],
            answers={204: DONE},
            refuses=["not_found"],
        )
    },
}
