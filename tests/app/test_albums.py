from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.albums.members import Member
from chalicelib.albums.models import Role
from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.factories import NOON
from tests.support.images.tiny import encode_image
from tests.support.multipart import TYPE, form


class AlbumFixture:
    """An owner's library with an album, and a member of it."""

    def __init__(self, tintype: Tintype) -> None:
        self.tintype = tintype

    def publish(self, *names: str, status: str = "private", tags: str = "beach") -> list[str]:
        """Drop photos of the owner of the library, each with other bytes; returns their ids."""
        for number, name in enumerate(names):
            data = encode_image(size=(20 + number, 30 + sum(map(ord, name))))
            self.tintype.drop(f"{name}.jpg", data, status=status, tags=tags)
        ids = {each["filename"]: each["photo_id"] for each in self.tintype.get("/photos", as_=OWNER)["items"]}
        return [ids[f"{name}.jpg"] for name in names]

    def create(self, **fields: Any) -> dict[str, Any]:
        response = self.tintype.call("POST", "/albums", as_=OWNER, body={"title": "Lisbon"} | fields)
        assert response.status_code == 201, response.body
        album: dict[str, Any] = response.json_body
        return album

    def call(self, method: str, path: str, body: Any = None, *, as_: str = OWNER, **query: Any) -> HTTPResponse:
        return self.tintype.call(method, f"/albums/{path}", as_=as_, body=body, query=query)

    def ids(self, album_id: str, *, as_: str = OWNER, **query: Any) -> list[str]:
        page = self.tintype.get(f"/albums/{album_id}/photos", as_=as_, **query)
        return [photo["photo_id"] for photo in page["items"]]

    def pages(self, album_id: str) -> list[list[str]]:
        """The ids of all photos, one photo a page."""
        found: list[list[str]] = []
        query: dict[str, Any] = {"limit": 1}
        while True:
            page = self.tintype.get(f"/albums/{album_id}/photos", as_=OWNER, **query)
            found.append([photo["photo_id"] for photo in page["items"]])
            if page["cursor"] is None:
                return found
            query["cursor"] = page["cursor"]

    def add_member(self, album_id: str, name: str = "bob", role: Role = Role.VIEWER) -> None:
        member = Member(id_of(name), role, NOON)
        assert self.tintype.container.member_store.add(album_id, member, email_hash=name, max_members=9)


@pytest.fixture
def albums(tintype: Tintype) -> AlbumFixture:
    return AlbumFixture(tintype)


def test_created_album_has_its_photos_counts_and_cover(albums: AlbumFixture) -> None:
    first, second = albums.publish("a", "b")
    created = albums.create(description="August", photo_ids=[first, "missing", second])
    assert [(each["photo_id"], each["ok"]) for each in created["results"]] == [
        (first, True),
        ("missing", False),
        (second, True),
    ]
    album = albums.tintype.get(f"/albums/{created['album_id']}", as_=OWNER)
    assert (album["title"], album["description"], album["role"], album["order"]) == (
        "Lisbon",
        "August",
        "owner",
        "newest",
    )
    assert (album["photos"], album["to_review"], album["version"]) == (2, 0, 1)
    sizes = [albums.tintype.get(f"/photos/{each}", as_=OWNER)["bytes"] for each in (first, second)]
    assert album["bytes"] == sum(sizes)
    assert f"/{second}/" in album["cover_image"] or second in album["cover_image"]
    photo = albums.tintype.get(f"/photos/{first}", as_=OWNER)
    assert (photo["albums"], photo["guest"], photo["review_album"]) == ([created["album_id"]], None, None)
    assert album["from"] == photo["created_at"][:10]


def test_albums_are_listed_in_pages_the_latest_first(albums: AlbumFixture) -> None:
    ids = [albums.create(title=f"Album {number}")["album_id"] for number in range(3)]
    first = albums.tintype.get("/albums", as_=OWNER, limit=2)
    rest = albums.tintype.get("/albums", as_=OWNER, limit=2, cursor=first["cursor"])
    assert [each["album_id"] for page in (first, rest) for each in page["items"]] == ids[::-1]
    assert rest["cursor"] is None
    assert albums.tintype.get("/albums", as_="bob")["items"] == []
    shared = albums.tintype.call("GET", "/albums", as_=OWNER, query={"scope": "shared", "cursor": first["cursor"]})
    assert (shared.status_code, shared.json_body["field"]) == (400, "cursor")


def test_album_is_changed_at_the_version_that_was_read(albums: AlbumFixture) -> None:
    (photo_id,) = albums.publish("a")
    album_id = albums.create(photo_ids=[photo_id])["album_id"]
    body = {"title": " Two  weeks ", "description": "", "order": "oldest", "cover_photo_id": photo_id}
    changed = albums.tintype.call("PATCH", f"/albums/{album_id}", as_=OWNER, body=body, headers={"If-Match": "1"})
    assert changed.status_code == 200
    assert {name: changed.json_body[name] for name in ("title", "order", "cover_photo_id", "version")} == {
        "title": "Two weeks",
        "order": "oldest",
        "cover_photo_id": photo_id,
        "version": 2,
    }
    outdated = albums.tintype.call(
        "PATCH", f"/albums/{album_id}", as_=OWNER, body={"title": "x"}, headers={"If-Match": "1"}
    )
    assert (outdated.status_code, outdated.json_body["version"]) == (412, 2)
    assert outdated.json_body["error"] == "The album has changed since you last read it. Read it again and retry."
    automatic = albums.call("PATCH", album_id, {"cover_photo_id": None}).json_body
    assert (automatic["cover_photo_id"], automatic["title"]) == (None, "Two weeks")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": "x", "description": "y" * 2001}, "description"),
        ({"title": "x", "order": "random"}, "order"),
        ({"title": "x", "order": "oldest", "query": {"q": "dog"}}, "order"),
        ({"title": "x", "query": {}}, "query"),
        ({"title": "x", "query": "dog"}, "query"),
        ({"title": "x", "query": {"match": "any"}}, "query"),
        ({"title": "x", "query": {"color": "red"}}, "query"),
        ({"title": "x", "query": {"q": 7}}, "query"),
        ({"title": "x", "query": {"q": ["dog"]}}, "query"),
        ({"title": "x", "query": {"tag": []}}, "query"),
        ({"title": "x", "query": {"tag": "beach"}}, "query"),
        ({"title": "x", "query": {"tag": ["\ud800x"]}}, "query"),
        ({"title": "x", "query": {"from": "yesterday"}}, "query"),
        ({"title": "x", "query": {"q": "dog"}, "photo_ids": ["p"]}, "photo_ids"),
        ({"title": "x", "photo_ids": ["p"] * 1 + [str(number) for number in range(100)]}, "photo_ids"),
        ({"title": "x", "cover_photo_id": "p"}, "cover_photo_id"),
    ],
    ids=[
        *("no title", "empty title", "long title", "title list", "long description", "order", "smart order"),
        *(
            "empty query",
            "text query",
            "query without filters",
            "unknown filter",
            "number",
            "list",
            "no tags",
            "one tag",
            "surrogate",
            "date",
        ),
        *("smart with photos", "101 photos", "cover"),
    ],
)
def test_invalid_field_of_a_new_album_is_named(albums: AlbumFixture, body: dict[str, Any], field: str) -> None:
    response = albums.tintype.call("POST", "/albums", as_=OWNER, body=body)
    assert (response.status_code, response.json_body["field"]) == (400, field)
    assert albums.tintype.get("/albums", as_=OWNER)["items"] == []


def test_cover_must_be_a_photo_of_the_album(albums: AlbumFixture) -> None:
    inside, outside = albums.publish("a", "b")
    album_id = albums.create(photo_ids=[inside])["album_id"]
    for cover in (outside, "missing", "", 7):
        refused = albums.call("PATCH", album_id, {"cover_photo_id": cover})
        assert (refused.status_code, refused.json_body["field"]) == (400, "cover_photo_id")


def test_photos_are_in_the_order_of_the_album(albums: AlbumFixture) -> None:
    a, b, c = albums.publish("a", "b", "c")
    for photo_id, day in ((a, 10), (b, 12), (c, 11)):
        body = {"taken_local": f"2025-08-{day}T12:00:00"}
        albums.tintype.call("PATCH", f"/photos/{photo_id}", as_=OWNER, body=body)
    album_id = albums.create(photo_ids=[a, b, c])["album_id"]
    assert albums.ids(album_id) == [b, c, a]
    albums.call("PATCH", album_id, {"order": "oldest"})
    assert albums.ids(album_id) == [a, c, b]
    ordered = albums.call("PUT", f"{album_id}/order", {"photo_ids": [c]}).json_body
    assert (ordered["order"], albums.ids(album_id)) == ("manual", [c, b, a])
    assert albums.pages(album_id) == [[c], [b], [a]]
    details = albums.tintype.get(f"/albums/{album_id}", as_=OWNER)
    assert (details["from"], details["to"]) == ("2025-08-10", "2025-08-12")


def test_order_by_hand_takes_photos_of_the_album_only(albums: AlbumFixture) -> None:
    inside, outside = albums.publish("a", "b")
    album_id = albums.create(photo_ids=[inside])["album_id"]
    for ids in ([inside, outside], ["missing"], "a", [7], [str(number) for number in range(1001)]):
        refused = albums.call("PUT", f"{album_id}/order", {"photo_ids": ids})
        assert (refused.status_code, refused.json_body["field"]) == (400, "photo_ids")
    assert albums.tintype.get(f"/albums/{album_id}", as_=OWNER)["order"] == "newest"


def test_photo_leaves_and_joins_albums(albums: AlbumFixture) -> None:
    first, second = albums.publish("a", "b")
    album_id = albums.create()["album_id"]
    results = albums.call("POST", f"{album_id}/photos", {"photo_ids": [first, "missing", second]}).json_body["results"]
    assert [each.get("code") for each in results] == [None, "photo_not_found", None]
    assert albums.call("DELETE", f"{album_id}/photos/{first}").status_code == 204
    assert albums.ids(album_id) == [second]
    batch = {"photo_ids": [first, second], "album_id": album_id}
    for action, expected in (("add_to_album", {first, second}), ("remove_from_album", set())):
        for _ in range(2):
            response = albums.tintype.call("POST", "/photos/batch", as_=OWNER, body={"action": action} | batch)
            assert all(each["ok"] for each in response.json_body["results"])
            assert set(albums.ids(album_id)) == expected


def test_trashed_photo_leaves_its_albums_until_it_is_restored(albums: AlbumFixture) -> None:
    (photo_id,) = albums.publish("a")
    album_id = albums.create(photo_ids=[photo_id])["album_id"]
    albums.tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER)
    assert (albums.ids(album_id), albums.tintype.get(f"/albums/{album_id}", as_=OWNER)["photos"]) == ([], 0)
    albums.tintype.call("POST", f"/photos/{photo_id}/restore", as_=OWNER)
    assert albums.ids(album_id) == [photo_id]


def test_deleted_album_is_gone_and_its_photos_stay(albums: AlbumFixture) -> None:
    ready, trashed = albums.publish("a", "b")
    album_id = albums.create(photo_ids=[ready, trashed])["album_id"]
    albums.tintype.call("DELETE", f"/photos/{trashed}", as_=OWNER)
    assert albums.call("DELETE", album_id).status_code == 204
    albums.tintype.call("POST", f"/photos/{trashed}/restore", as_=OWNER)
    for photo_id in (ready, trashed):
        assert albums.tintype.get(f"/photos/{photo_id}", as_=OWNER)["albums"] == []
    assert albums.tintype.get("/albums", as_=OWNER)["items"] == []
    for method, path, body in (
        ("GET", album_id, None),
        ("DELETE", album_id, None),
        ("PATCH", album_id, {"title": "x"}),
        ("GET", f"{album_id}/photos", None),
        ("POST", f"{album_id}/photos", {"photo_ids": [ready]}),
        ("PUT", f"{album_id}/order", {"photo_ids": []}),
        ("DELETE", f"{album_id}/photos/{ready}", None),
    ):
        assert albums.call(method, path, body).status_code == 404, (method, path)
    assert albums.tintype.container.album_store.list_deleting(10) == []


def test_search_within_an_album_is_a_filter(albums: AlbumFixture) -> None:
    (beach,) = albums.publish("a", tags="beach,sea")
    (city,) = albums.publish("b", tags="city")
    albums.publish("c", tags="beach")
    album_id = albums.create(photo_ids=[beach, city])["album_id"]
    assert albums.ids(album_id, tag="beach") == [beach]
    assert set(albums.ids(album_id, tag=["beach", "city"], match="any")) == {beach, city}
    assert albums.ids(album_id, **{"not": "sea"}) == [city]
    assert albums.ids(album_id, q="cit") == [city]
    assert albums.ids(album_id, **{"from": "2000-01-01", "to": "2000-12-31"}) == []
    albums.tintype.call("PATCH", f"/photos/{city}", as_=OWNER, body={"favorite": True})
    assert albums.ids(album_id, favorite="true") == [city]
    refused = albums.call("GET", f"{album_id}/photos", tag="!sea")
    assert (refused.status_code, refused.json_body["field"]) == (400, "tag")


def test_smart_album_shows_what_its_search_finds(albums: AlbumFixture) -> None:
    beach, sea = albums.publish("a", "b", tags="beach")
    albums.publish("c", tags="city")
    query = {"tag": ["beach"], "q": "beach"}
    album = albums.create(query=query)
    album_id = album["album_id"]
    assert (album["query"], album["photos"], album["bytes"], album["cover_image"]) == (query, None, None, None)
    assert set(albums.ids(album_id)) == {beach, sea}
    albums.tintype.call("PATCH", f"/photos/{sea}", as_=OWNER, body={"favorite": True})
    assert albums.ids(album_id, favorite="true") == [sea]
    page = albums.tintype.get(f"/albums/{album_id}/photos", as_=OWNER, limit=1)
    rest = albums.tintype.get(f"/albums/{album_id}/photos", as_=OWNER, limit=1, cursor=page["cursor"])
    assert {each["photo_id"] for each in (*page["items"], *rest["items"])} == {beach, sea}
    for method, path, body, field in (
        ("POST", "/photos", {"photo_ids": [beach]}, "album_id"),
        ("PUT", "/order", {"photo_ids": []}, "photo_ids"),
        ("PATCH", "", {"order": "manual"}, "order"),
        ("PATCH", "", {"query": None}, "query"),
    ):
        refused = albums.call(method, f"{album_id}{path}", body)
        assert (refused.status_code, refused.json_body["field"]) == (400, field)
    assert albums.call("PATCH", album_id, {"query": {"tag": ["city"]}, "cover_photo_id": beach}).status_code == 200
    changed = albums.tintype.get(f"/albums/{album_id}", as_=OWNER)
    assert (changed["query"], changed["cover_photo_id"]) == ({"tag": ["city"]}, beach)
    assert changed["cover_image"]


def test_album_by_hand_gets_no_query(albums: AlbumFixture) -> None:
    album_id = albums.create()["album_id"]
    refused = albums.call("PATCH", album_id, {"query": {"q": "dog"}})
    assert (refused.status_code, refused.json_body["field"]) == (400, "query")


def test_members_see_the_album_and_its_photos_and_no_others(albums: AlbumFixture) -> None:
    inside, outside = albums.publish("a", "b")
    album_id = albums.create(photo_ids=[inside])["album_id"]
    albums.add_member(album_id)
    (shared,) = albums.tintype.get("/albums", as_="bob", scope="shared")["items"]
    assert (shared["album_id"], shared["role"], shared["photos"]) == (album_id, "viewer", 1)
    assert "to_review" not in albums.tintype.get(f"/albums/{album_id}", as_="bob")
    assert albums.ids(album_id, as_="bob") == [inside]
    photo = albums.tintype.get(f"/photos/{inside}", as_="bob")
    assert photo["mine"] is False
    assert photo.keys().isdisjoint({"albums", "guest", "review_album", "coordinates", "original_url"})
    for path, status in (("preview", 302), ("original", 404)):
        assert albums.tintype.call("GET", f"/photos/{inside}/{path}", as_="bob").status_code == status
    assert albums.tintype.call("GET", f"/thumbnails/{inside}", as_="bob").status_code == 200
    assert albums.tintype.call("GET", f"/photos/{outside}", as_="bob").status_code == 404
    for viewer in ("carol", None):
        assert albums.tintype.call("GET", f"/photos/{inside}", as_=viewer).status_code == 404


def test_strangers_get_404_and_viewers_403_for_changes(albums: AlbumFixture) -> None:
    (inside,) = albums.publish("a")
    album_id = albums.create(photo_ids=[inside])["album_id"]
    albums.add_member(album_id)
    changes: tuple[tuple[str, str, Any], ...] = (
        ("PATCH", album_id, {"title": "x"}),
        ("DELETE", album_id, None),
        ("POST", f"{album_id}/photos", {"photo_ids": [inside]}),
        ("DELETE", f"{album_id}/photos/{inside}", None),
        ("PUT", f"{album_id}/order", {"photo_ids": []}),
        ("GET", f"{album_id}/photos?review=true", None),
    )
    for method, path, body in changes:
        assert albums.call(method, path, body, as_="bob").status_code == 403, (method, path)
        assert albums.call(method, path, body, as_="carol").status_code == 404, (method, path)
    for path in (album_id, f"{album_id}/photos"):
        assert albums.call("GET", path, as_="carol").status_code == 404
    for action in ("add_to_album", "remove_from_album"):
        body = {"photo_ids": [inside], "action": action, "album_id": album_id}
        response = albums.tintype.call("POST", "/photos/batch", as_="carol", body=body)
        statuses = {response.status_code, *(each["ok"] for each in response.json_body.get("results", []))}
        assert statuses in ({404}, {200, False})
    assert albums.ids(album_id) == [inside]


def test_contributor_adds_own_photos_and_takes_out_only_these(albums: AlbumFixture) -> None:
    (inside,) = albums.publish("a")
    album_id = albums.create(photo_ids=[inside])["album_id"]
    albums.add_member(album_id, "bob", Role.CONTRIBUTOR)
    own = albums.tintype.call("PUT", "/originals/own.jpg", as_="bob", body=encode_image()).json_body["photo_id"]
    (entry,) = albums.tintype.s3.list_objects_v2(Bucket="originals", Prefix="uploads/")["Contents"]
    albums.tintype.deliver(entry["Key"])
    results = albums.call("POST", f"{album_id}/photos", {"photo_ids": [own, inside]}, as_="bob").json_body["results"]
    assert [each["ok"] for each in results] == [True, False]
    assert set(albums.ids(album_id)) == {own, inside}
    assert albums.tintype.get(f"/photos/{own}", as_=OWNER)["mine"] is False
    # Of the photos of others, only captions and tags are searched.
    assert albums.ids(album_id, q="own") == []
    assert albums.ids(album_id, q="own", as_="bob") == [own]
    assert albums.call("DELETE", f"{album_id}/photos/{inside}", as_="bob").status_code == 403
    assert albums.call("DELETE", f"{album_id}/photos/{own}", as_="bob").status_code == 204
    albums.call("POST", f"{album_id}/photos", {"photo_ids": [own]}, as_="bob")
    body = {"photo_ids": [own, inside], "action": "remove_from_album", "album_id": album_id}
    albums.tintype.call("POST", "/photos/batch", as_=OWNER, body=body)
    assert albums.ids(album_id) == []
    assert albums.tintype.get(f"/photos/{own}", as_="bob")["albums"] == []


def test_upload_joins_the_album_that_it_names(albums: AlbumFixture) -> None:
    tintype, album_id = albums.tintype, albums.create(title="Summer in Lisbon")["album_id"]
    for number, name in enumerate((album_id, "Summer in Lisbon")):
        ticket = tintype.call("POST", "/uploads", as_=OWNER, body={"filename": "a.jpg", "album": name})
        key = ticket.json_body["upload"]["fields"]["key"]
        tintype.s3.put_object(Bucket="originals", Key=key, Body=encode_image(size=(50, 60 + number)))
        tintype.deliver(key)
    fields = (("label", None, b""), ("album", None, album_id.encode()), ("img", "b.jpg", encode_image(size=(51, 60))))
    body, headers = form(*fields), {"Content-Type": TYPE}
    uploaded = tintype.call("POST", "/upload", as_=OWNER, body=body, headers=headers).json_body["photo_id"]
    key = tintype.container.photos.get_many([uploaded])[uploaded].key
    tintype.deliver(key)
    tintype.drop("d.jpg", encode_image(size=(52, 60)), album="Summer%20in%20Lisbon")
    assert len(albums.ids(album_id)) == 4
    tintype.drop("e.jpg", encode_image(size=(53, 60)), album="Winter")
    assert len(albums.ids(album_id)) == 4


def test_file_that_is_there_already_joins_the_album(albums: AlbumFixture) -> None:
    (photo_id,) = albums.publish("a")
    album_id = albums.create()["album_id"]
    digest = albums.tintype.container.photos.get_many([photo_id])[photo_id].sha256
    body = {"filename": "a.jpg", "sha256": digest, "album": album_id}
    response = albums.tintype.call("POST", "/uploads", as_=OWNER, body=body)
    assert (response.status_code, response.json_body) == (200, {"duplicate_of": photo_id})
    assert albums.ids(album_id) == [photo_id]


def test_upload_to_an_unknown_album_is_refused(albums: AlbumFixture) -> None:
    album_id = albums.create()["album_id"]
    smart = albums.create(title="Dogs", query={"q": "dog"})["album_id"]
    albums.add_member(album_id)
    for name, user in (("Porto", OWNER), ("", OWNER), (7, OWNER), (smart, OWNER), (album_id, "bob"), ("Lisbon", "bob")):
        response = albums.tintype.call("POST", "/uploads", as_=user, body={"filename": "a.jpg", "album": name})
        assert (response.status_code, response.json_body["field"]) == (400, "album")
    form_body = form(("label", None, b""), ("album", None, b"Porto"), ("img", "b.jpg", encode_image()))
    refused = albums.tintype.call("POST", "/upload", as_=OWNER, body=form_body, headers={"Content-Type": TYPE})
    assert (refused.status_code, refused.json_body["field"]) == (400, "album")


def test_random_photo_of_an_album(albums: AlbumFixture) -> None:
    first, second = albums.publish("a", "b")
    albums.publish("c")
    album_id = albums.create(photo_ids=[first, second])["album_id"]
    albums.add_member(album_id)
    for viewer in (OWNER, "bob"):
        drawn = albums.tintype.call(
            "GET", "/random", as_=viewer, query={"album": album_id}, headers={"Accept": "application/json"}
        )
        assert drawn.json_body["photo"]["photo_id"] in {first, second}
        assert drawn.json_body["probability"] == 0.5
    smart = albums.create(query={"tag": ["beach"]})["album_id"]
    refused: tuple[tuple[dict[str, str], str | None, int], ...] = (
        ({"album": album_id}, "carol", 404),
        ({"album": album_id}, None, 401),
        ({"album": "missing"}, OWNER, 404),
        ({"album": smart}, OWNER, 400),
        ({"album": ""}, OWNER, 400),
        ({"album": album_id, "label": "beach"}, OWNER, 400),
        ({"album": album_id, "scope": "mine"}, OWNER, 400),
        ({"album": albums.create()["album_id"]}, OWNER, 404),
    )
    for query, user, status in refused:
        assert albums.tintype.call("GET", "/random", as_=user, query=query).status_code == status, query


def test_large_album_is_deleted_by_the_schedule(albums: AlbumFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    photo_ids = albums.publish("a", "b", "c")
    album_id = albums.create(photo_ids=photo_ids)["album_id"]
    monkeypatch.setattr("chalicelib.albums.deletion.FIRST_PHOTOS", 1)
    albums.call("DELETE", album_id)
    store = albums.tintype.container.album_store
    assert store.list_deleting(10) == [album_id]
    albums.tintype.sweep()
    assert store.list_deleting(10) == []
    assert all(albums.tintype.get(f"/photos/{each}", as_=OWNER)["albums"] == [] for each in photo_ids)


def test_key_without_read_permission_learns_nothing_of_photos(albums: AlbumFixture) -> None:
    (inside,) = albums.publish("a")
    key = albums.tintype.call("POST", "/keys", as_=OWNER, body={"name": "k", "can": ["manage"]}).json_body["key"]
    created = albums.tintype.call("POST", "/albums", token=key, body={"title": "x", "photo_ids": [inside]}).json_body
    assert (created["photos"], created["cover_image"], created["results"]) == (
        None,
        None,
        [{"photo_id": inside, "ok": True}],
    )
    changed = albums.tintype.call("PATCH", f"/albums/{created['album_id']}", token=key, body={"title": "y"})
    assert changed.status_code == 204


def test_albums_need_sign_in(albums: AlbumFixture) -> None:
    for method, path in (("GET", "/albums"), ("POST", "/albums"), ("GET", "/albums/a"), ("GET", "/albums/a/photos")):
        assert albums.tintype.call(method, path, body={"title": "x"}).status_code == 401
