"""Members of albums: for the owner of an album, and for members who leave it."""

from typing import Any

from chalicelib.accounts.addresses import clean_address, verified_email
from chalicelib.albums.members import ME, ListedMember, parse_role
from chalicelib.albums.models import Role
from chalicelib.albums.service import OWNER_ONLY
from chalicelib.container import Container
from chalicelib.errors import Forbidden, Invalid
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response, no_content
from chalicelib.routes.serializers import iso_time


def list_members(request: ApiRequest, container: Container, album_id: str) -> dict[str, Any]:
    """`GET /albums/{album_id}/members`: members and invitations, in the order in which they were added."""
    owner = request.owner
    request.allow_params()
    album = container.albums.get_own(album_id, owner)
    return {"items": [_serialize(each) for each in container.members.list_members(album)]}


def add_member(request: ApiRequest, container: Container, album_id: str) -> Response:
    """`POST /albums/{album_id}/members`: 201 with the member, or the invitation of an address without an account."""
    owner = request.owner
    request.allow_params()
    body = request.json("email", "role")
    album = container.albums.get_own(album_id, owner)
    email, role = clean_address(body.get("email")), parse_role(body.get("role"))
    return json_response(_serialize(container.members.add(album, email, role)), status=201)


def update_member(request: ApiRequest, container: Container, album_id: str, member_id: str) -> dict[str, Any]:
    """`PATCH /albums/{album_id}/members/{member_id}`: change the role."""
    owner = request.owner
    request.allow_params()
    body = request.json("role")
    album = container.albums.get_own(album_id, owner)
    return _serialize(container.members.set_role(album, member_id, parse_role(body.get("role"))))


def remove_member(request: ApiRequest, container: Container, album_id: str, member_id: str) -> Response:
    """`DELETE /albums/{album_id}/members/{member_id}`: the owner removes anyone, a member leaves (`me`)."""
    viewer = request.owner
    request.allow_params()
    role = container.albums.get(album_id, viewer).role
    member_id = viewer if member_id == ME else member_id
    if role is Role.OWNER and member_id == viewer:
        raise Invalid("The album is yours: delete it instead of leaving it.", field="member_id")
    if role is not Role.OWNER and member_id != viewer:
        raise Forbidden(OWNER_ONLY)
    container.members.remove(album_id, member_id)
    return no_content()


def accept_invitations(request: ApiRequest, container: Container) -> None:
    """Make the caller a member of the albums that the verified address in their ID token is invited to."""
    caller = request.signed_in_caller
    if email := verified_email(caller):
        container.members.accept_invitations(caller.owner, email)


def _serialize(listed: ListedMember) -> dict[str, Any]:
    member = listed.member
    return {
        "member_id": member.member_id,
        "email": listed.email,
        "role": str(member.role),
        "state": str(member.state),
        "added_at": iso_time(member.added_at),
    }
