"""Guests of shared links through the app: they see what the link shows, and nothing else."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif

from chalicelib.http.responses import CORS
from chalicelib.observability import logger
from chalicelib.sharing.access import MAX_WRONG_PASSWORDS
from tests.app.conftest import OWNER, Tintype, id_of
from tests.app.links import PASSWORD, Link, create_album, drop, share_album, share_photos, text_of
from tests.support.images.tiny import encode_image

NO_STORE = "private, no-store"
IMAGES = ("thumbnail", "small", "preview", "resized", "original")
# What a photo's file and its owner say, and guests must not learn.
SECRETS = ("Leica", "Summilux", "38.6968", "9.4214", "Cascais-secret", "secret-tag", "SN-4711", "secret folder")


def secret_image() -> bytes:
    """A photo with position, camera, lens, serial number and keywords."""
    exif = Exif()
    exif[Base.Make], exif[Base.Model] = "Leica", "Leica M11"
    exif.get_ifd(IFD.Exif).update({Base.LensModel: "Summilux 35", Base.BodySerialNumber: "SN-4711"})
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (38.0, 41.0, 48.56),
            GPS.GPSLongitudeRef: "W",
            GPS.GPSLongitude: (9.0, 25.0, 17.29),
        }
    )
    return encode_image(size=(800, 600), exif=exif)


def secret_photo(tintype: Tintype) -> str:
    """A private photo that says much, dropped into a folder."""
    photo_id = drop(tintype, "secret folder/bay.jpg", secret_image(), tags="secret-tag")
    body = {"caption": "Our bay", "place": "Cascais-secret", "favorite": True, "rating": 4}
    assert tintype.call("PATCH", f"/photos/{photo_id}", as_=OWNER, body=body).status_code == 200
    return photo_id


def location(response: HTTPResponse) -> str:
    assert response.status_code == 302, response.body
    return str(response.headers["Location"])


def stored_bytes(tintype: Tintype, url: str) -> tuple[bytes, Any]:
    """The object at a path-style URL, and its headers."""
    bucket, _, key = url.split("?")[0].removeprefix("https://s3.amazonaws.com/").partition("/")
    found = tintype.s3.get_object(Bucket=bucket, Key=key)
    return found["Body"].read(), found["ResponseMetadata"]["HTTPHeaders"]


def test_link_shows_its_album(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(3)]
    album_id = create_album(tintype, *ids[:2], description="By the sea")
    drop(tintype, "other.jpg", encode_image(size=(70, 30)))
    link = share_album(tintype, album_id)
    content = link.get()
    assert content.items() >= {"title": "Summer in Cascais", "description": "By the sea", "photos": 2}.items()
    assert content.items() >= {"download": "resized", "add": False, "review": False, "max_upload_bytes": 0}.items()
    assert content["from"] == content["to"] is not None
    assert content["cover_image"] in {photo["image_url"] for photo in link.get("/photos")["items"]}
    assert sorted(link.ids()) == sorted(ids[:2])
    first = link.get("/photos", limit=1)
    rest = link.get("/photos", limit=1, cursor=first["cursor"])
    assert {photo["photo_id"] for photo in first["items"] + rest["items"]} == set(ids[:2])
    assert rest["cursor"] is None
    assert link.get(f"/photos/{ids[0]}") in link.get("/photos")["items"]


def test_album_keeps_its_order(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(3)]
    album_id = create_album(tintype, *ids, order="oldest")
    link = share_album(tintype, album_id)
    assert link.ids() == sorted(ids, key=link.ids(limit=100).index)
    by_hand = [ids[1], ids[2], ids[0]]
    ordered = tintype.call("PUT", f"/albums/{album_id}/order", as_=OWNER, body={"photo_ids": by_hand})
    assert ordered.status_code == 200, ordered.body
    assert link.ids() == by_hand
    first = link.get("/photos", limit=2)
    rest = link.get("/photos", limit=2, cursor=first["cursor"])
    assert [photo["photo_id"] for photo in first["items"] + rest["items"]] == by_hand


def test_link_shows_a_selection_in_its_order(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(3)]
    link = share_photos(tintype, ids[2], ids[0], title="The bay")
    assert link.get().items() >= {"title": "The bay", "description": "", "photos": 2}.items()
    assert link.ids() == [ids[2], ids[0]]
    first = link.get("/photos", limit=1)
    assert [photo["photo_id"] for photo in first["items"]] == [ids[2]]
    assert [photo["photo_id"] for photo in link.get("/photos", limit=1, cursor=first["cursor"])["items"]] == [ids[0]]


def test_selection_leaves_out_what_was_trashed(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    link = share_photos(tintype, *ids)
    assert tintype.call("DELETE", f"/photos/{ids[0]}", as_=OWNER).status_code == 204
    assert (link.ids(), link.get()["photos"]) == ([ids[1]], 1)
    assert link.call("GET", f"/photos/{ids[0]}").status_code == 404
    assert link.call("GET", f"/photos/{ids[0]}/preview").status_code == 404


def test_selection_leaves_out_what_has_another_owner(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    link = share_photos(tintype, *ids, download="original")
    store = tintype.container.photos
    photo = store.get(ids[0])
    assert photo is not None
    store.commit(photo, replace(photo, owner=id_of("alice")))
    assert (link.ids(), link.get()["photos"]) == ([ids[1]], 1)
    for suffix in ("", *(f"/{name}" for name in IMAGES)):
        assert link.call("GET", f"/photos/{ids[0]}{suffix}").status_code == 404, suffix


@pytest.mark.parametrize("leave", ["trash", "remove_from_album", "erase"])
def test_photo_that_leaves_the_album_is_gone_on_every_route(tintype: Tintype, leave: str) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    album_id = create_album(tintype, *ids)
    link = share_album(tintype, album_id, download="original")
    path = {"trash": f"/photos/{ids[0]}", "erase": f"/photos/{ids[0]}?permanent=true"}
    target = path.get(leave, f"/albums/{album_id}/photos/{ids[0]}")
    assert tintype.call("DELETE", target, as_=OWNER).status_code == 204
    assert (link.ids(), link.get()["photos"]) == ([ids[1]], 1)
    for suffix in ("", *(f"/{name}" for name in IMAGES)):
        assert link.call("GET", f"/photos/{ids[0]}{suffix}").status_code == 404, suffix


def test_link_shows_private_and_public_photos(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image(), status="public")
    link = share_album(tintype, create_album(tintype, photo_id))
    assert tintype.call("PATCH", f"/photos/{photo_id}", as_=OWNER, body={"status": "private"}).status_code == 200
    assert link.ids() == [photo_id]
    assert tintype.call("GET", f"/photos/{photo_id}").status_code == 404


@pytest.mark.parametrize("status", ["private", "public"])
def test_photo_outside_the_link_is_not_found_on_every_route(tintype: Tintype, status: str) -> None:
    inside, outside = (drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30)), status=status) for n in range(2))
    create_album(tintype, outside)
    for link in (
        share_album(tintype, create_album(tintype, inside), download="original", add=True),
        share_photos(tintype, inside, download="original"),
    ):
        for photo_id in (outside, "missing"):
            for path in (f"/photos/{photo_id}", *(f"/photos/{photo_id}/{name}" for name in IMAGES)):
                assert link.call("GET", path).status_code == 404, path
            assert link.call("GET", f"/uploads/{photo_id}").status_code == 404
        # Not even the link's own photos were added by a guest.
        assert link.call("GET", f"/uploads/{inside}").status_code == 404


def test_cursor_of_another_link_is_refused(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    album_id = create_album(tintype, *ids)
    links = [share_album(tintype, album_id), share_album(tintype, album_id), share_photos(tintype, *ids)]
    for link in links:
        cursor = link.get("/photos", limit=1)["cursor"]
        for other in links:
            if other is not link:
                refused = other.call("GET", "/photos", cursor=cursor)
                assert (refused.status_code, refused.json_body["field"]) == (400, "cursor")


def test_link_that_ends_while_its_photos_are_listed_shows_no_more(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    album_id = create_album(tintype, *ids)
    link, revoked = share_album(tintype, album_id), share_album(tintype, album_id)
    cursors = [each.get("/photos", limit=1)["cursor"] for each in (link, revoked)]
    link.expire()
    assert tintype.call("DELETE", f"/shares/{revoked.share_id}", as_=OWNER).status_code == 204
    expired = link.call("GET", "/photos", cursor=cursors[0])
    assert (expired.status_code, expired.json_body["code"]) == (410, "expired")
    assert revoked.call("GET", "/photos", cursor=cursors[1]).status_code == 404


@pytest.mark.parametrize("is_handed_over", [False, True], ids=["deleted", "handed over"])
def test_link_of_an_album_that_is_gone_shows_nothing_at_once(tintype: Tintype, *, is_handed_over: bool) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    album_id = create_album(tintype, photo_id)
    link = share_album(tintype, album_id, download="original", add=True)
    body = {"name": "a", "filename": "a.jpg", "bytes": 1}
    ticket = link.call("POST", "/uploads", body=body).json_body
    bundle_id = link.call("POST", "/bundles").json_body["bundle_id"]
    if is_handed_over:
        store = tintype.container.album_store
        store.hand_over(store.get_many([album_id], "")[album_id].album, id_of("alice"))
    else:
        assert tintype.call("DELETE", f"/albums/{album_id}", as_=OWNER).status_code == 204
        assert tintype.get("/shares", as_=OWNER)["items"] == []
    for path in ("", "/photos", f"/photos/{photo_id}", f"/photos/{photo_id}/preview", "/cover"):
        assert link.call("GET", path).status_code == 404, path
    for path in (f"/uploads/{ticket['photo_id']}", f"/bundles/{bundle_id}"):
        assert link.call("GET", path).status_code == 404, path
    assert link.call("POST", "/uploads", body=body).status_code == 404
    assert link.call("POST", "/bundles").status_code == 404


def json_of_image(link: Link, photo_id: str, name: str) -> str | None:
    """The URL of an image as a page asks for it; None if the link does not allow it."""
    headers = {**link.headers, "Accept": "application/json"}
    response = link.tintype.call("GET", f"/shares/{link.token}/photos/{photo_id}/{name}", headers=headers)
    assert response.status_code in {200, 404}, response.body
    return str(response.json_body["url"]) if response.status_code == 200 else None


@pytest.mark.parametrize(
    ("download", "allowed"),
    [
        ("none", {"thumbnail", "small", "preview"}),
        ("resized", {"thumbnail", "small", "preview", "resized"}),
        ("original", set(IMAGES)),
    ],
)
def test_link_serves_only_the_images_that_it_allows(tintype: Tintype, download: str, allowed: set[str]) -> None:
    photo_id = secret_photo(tintype)
    link = share_album(tintype, create_album(tintype, photo_id), download=download)
    statuses = {name: link.call("GET", f"/photos/{photo_id}/{name}").status_code for name in (*IMAGES, "labels")}
    assert {name for name, status in statuses.items() if status == 302} == allowed
    assert set(statuses.values()) == {302, 404}
    as_json = {name: json_of_image(link, photo_id, name) for name in IMAGES}
    assert {name for name, url in as_json.items() if url} == allowed
    photo = link.get(f"/photos/{photo_id}")
    assert (photo["resized_url"] is None, photo["original"]) == (download == "none", download == "original")


def test_no_response_tells_what_only_the_owner_may_know(tintype: Tintype) -> None:
    photo_id = secret_photo(tintype)
    album_id = create_album(tintype, photo_id)
    create_album(tintype, photo_id, title="Cascais-secret")
    link = share_album(tintype, album_id, download="original", name="Cascais-secret name")
    responses = [
        *(link.call("GET", path) for path in ("", "/photos", f"/photos/{photo_id}", "/cover")),
        *(link.call("GET", f"/photos/{photo_id}/{name}") for name in IMAGES),
        tintype.call("GET", f"/s/{link.token}"),
        tintype.call("POST", f"/shares/{link.token}/uploads", body={"name": "a", "filename": "a.jpg", "bytes": 1}),
    ]
    for response in responses:
        text = text_of(response)
        assert response.headers["Cache-Control"] == NO_STORE
        assert "ETag" not in response.headers
        for secret in (*SECRETS, id_of(OWNER), "secret%20folder"):
            assert secret not in text, (secret, text)


def test_no_image_but_an_original_has_what_the_file_says(tintype: Tintype) -> None:
    photo_id = secret_photo(tintype)
    link = share_album(tintype, create_album(tintype, photo_id), download="original")
    for name in IMAGES:
        data, headers = stored_bytes(tintype, location(link.call("GET", f"/photos/{photo_id}/{name}")))
        if name == "original":
            assert data == secret_image()
        else:
            with Image.open(io.BytesIO(data)) as image:
                assert not image.getexif()
                assert set(image.info) <= {
                    "jfif",
                    "jfif_version",
                    "jfif_unit",
                    "jfif_density",
                    "loop",
                    "background",
                    "timestamp",
                    "duration",
                }
            assert not any(secret.encode() in data for secret in SECRETS)
        assert not any(secret in str(headers) for secret in (*SECRETS, id_of(OWNER), "secret%20folder"))


def test_original_is_served_from_a_copy_of_its_version(tintype: Tintype) -> None:
    photo_id = secret_photo(tintype)
    link = share_album(tintype, create_album(tintype, photo_id), download="original")
    first = location(link.call("GET", f"/photos/{photo_id}/original"))
    copy = first.split("?")[0]
    assert copy.startswith("https://s3.amazonaws.com/bundles/shared/")
    assert "bay.jpg" in first.partition("response-content-disposition=")[2]
    assert location(link.call("GET", f"/photos/{photo_id}/original")).split("?")[0] == copy
    tintype.drop("secret folder/bay.jpg", encode_image(size=(90, 60)))
    second = location(link.call("GET", f"/photos/{photo_id}/original"))
    assert second.split("?")[0] != copy
    data, headers = stored_bytes(tintype, second)
    assert data == encode_image(size=(90, 60))
    assert headers["content-type"] == "application/octet-stream"


def test_own_token_of_a_caller_changes_nothing(tintype: Tintype) -> None:
    photo_id = secret_photo(tintype)
    link = share_album(tintype, create_album(tintype, photo_id), download="none")
    other = share_album(tintype, create_album(tintype, title="Other"), password=PASSWORD)
    for as_ in (OWNER, "alice"):
        path = f"/shares/{link.token}"
        assert tintype.get(f"{path}/photos", as_=as_)["items"] == link.get("/photos")["items"]
        assert tintype.call("GET", f"{path}/photos/{photo_id}/original", as_=as_).status_code == 404
        assert tintype.call("GET", f"/shares/{other.token}", as_=as_).status_code == 401


def test_link_with_a_password_shows_nothing_without_a_pass(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    album_id = create_album(tintype, photo_id)
    link = share_album(tintype, album_id, password=PASSWORD, add=True)
    other = share_album(tintype, album_id, password=PASSWORD)
    other.enter()
    photo = f"/photos/{photo_id}"
    for headers in ({}, {"X-Share-Pass": "x"}, other.headers):
        link.headers = headers
        for path in ("", "/photos", photo, f"{photo}/preview", f"/uploads/{photo_id}", "/bundles/b"):
            response = link.call("GET", path)
            assert (response.status_code, response.json_body["code"]) == (401, "password_required"), path
            assert "Summer" not in text_of(response)
        for path, body in (("/uploads", {"name": "a", "filename": "a.jpg", "bytes": 1}), ("/bundles", None)):
            response = link.call("POST", path, body=body)
            assert (response.status_code, response.json_body["code"]) == (401, "password_required"), path


def test_right_password_opens_the_link_until_it_changes(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    link = share_album(tintype, create_album(tintype, photo_id), password=PASSWORD)
    wrong = link.enter("open sesame!")
    assert (wrong.status_code, wrong.json_body["code"]) == (401, "wrong_password")
    assert link.enter().status_code == 200
    assert link.ids() == [photo_id]
    [listed] = tintype.get("/shares", as_=OWNER)["items"]
    assert (listed["passes"], listed["wrong_passwords"]) == (1, 1)
    assert listed["last_wrong_password_at"] is not None
    assert link.update(password="another one").status_code == 200
    assert link.call("GET").status_code == 401
    link.update(password=None)
    assert link.ids() == [photo_id]


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": 5}, {"password": "x" * 129}, {"secret": "x"}])
def test_malformed_password_is_refused_by_name(tintype: Tintype, body: Any) -> None:
    link = share_album(tintype, create_album(tintype), password=PASSWORD)
    response = link.call("POST", "/pass", body=body)
    assert (response.status_code, response.json_body["field"]) == (400, next(iter(body), "password"))


def test_guessed_passwords_are_limited(tintype: Tintype) -> None:
    link = share_album(tintype, create_album(tintype), password=PASSWORD)
    link.enter()
    limit = tintype.container.guest_access.limit
    for number in range(MAX_WRONG_PASSWORDS - 1):
        limit.take(link.share_id, f"attempt-{number}", tintype.container.now() - timedelta(minutes=1))
    now = tintype.container.now()
    limit.take(link.share_id, "last", now)
    refused = link.enter()
    assert (refused.status_code, refused.json_body["code"]) == (429, "too_many_attempts")
    assert int(refused.headers["Retry-After"]) <= 5  # the last one may be right
    limit.give_back(link.share_id, "last", now)
    limit.take(link.share_id, "last", now - timedelta(seconds=30))
    assert 800 <= int(link.enter().headers["Retry-After"]) <= 840
    assert link.call("GET").status_code == 200  # its pass is still valid


@pytest.mark.parametrize("token", ["x", "a.b", f"{'a' * 16}.{'a' * 26}", "..", "%00", "é" * 43])
def test_guessed_token_is_not_found_on_every_route(tintype: Tintype, token: str) -> None:
    link = Link(tintype, {"token": token})
    for path in ("", "/photos", "/photos/p", "/photos/p/preview", "/uploads/p", "/cover"):
        assert link.call("GET", path).status_code == 404, path
    for path, body in (("/pass", {"password": "x"}), ("/uploads", {"name": "a", "filename": "a.jpg", "bytes": 1})):
        assert link.call("POST", path, body=body).status_code == 404


def test_no_log_line_has_a_token_a_pass_or_a_password(tintype: Tintype, capsys: pytest.CaptureFixture[str]) -> None:
    logger()  # it may have been created before the capture
    photo_id = drop(tintype, "a.jpg", encode_image())
    link = share_album(tintype, create_album(tintype, photo_id), password=PASSWORD, add=True)
    link.enter("a wrong password")
    link.enter()
    link.get("/photos")
    link.call("GET", f"/photos/{photo_id}/preview")
    link.call("POST", "/uploads", body={"name": "Grandma", "filename": "bay.jpg", "bytes": 9})
    tintype.call("GET", f"/s/{link.token}")
    lines = "".join(capsys.readouterr())
    for secret in (
        link.token,
        link.token.partition(".")[2],
        PASSWORD,
        "a wrong password",
        link.headers["X-Share-Pass"],
    ):
        assert secret not in lines


def test_pages_of_other_origins_may_send_the_pass() -> None:
    assert "X-Share-Pass" in CORS.get_access_control_headers()["Access-Control-Allow-Headers"]


def test_messengers_see_title_and_cover_of_an_open_link(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image(size=(800, 600)))
    link = share_album(tintype, create_album(tintype, photo_id, title='<b>"Sea" & sand', description="By the sea"))
    response = tintype.call("GET", f"/s/{link.token}")
    html = response.body.decode()
    assert response.status_code == 200
    assert 'property="og:title" content="&lt;b&gt;&quot;Sea&quot; &amp; sand"' in html
    assert 'property="og:description" content="1 photo: By the sea"' in html
    assert f'property="og:image" content="https://api.example/shares/{link.token}/cover"' in html
    assert f"url=https://page.example/shared/#{link.token}" in html
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (response.headers["Referrer-Policy"], response.headers["Cache-Control"]) == ("no-referrer", NO_STORE)
    cover = link.call("GET", "/cover")
    assert (cover.status_code, cover.headers["Content-Type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(cover.body)) as image:
        assert image.size == (400, 300)
        assert not image.getexif()


def test_messengers_see_nothing_of_other_links(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    album_id = create_album(tintype, photo_id)
    protected, expired = share_album(tintype, album_id, password=PASSWORD), share_album(tintype, album_id)
    expired.expire()
    unknown = Link(tintype, {"token": f"{'a' * 16}.{'a' * 26}"})
    for link, status, cover in ((protected, 200, 404), (expired, 410, 410), (unknown, 404, 404)):
        response = tintype.call("GET", f"/s/{link.token}")
        assert response.status_code == status
        html = response.body.decode()
        assert html.replace(link.token, "") == tintype.call("GET", f"/s/{unknown.token}").body.decode().replace(
            unknown.token, ""
        )
        assert "Summer" not in html
        assert link.call("GET", "/cover").status_code == cover
    malformed = tintype.call("GET", '/s/"><script>').body.decode()
    assert "script" not in malformed
    assert "refresh" not in malformed


def create_bundle(link: Link) -> str:
    response = link.call("POST", "/bundles")
    assert response.status_code == 202, response.body
    return str(response.json_body["bundle_id"])


def read_zip(link: Link, bundle_id: str) -> dict[str, bytes]:
    """The files of the only volume of a bundle, through its link."""
    [volume] = link.get(f"/bundles/{bundle_id}")["volumes"]
    redirected = link.tintype.call("GET", volume["url"].removeprefix("https://api.example"))
    assert id_of(OWNER) not in text_of(redirected)
    data, _ = stored_bytes(link.tintype, location(redirected))
    with zipfile.ZipFile(io.BytesIO(data)) as built:
        return {name: built.read(name) for name in built.namelist()}


@pytest.mark.parametrize("download", ["resized", "original"])
def test_guest_downloads_all_photos_as_the_link_allows(tintype: Tintype, download: str) -> None:
    photo_id = secret_photo(tintype)
    drop(tintype, "other.jpg", encode_image(size=(70, 30)))
    for link in (
        share_album(tintype, create_album(tintype, photo_id), download=download),
        share_photos(tintype, photo_id, download=download),
    ):
        bundle_id = create_bundle(link)
        tintype.build_volumes()
        head = tintype.s3.head_object(Bucket="bundles", Key=f"{bundle_id}/volume-0001.zip")
        name = link.get()["title"] or f"tintype-{tintype.container.now():%Y-%m-%d}"
        assert f'filename="{name}.zip"' in head["ContentDisposition"]
        files = read_zip(link, bundle_id)
        assert list(files) == ["bay.jpg"]
        assert (files["bay.jpg"] == secret_image()) == (download == "original")
        leaks = [secret for secret in SECRETS if secret.encode() in files["bay.jpg"]]
        assert bool(leaks) == (download == "original")


def test_original_of_a_contributor_is_never_downloaded(tintype: Tintype) -> None:
    photo_id = secret_photo(tintype)
    album_id = create_album(tintype, as_="alice")
    added = tintype.container.album_store.get_many([album_id], "")[album_id]
    assert added.album.owner == id_of("alice")
    store = tintype.container.photos
    before = store.get(photo_id)
    assert before is not None
    store.commit(before, replace(before, albums=(album_id,)))
    link = share_album(tintype, album_id, as_="alice", download="original")
    assert link.get(f"/photos/{photo_id}")["original"] is False
    assert link.call("GET", f"/photos/{photo_id}/original").status_code == 404
    bundle_id = create_bundle(link)
    tintype.build_volumes()
    assert not any(secret.encode() in data for secret in SECRETS for data in read_zip(link, bundle_id).values())


def test_link_without_downloads_makes_no_bundles(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    for link in (
        share_album(tintype, create_album(tintype, photo_id), download="none"),
        share_album(tintype, create_album(tintype)),
    ):
        assert link.call("POST", "/bundles").status_code == 404


def test_guests_get_the_same_bundle_until_the_link_shows_other_photos(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    album_id = create_album(tintype, ids[0])
    link = share_album(tintype, album_id)
    first = create_bundle(link)
    assert create_bundle(link) == first
    added = tintype.call("POST", f"/albums/{album_id}/photos", as_=OWNER, body={"photo_ids": [ids[1]]})
    assert added.status_code == 200
    second = create_bundle(link)
    assert tintype.call("DELETE", f"/albums/{album_id}/photos/{ids[0]}", as_=OWNER).status_code == 204
    assert len({first, second, create_bundle(link)}) == 3


def test_bundle_of_a_selection_is_made_again_for_other_photos_of_the_same_number(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    link = share_photos(tintype, *ids)
    tintype.call("DELETE", f"/photos/{ids[0]}", as_=OWNER)
    first = create_bundle(link)
    assert create_bundle(link) == first
    tintype.call("POST", f"/photos/{ids[0]}/restore", as_=OWNER)
    tintype.call("DELETE", f"/photos/{ids[1]}", as_=OWNER)
    assert create_bundle(link) != first


def guest_ticket(link: Link) -> tuple[str, str]:
    """The id and the key of a photo that a guest is about to store."""
    body = {"name": "Ann", "filename": "a.jpg", "bytes": len(encode_image())}
    response = link.call("POST", "/uploads", body=body)
    assert response.status_code == 201, response.body
    return response.json_body["photo_id"], response.json_body["upload"]["fields"]["key"]


@pytest.mark.parametrize("change", ["revoked", "expired", "review", "no more photos"])
def test_file_that_a_guest_stores_after_the_link_has_changed_waits_for_review(tintype: Tintype, change: str) -> None:
    album_id = create_album(tintype)
    link = share_album(tintype, album_id, add=True)
    (first, first_key), (second, key) = guest_ticket(link), guest_ticket(link)
    tintype.drop(first_key, encode_image(size=(41, 30)))
    if change == "revoked":
        tintype.call("DELETE", f"/shares/{link.share_id}", as_=OWNER)
    elif change == "expired":
        link.expire()
    else:
        terms: dict[str, Any] = {"review": True} if change == "review" else {"add": False}
        link.update(OWNER, **terms)
    tintype.drop(key, encode_image())
    listed = [photo["photo_id"] for photo in tintype.get(f"/albums/{album_id}/photos", as_=OWNER)["items"]]
    assert listed == [first]
    assert tintype.get(f"/photos/{second}", as_=OWNER)["review_album"] == album_id


def test_selection_does_not_show_what_a_guest_has_stored_after_its_approval(tintype: Tintype) -> None:
    link = share_album(tintype, create_album(tintype), add=True, review=True)
    photo_id, key = guest_ticket(link)
    tintype.drop(key, encode_image())
    refused = tintype.call("POST", "/shares", as_=OWNER, body={"photo_ids": [photo_id]})
    assert (refused.status_code, refused.json_body["field"]) == (400, "photo_ids")
    tintype.call("POST", "/photos/batch", as_=OWNER, body={"photo_ids": [photo_id], "action": "approve"})
    selection = share_photos(tintype, photo_id)
    assert selection.ids() == [photo_id]
    tintype.drop(key, encode_image(size=(44, 30)))
    assert selection.ids() == []
    assert selection.call("GET", f"/photos/{photo_id}").status_code == 404


def test_bundle_ends_with_the_revision_of_its_link(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    album_id = create_album(tintype, photo_id)
    changed, revoked, other = (share_album(tintype, album_id, download="original") for _ in range(3))
    bundles = {link.share_id: create_bundle(link) for link in (changed, revoked)}
    tintype.build_volumes()
    urls = [link.get(f"/bundles/{bundles[link.share_id]}")["volumes"][0]["url"] for link in (changed, revoked)]
    assert other.call("GET", f"/bundles/{bundles[changed.share_id]}").status_code == 404
    assert tintype.call("GET", f"/bundles/{bundles[changed.share_id]}", as_=OWNER).status_code == 404
    changed.update(download="resized")
    tintype.call("DELETE", f"/shares/{revoked.share_id}", as_=OWNER)
    assert changed.call("GET", f"/bundles/{bundles[changed.share_id]}").status_code == 404
    for url in urls:
        assert tintype.call("GET", url.removeprefix("https://api.example")).status_code == 410
