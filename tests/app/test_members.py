"""Members of albums through the app: by address, invited or with an account, and what they may do."""

import json
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.accounts.addresses import address_hash
from chalicelib.observability import logger
from tests.app.conftest import ID_SECRET, OWNER, SavedData, Tintype, id_of, over_moto
from tests.app.test_albums import AlbumFixture
from tests.app.test_api_keys import create_key
from tests.fakes.members import MemoryUsers
from tests.support.images.tiny import encode_image

ADDRESS = "{}@example.org"


class MemberFixture(AlbumFixture):
    """An album of the library's owner with one private photo; alice, bob and carol have accounts, dora has none."""

    def __init__(self, tintype: Tintype, users: MemoryUsers, saved_data: SavedData) -> None:
        super().__init__(tintype)
        self.users = users
        self.photo_id, self.album_id = saved_data.restore(tintype, self._create_album)

    def _create_album(self) -> tuple[str, str]:
        (photo_id,) = self.publish("private", tags="secret")
        return photo_id, self.create(photo_ids=[photo_id])["album_id"]

    def add(self, name: str, role: str = "viewer", *, as_: str = OWNER) -> HTTPResponse:
        body = {"email": ADDRESS.format(name), "role": role}
        return self.call("POST", f"{self.album_id}/members", body, as_=as_)

    def added(self, name: str, role: str = "viewer") -> dict[str, Any]:
        response = self.add(name, role)
        assert response.status_code == 201, response.body
        member: dict[str, Any] = response.json_body
        return member

    def members(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.tintype.get(f"/albums/{self.album_id}/members", as_=OWNER)["items"]
        return items

    def shared(self, token: str | None = None, **options: Any) -> list[tuple[str, str]]:
        page = self.tintype.get("/albums", token=token, scope="shared", **options)
        return [(each["album_id"], each["role"]) for each in page["items"]]

    def token_of(self, name: str, **claims: Any) -> str:
        return self.tintype.identity.token(name, **({"email_verified": True} | claims))


@pytest.fixture
def members(tintype: Tintype, saved_data: SavedData, monkeypatch: pytest.MonkeyPatch) -> MemberFixture:
    users = MemoryUsers({id_of(name): ADDRESS.format(name) for name in (OWNER, "alice", "bob", "carol")})
    monkeypatch.setitem(tintype.container.__dict__, "users", users)
    monkeypatch.delitem(tintype.container.__dict__, "members", raising=False)
    return MemberFixture(tintype, users, saved_data)


def test_viewer_sees_the_album_and_its_photos(members: MemberFixture) -> None:
    tintype, album, photo = members.tintype, members.album_id, members.photo_id
    paths = (f"/albums/{album}", f"/albums/{album}/photos", f"/photos/{photo}", f"/photos/{photo}/preview")
    assert [tintype.call("GET", path, as_="bob").status_code for path in paths] == [404, 404, 404, 404]
    added = members.added("bob")
    assert (added["member_id"], added["email"], added["state"]) == (id_of("bob"), "bob@example.org", "active")
    assert [tintype.call("GET", path, as_="bob").status_code for path in paths] == [200, 200, 200, 302]
    assert members.shared(as_="bob") == [(album, "viewer")]
    assert tintype.get("/albums", as_="bob")["items"] == []
    assert [tintype.call("GET", path, as_="carol").status_code for path in paths] == [404, 404, 404, 404]
    tintype.call("DELETE", f"/albums/{album}/members/{id_of('bob')}", as_=OWNER)
    assert [tintype.call("GET", path, as_="bob").status_code for path in paths] == [404, 404, 404, 404]
    assert members.shared(as_="bob") == []


def test_upload_of_a_former_contributor_stays_out_of_the_album(members: MemberFixture) -> None:
    tintype = members.tintype
    members.added("bob", "contributor")
    tickets = [
        tintype.call("POST", "/uploads", as_="bob", body={"filename": "a.jpg", "album": members.album_id}).json_body
        for _ in range(2)
    ]
    keys = [ticket["upload"]["fields"]["key"] for ticket in tickets]
    tintype.drop(keys[0], encode_image(size=(41, 30)))
    tintype.call("DELETE", f"/albums/{members.album_id}/members/{id_of('bob')}", as_=OWNER)
    tintype.drop(keys[1], encode_image(size=(42, 30)))
    albums = [tintype.get(f"/photos/{ticket['photo_id']}", as_="bob")["albums"] for ticket in tickets]
    assert albums == [[members.album_id], []]


def test_members_are_listed_for_the_owner_only(members: MemberFixture) -> None:
    members.added("bob", "contributor")
    members.added("dora")
    assert [(each["email"], each["role"], each["state"]) for each in members.members()] == [
        ("bob@example.org", "contributor", "active"),
        (None, "viewer", "pending"),
    ]
    path = f"/albums/{members.album_id}/members"
    assert members.tintype.call("GET", path, as_="bob").status_code == 403
    assert members.tintype.call("GET", path, as_="carol").status_code == 404
    assert members.tintype.call("GET", path).status_code == 401


def test_invited_address_becomes_a_member_when_it_lists_albums(members: MemberFixture) -> None:
    album, invited = members.album_id, members.added("dora", "contributor")
    assert (invited["state"], invited["email"]) == ("pending", "dora@example.org")
    not_hers = (
        members.token_of("dora", email_verified=False),
        members.token_of("dora", email="other@example.org"),
        members.token_of("dora", email=None),
        members.tintype.identity.access_token("dora", email="dora@example.org", email_verified=True),
    )
    for token in not_hers:
        assert members.shared(token) == []
        assert members.tintype.call("GET", f"/albums/{album}", token=token).status_code == 404
    dora = members.token_of("dora", email="Dora@Example.ORG")
    assert members.shared(dora) == members.shared(dora) == [(album, "contributor")]
    members.users.users[id_of("dora")] = "Dora@Example.ORG"
    (member,) = members.members()
    assert (member["member_id"], member["email"], member["state"]) == (id_of("dora"), "Dora@Example.ORG", "active")
    assert member["added_at"] == invited["added_at"]


def test_any_list_of_albums_accepts_invitations(members: MemberFixture) -> None:
    members.added("dora")
    members.tintype.get("/albums", token=members.token_of("dora"))
    assert members.tintype.call("GET", f"/albums/{members.album_id}", as_="dora").status_code == 200


@over_moto
def test_addresses_are_neither_stored_nor_logged(members: MemberFixture, caplog: pytest.LogCaptureFixture) -> None:
    members.added("bob")
    members.added("dora")
    for email in ("bob@example.org", "nobody", "dora@example.org"):
        members.call("POST", f"{members.album_id}/members", {"email": email, "role": "viewer"})
    members.shared(members.token_of("dora"))
    members.members()
    client = members.tintype.container.clients.get("dynamodb")
    tables = [name for name in client.list_tables()["TableNames"] if name.startswith("test-")]
    stored = json.dumps([client.scan(TableName=name)["Items"] for name in tables], default=str)
    logged = "\n".join(logger().registered_handler.format(record) for record in caplog.records)
    assert len(tables) == 6
    for text in ("bob@", "dora@", "example.org", "nobody"):
        assert text not in stored
        assert text not in logged


def test_role_is_changed_by_the_owner_only(members: MemberFixture) -> None:
    members.added("bob")
    path = f"{members.album_id}/members/{id_of('bob')}"
    changed = members.call("PATCH", path, {"role": "contributor"})
    assert (changed.status_code, changed.json_body["role"]) == (200, "contributor")
    assert changed.json_body["email"] == "bob@example.org"
    assert members.shared(as_="bob") == [(members.album_id, "contributor")]
    for caller, expected in (("bob", 403), ("carol", 404)):
        assert members.call("PATCH", path, {"role": "contributor"}, as_=caller).status_code == expected
    assert members.call("PATCH", f"{members.album_id}/members/{'0' * 32}", {"role": "viewer"}).status_code == 404


def test_members_cannot_add_or_remove_others(members: MemberFixture) -> None:
    members.added("bob", "contributor")
    members.added("carol")
    for caller, expected in (("bob", 403), ("alice", 404)):
        assert members.add("dora", as_=caller).status_code == expected
        removal = members.call("DELETE", f"{members.album_id}/members/{id_of('carol')}", as_=caller)
        assert removal.status_code == expected
    assert len(members.members()) == 2


@pytest.mark.parametrize("member_id", ["me", id_of("bob")])
def test_member_leaves(members: MemberFixture, member_id: str) -> None:
    members.added("bob")
    path = f"{members.album_id}/members/{member_id}"
    assert [members.call("DELETE", path, as_="bob").status_code for _ in range(2)] == [204, 404]
    assert (members.members(), members.shared(as_="bob")) == ([], [])
    assert members.call("DELETE", path, as_="carol").status_code == 404


@pytest.mark.parametrize("member_id", ["me", id_of(OWNER)])
def test_owner_cannot_leave(members: MemberFixture, member_id: str) -> None:
    response = members.call("DELETE", f"{members.album_id}/members/{member_id}")
    assert (response.status_code, response.json_body["field"]) == (400, "member_id")


def test_invitation_is_taken_back(members: MemberFixture) -> None:
    invited = members.added("dora")
    assert members.call("DELETE", f"{members.album_id}/members/{invited['member_id']}").status_code == 204
    assert members.shared(members.token_of("dora")) == []


def test_nobody_reaches_an_invitation_by_its_hash(members: MemberFixture) -> None:
    members.added("dora")
    hashed = address_hash("dora@example.org", ID_SECRET)
    for caller in ("alice", "bob"):
        assert members.call("DELETE", f"{members.album_id}/members/{hashed}", as_=caller).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "bob@example.org"}, "role"),
        ({"role": "viewer"}, "email"),
        ({"email": "bob@example.org", "role": "owner"}, "role"),
        ({"email": "bob@example.org", "role": ["viewer"]}, "role"),
        ({"email": "bob", "role": "viewer"}, "email"),
        ({"email": 'bob@example.org" or email ^= "', "role": "viewer"}, "email"),
        ({"email": "bob@example.org\u0000", "role": "viewer"}, "email"),
        ({"email": ["bob@example.org"], "role": "viewer"}, "email"),
        ({"email": "b" * 300 + "@example.org", "role": "viewer"}, "email"),
        ({"email": "Owner@Example.org", "role": "viewer"}, "email"),
        ({"email": "bob@example.org", "role": "viewer", "message": "Hi"}, "message"),
    ],
)
def test_invalid_members_are_refused(members: MemberFixture, body: Any, field: str) -> None:
    response = members.call("POST", f"{members.album_id}/members", body)
    assert (response.status_code, response.json_body["field"]) == (400, field)
    assert members.members() == []


def test_quotes_in_an_address_are_part_of_it(members: MemberFixture) -> None:
    body = {"email": '"o\\b"@example.org', "role": "viewer"}
    assert members.call("POST", f"{members.album_id}/members", body).json_body["state"] == "pending"


def test_same_person_is_added_once(members: MemberFixture) -> None:
    for name in ("bob", "dora"):
        members.added(name)
        again = members.add(name.upper(), "contributor")
        assert (again.status_code, again.json_body["code"]) == (409, "conflict")
    assert [each["role"] for each in members.members()] == ["viewer", "viewer"]


def test_smart_album_cannot_be_shared(members: MemberFixture) -> None:
    smart = members.create(query={"tag": ["secret"]})["album_id"]
    response = members.call("POST", f"{smart}/members", {"email": "bob@example.org", "role": "viewer"})
    assert (response.status_code, response.json_body["code"]) == (400, "smart_album")


def test_contributor_adds_and_removes_own_photos_only(members: MemberFixture) -> None:
    tintype, album = members.tintype, members.album_id
    members.added("bob", "contributor")
    members.added("carol")
    ids = {}
    for number, name in enumerate(("bob", "carol", "alice")):
        data = encode_image(size=(50 + number, 40))
        ids[name] = tintype.call("PUT", f"/originals/{name}.jpg", as_=name, body=data).json_body["photo_id"]
    for entry in tintype.s3.list_objects_v2(Bucket="originals", Prefix="uploads/")["Contents"]:
        tintype.deliver(entry["Key"])
    path = f"{album}/photos"
    results = members.call("POST", path, {"photo_ids": [ids["bob"], ids["carol"]]}, as_="bob").json_body["results"]
    assert [each["ok"] for each in results] == [True, False]
    assert members.call("POST", path, {"photo_ids": [ids["carol"]]}, as_="carol").status_code == 403
    assert members.call("POST", path, {"photo_ids": [ids["alice"]]}, as_="alice").status_code == 404
    assert set(members.ids(album)) == set(members.ids(album, as_="carol")) == {members.photo_id, ids["bob"]}
    refused = members.call("DELETE", f"{path}/{members.photo_id}", as_="bob")
    assert (refused.status_code, refused.json_body["code"]) == (403, "forbidden")
    assert members.call("DELETE", f"{path}/{ids['bob']}", as_="carol").status_code == 403
    assert members.call("DELETE", f"{path}/{ids['bob']}", as_="bob").status_code == 204
    assert members.ids(album) == [members.photo_id]
    assert tintype.get(f"/photos/{ids['bob']}", as_="bob")["albums"] == []


def test_photos_of_a_contributor_who_leaves_stay_and_are_still_theirs(members: MemberFixture) -> None:
    tintype, album = members.tintype, members.album_id
    members.added("bob", "contributor")
    photo_id = tintype.call("PUT", "/originals/bob.jpg", as_="bob", body=encode_image(size=(50 + 1, 40))).json_body[
        "photo_id"
    ]
    for entry in tintype.s3.list_objects_v2(Bucket="originals", Prefix="uploads/")["Contents"]:
        tintype.deliver(entry["Key"])
    members.call("POST", f"{album}/photos", {"photo_ids": [photo_id]}, as_="bob")
    members.call("DELETE", f"{album}/members/me", as_="bob")
    assert photo_id in members.ids(album)
    assert tintype.call("GET", f"/albums/{album}", as_="bob").status_code == 404
    assert members.call("DELETE", f"{album}/photos/{photo_id}", as_="bob").status_code == 204
    assert members.ids(album) == [members.photo_id]


def test_members_of_a_deleted_album_see_nothing_of_it(members: MemberFixture) -> None:
    members.added("bob")
    members.added("dora")
    members.call("DELETE", members.album_id)
    assert members.shared(as_="bob") == members.shared(members.token_of("dora")) == []
    assert members.tintype.call("GET", f"/photos/{members.photo_id}", as_="bob").status_code == 404
    assert members.call("DELETE", f"{members.album_id}/members/me", as_="bob").status_code == 404


def test_api_key_needs_the_permission_to_share(members: MemberFixture) -> None:
    path = f"/albums/{members.album_id}/members"
    body = {"email": "bob@example.org", "role": "viewer"}
    other = create_key(members.tintype, "read", "upload", "manage", owner=OWNER)["key"]
    refused = members.tintype.call("POST", path, token=other, body=body)
    assert (refused.status_code, refused.json_body["needs"]) == (403, "share")
    token = create_key(members.tintype, "share", owner=OWNER)["key"]
    assert members.tintype.call("POST", path, token=token, body=body).status_code == 201
    assert len(members.tintype.get(path, token=token)["items"]) == 1
