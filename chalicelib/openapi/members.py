"""Members of albums."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.albums.members import MAX_MEMBERS, MEMBER_ROLES, MemberState
from chalicelib.openapi.operations import NO_CONTENT, json_body, json_response, operation, signed_in_or_key
from chalicelib.openapi.parameters import path_param
from chalicelib.openapi.schemas import DATE_TIME, ID, TEXT, list_of, nullable, record, ref, request_schema

GROUP = "Members"
_ROLE = {
    "type": "string",
    "enum": list(MEMBER_ROLES),
    "description": "A viewer sees the album; a contributor also adds their own photos to it.",
}
SCHEMAS: dict[str, Any] = {
    "Member": record(
        member_id=ID,
        email={
            **nullable(TEXT),
            "description": "As in their account. Null for someone who is invited (except in the response to the "
            "invitation: no address is stored), and for an account that is gone.",
        },
        role=_ROLE,
        state={
            "type": "string",
            "enum": list(MemberState),
            "description": "`pending`: the address has no account yet. Its first list of albums, with an ID token, "
            "makes it a member, with another `member_id`.",
        },
        added_at=DATE_TIME,
    ),
    "MemberRequest": request_schema(
        ("email", "role"),
        email={**TEXT, "description": "The address of their account, in upper or lower case."},
        role=_ROLE,
    ),
    "MemberUpdate": request_schema(("role",), role=_ROLE),
}
_MEMBER = {
    "member_id": "0b9c8d7e6f5a41b2a3c4d5e6f7a8b9c0",
    "email": "bob@tintype.example",
    "role": "contributor",
    "state": "active",
    "added_at": "2026-03-14T09:26:53.589Z",
}
_INVITED = {
    **_MEMBER,
    "member_id": "c0ffee5e6f7a41b2a3c4d5e6f7a8b9d1",
    "email": None,
    "role": "viewer",
    "state": "pending",
}
_ALBUM_ID = path_param("album_id", "The id of the album.", example="7d1f2e3c4b5a46978899aabbccddeeff")
_MEMBER_ID = path_param("member_id", "The id of the member or of the invitation.", example=_MEMBER["member_id"])
_SHARE = signed_in_or_key(Permission.SHARE)
PATHS: dict[str, Any] = {
    "/albums/{album_id}/members": {
        "get": operation(
            "list_members",
            "List the members of your album",
            group=GROUP,
            security=_SHARE,
            description="In the order in which they were added, invitations included.",
            parameters=[_ALBUM_ID],
            responses={
                200: json_response("All of them.", list_of(ref("Member")), {"items": [_MEMBER, _INVITED]}),
            },
            errors=["not_found"],
        ),
        "post": operation(
            "add_member",
            "Add a member to your album",
            group=GROUP,
            security=_SHARE,
            description=f"At most {MAX_MEMBERS}. An address without an account in this library is invited; no message "
            "is sent. Not for a smart album.",
            parameters=[_ALBUM_ID],
            body=json_body("MemberRequest", {"email": _MEMBER["email"], "role": _MEMBER["role"]}),
            responses={201: json_response("The member, or the invitation.", "Member", _MEMBER)},
            errors=["invalid_json", "smart_album", "not_found", "conflict"],
        ),
    },
    "/albums/{album_id}/members/{member_id}": {
        "patch": operation(
            "update_member",
            "Change the role of a member",
            group=GROUP,
            security=_SHARE,
            parameters=[_ALBUM_ID, _MEMBER_ID],
            body=json_body("MemberUpdate", {"role": "viewer"}),
            responses={200: json_response("The changed member.", "Member", {**_MEMBER, "role": "viewer"})},
            errors=["invalid_json", "not_found"],
        ),
        "delete": operation(
            "remove_member",
            "Remove a member, or leave an album",
            group=GROUP,
            security=_SHARE,
            description="As a member, pass your own id or `me` to leave. Photos that a member added stay in the album; "
            "their owner can still take them out.",
            parameters=[_ALBUM_ID, _MEMBER_ID],
            responses={204: NO_CONTENT},
            errors=["not_found"],
        ),
    },
}
