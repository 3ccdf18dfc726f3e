"""Who may do what: every route of the OpenAPI document, called by everyone, with the expected status.

A new route needs a row here: PEOPLE for routes of people, GUESTS for those that have the token of a link in their path.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import pytest
from chalice.test import HTTPResponse

from chalicelib.openapi.document import document
from tests.app.access_library import LINKS, NAMES, NEW_IMAGE, ROUTES, UPLOAD_FORM, AccessLibrary, Call
from tests.app.conftest import OWNER, TABLES, id_of, open_library, tables_factory
from tests.app.links import PASSWORD
from tests.support.identity_provider import IdentityProvider

# Statuses for a stranger; someone who is no member of the album; a viewer; a contributor; the owner of everything.
PEOPLE = {
    "GET /gallery/trending": "200 200 200 200 200",
    "GET /gallery/articles": "200 200 200 200 200",
    "GET /gallery/tags": "200 200 200 200 200",
    "GET /labels": "401 200 200 200 200",
    "POST /labels/refresh": "401 202 202 202 202",
    "GET /labels/refresh": "401 200 200 200 200",
    "GET /stats": "200 200 200 200 200",
    "GET /search/suggestions": "200 200 200 200 200",
    "GET /random": "404 404 404 404 200",
    "GET /random public": "200 200 200 200 200",
    "GET /photos": "200 200 200 200 200",
    "GET /photos mine": "401 200 200 200 200",
    "GET /photos/map": "401 200 200 200 200",
    "GET /photos/near-duplicates": "401 200 200 200 200",
    "POST /photos/batch": "401 200 200 200 200",
    "GET /photos/{photo_id}": "404 404 200 200 200",
    "GET /photos/{photo_id} outside": "404 404 404 404 200",
    "PATCH /photos/{photo_id}": "401 404 404 404 200",
    "DELETE /photos/{photo_id}": "401 404 404 404 204",
    "POST /photos/{photo_id}/restore": "401 404 404 404 200",
    "GET /photos/{photo_id}/similar": "404 404 404 404 200",
    "GET /photos/{photo_id}/{variant}": "404 404 302 302 302",
    "GET /photos/{photo_id}/{variant} outside": "404 404 404 404 302",
    "GET /photos/{photo_id}/{variant} original": "404 404 404 404 302",
    "GET /thumbnails": "200 200 200 200 200",
    "GET /thumbnails/{photo_id}": "404 404 200 200 200",
    "GET /thumbnails/{photo_id} outside": "404 404 404 404 200",
    "POST /upload": "401 200 200 200 200",
    "PUT /upload": "401 200 200 200 200",
    "POST /uploads": "401 201 201 201 201",
    "POST /uploads album": "401 400 400 201 201",
    "POST /uploads albums": "401 400 400 201 201",
    "POST /uploads albums other": "401 400 400 400 201",
    "POST /uploads/check": "401 200 200 200 200",
    "PUT /{bucket}/{filename}": "401 200 200 200 200",
    "GET /albums": "401 200 200 200 200",
    "GET /albums shared": "401 200 200 200 200",
    "POST /albums": "401 201 201 201 201",
    "GET /albums/{album_id}": "401 404 200 200 200",
    "GET /albums/{album_id} other": "401 404 404 404 200",
    "PATCH /albums/{album_id}": "401 404 403 403 200",
    "DELETE /albums/{album_id}": "401 404 403 403 204",
    "PUT /albums/{album_id}/order": "401 404 403 403 200",
    "GET /albums/{album_id}/photos": "401 404 200 200 200",
    "GET /albums/{album_id}/photos other": "401 404 404 404 200",
    "GET /albums/{album_id}/photos review": "401 404 403 403 200",
    "POST /albums/{album_id}/photos": "401 404 403 200 200",
    "DELETE /albums/{album_id}/photos/{photo_id}": "401 404 403 403 204",
    "DELETE /albums/{album_id}/photos/{photo_id} outside": "401 404 404 404 204",
    "GET /albums/{album_id}/members": "401 404 403 403 200",
    "POST /albums/{album_id}/members": "401 404 403 403 201",
    "PATCH /albums/{album_id}/members/{member_id}": "401 404 403 403 200",
    "DELETE /albums/{album_id}/members/{member_id}": "401 404 204 403 204",
    "DELETE /albums/{album_id}/members/{member_id} me": "401 404 204 204 400",
    "GET /albums/{album_id}/shares": "401 404 403 403 200",
    "POST /albums/{album_id}/shares": "401 404 403 403 201",
    "GET /shares": "401 200 200 200 200",
    "POST /shares": "401 404 404 404 201",
    "PATCH /shares/{share}": "401 404 404 404 200",
    "DELETE /shares/{share}": "401 404 404 404 204",
    "POST /bundles": "401 404 202 202 202",
    "POST /bundles album": "401 404 202 202 202",
    "POST /bundles outside": "401 404 404 404 202",
    "GET /bundles": "401 200 200 200 200",
    "GET /bundles/{bundle_id}": "401 404 404 404 200",
    "DELETE /bundles/{bundle_id}": "401 404 404 404 204",
    "POST /download": "401 202 202 202 202",
    "GET /d/{token}": "302 302 302 302 302",
    "POST /keys": "401 201 201 201 201",
    "GET /keys": "401 200 200 200 200",
    "DELETE /keys/{key_id}": "401 404 404 404 204",
    "GET /me": "401 200 200 200 200",
    "GET /me/notifications": "401 200 200 200 200",
    "POST /me/notifications": "401 200 200 200 200",
    "DELETE /me/notifications": "401 204 204 204 204",
    "GET /health": "200 200 200 200 200",
    "GET /openapi.json": "200 200 200 200 200",
}
# Statuses with each link of `LINKS`: look, download, add, locked (by a password that was not entered), expired.
GUESTS = {
    "GET /shares/{share}": "200 200 200 401 410",
    "POST /shares/{share}/pass": "200 200 200 200 410",
    "GET /shares/{share}/photos": "200 200 200 401 410",
    "GET /shares/{share}/photos/{photo_id}": "200 200 200 401 410",
    "GET /shares/{share}/photos/{photo_id} outside": "404 404 404 401 410",
    "GET /shares/{share}/photos/{photo_id}/{variant}": "302 302 302 401 410",
    "GET /shares/{share}/photos/{photo_id}/{variant} outside": "404 404 404 401 410",
    "GET /shares/{share}/photos/{photo_id}/{variant} resized": "404 302 302 401 410",
    "GET /shares/{share}/photos/{photo_id}/{variant} original": "404 302 404 401 410",
    "POST /shares/{share}/uploads": "404 404 201 401 410",
    "GET /shares/{share}/uploads/{photo_id}": "404 404 200 401 410",
    "GET /shares/{share}/uploads/{photo_id} inside": "404 404 404 401 410",
    "POST /shares/{share}/bundles": "404 202 202 401 410",
    "GET /shares/{share}/bundles/{bundle_id}": "404 404 200 401 410",
    "GET /shares/{share}/bundles/{bundle_id} of owner": "404 404 404 401 410",
    "GET /shares/{share}/cover": "200 200 200 404 410",
    "GET /s/{share}": "200 200 200 200 410",
}
CALLERS = (None, *(NAMES[name] for name in ("other", "viewer", "contributor", "owner")))
# What only the owner of a photo may know: words of its file, of its description and of its key, and other albums.
SECRETS = (
    *("41.4033", "2.1740", "Hasselblad", "XCD 55V", "SN-4711", '"iso":400'),
    *("Cascais-secret", "secret folder", "Not for others"),
)
# What guests may not know either: tags, names of fields, and that their copies have metadata at all.
GUEST_SECRETS = (
    *("secret-tag", "beach", "@example.org", "Exif", "EXIF"),
    *('"tags"', '"favorite"', '"rating"', '"camera"', '"lens"', '"exposure"', '"place"', '"owner"'),
)
OWN_LINK_ROUTES = {"PATCH /shares/{share}", "DELETE /shares/{share}"}


@pytest.fixture(scope="module", params=TABLES)
def library(request: pytest.FixtureRequest, identity: IdentityProvider, aws: dict[str, Any]) -> Iterator[AccessLibrary]:
    """A library for all tests of this module."""
    with open_library(identity, aws, tables_factory(request)) as tintype, pytest.MonkeyPatch.context() as patch:
        yield AccessLibrary(tintype, patch)


def calls(library: AccessLibrary) -> dict[str, Call]:
    """The request of each row that needs a body, a query, or other values in its path."""
    inside = {"photo_ids": [library.inside]}
    outside, other = {"photo_id": library.outside}, {"album_id": library.other_album}
    upload = {"photo_id": library.upload}
    return {
        "GET /gallery/articles": Call(query={"tag": "beach"}),
        "POST /labels/refresh": Call(body={"tags": ["beach"]}),
        "GET /search/suggestions": Call(query={"q": "be"}),
        "GET /random": Call(query={"label": "secret-tag"}),
        "GET /random public": Call(query={"label": "beach", "scope": "public"}),
        "GET /photos mine": Call(query={"scope": "mine"}),
        "GET /photos/map": Call(query={"bounds": "41,2,42,3"}),
        "POST /photos/batch": Call(body=inside | {"action": "trash"}),
        "GET /photos/{photo_id} outside": Call(outside),
        "PATCH /photos/{photo_id}": Call(body={"rating": 5}),
        "POST /photos/{photo_id}/restore": Call({"photo_id": library.trashed}),
        "GET /photos/{photo_id}/{variant} outside": Call(outside),
        "GET /photos/{photo_id}/{variant} original": Call({"variant": "original"}),
        "GET /thumbnails/{photo_id} outside": Call(outside),
        "POST /upload": Call(body=UPLOAD_FORM),
        "PUT /upload": Call(body={"file_name": "new.jpg"}),
        "POST /uploads": Call(body={"filename": "new.jpg"}),
        "POST /uploads album": Call(body={"filename": "new.jpg", "album": library.album}),
        "POST /uploads albums": Call(body={"filename": "new.jpg", "albums": [library.album]}),
        "POST /uploads albums other": Call(body={"filename": "new.jpg", "albums": [library.other_album]}),
        "POST /uploads/check": Call(body={"sha256": [library.sha256]}),
        "PUT /{bucket}/{filename}": Call(body=NEW_IMAGE),
        "GET /albums shared": Call(query={"scope": "shared"}),
        "POST /albums": Call(body={"title": "Mine"}),
        "GET /albums/{album_id} other": Call(other),
        "PATCH /albums/{album_id}": Call(body={"title": "Other"}),
        "PUT /albums/{album_id}/order": Call(body=inside),
        "GET /albums/{album_id}/photos other": Call(other),
        "GET /albums/{album_id}/photos review": Call(query={"review": "true"}),
        "POST /albums/{album_id}/photos": Call(body=inside),
        "DELETE /albums/{album_id}/photos/{photo_id} outside": Call(outside),
        "POST /albums/{album_id}/members": Call(body={"email": "new@example.org", "role": "viewer"}),
        "PATCH /albums/{album_id}/members/{member_id}": Call(body={"role": "contributor"}),
        "DELETE /albums/{album_id}/members/{member_id} me": Call({"member_id": "me"}),
        "POST /albums/{album_id}/shares": Call(body={"download": "original"}),
        "POST /shares": Call(body=inside),
        "PATCH /shares/{share}": Call({"share": library.links["look"].share_id}, body={"add": True}),
        "DELETE /shares/{share}": Call({"share": library.links["look"].share_id}),
        "POST /bundles": Call(body=inside),
        "POST /bundles album": Call(body={"album_id": library.album}),
        "POST /bundles outside": Call(body={"photo_ids": [library.outside]}),
        "POST /download": Call(body={"labels": ["secret-tag"]}),
        "POST /keys": Call(body={"name": "mine", "can": ["read"]}),
        "POST /me/notifications": Call(body={"channel": "email"}),
        "POST /shares/{share}/pass": Call(body={"password": PASSWORD}),
        "GET /shares/{share}/photos/{photo_id} outside": Call(outside),
        "GET /shares/{share}/photos/{photo_id}/{variant} outside": Call(outside),
        "GET /shares/{share}/photos/{photo_id}/{variant} resized": Call({"variant": "resized"}),
        "GET /shares/{share}/photos/{photo_id}/{variant} original": Call({"variant": "original"}),
        "POST /shares/{share}/uploads": Call(body={"name": "Gast", "filename": "b.jpg", "bytes": 900}),
        "GET /shares/{share}/uploads/{photo_id}": Call(upload),
        "GET /shares/{share}/bundles/{bundle_id}": Call({"bundle_id": library.guest_bundle}),
    }


def test_every_route_has_a_row() -> None:
    rows = {" ".join(row.split()[:2]) for row in (*PEOPLE, *GUESTS)}
    assert rows == set(ROUTES)
    assert {row for row in rows if "{share}" in row} == {" ".join(row.split()[:2]) for row in GUESTS} | OWN_LINK_ROUTES


def test_people(library: AccessLibrary) -> None:
    requests = calls(library)
    found, leaked = {}, set[tuple[str, str]]()
    for row in PEOPLE:
        responses = [library.call(row, requests.get(row, Call()), as_=name) for name in CALLERS]
        found[row] = " ".join(str(response.status_code) for response in responses)
        leaked |= {(row, secret) for response in responses[:-1] for secret in secrets_in(library, row, response)}
    assert found == PEOPLE
    assert not leaked


def test_guests(library: AccessLibrary) -> None:
    requests = calls(library)
    found, leaked = {}, set[tuple[str, str]]()
    for row in GUESTS:
        responses = [library.call(row, requests.get(row, Call()), share=library.links[name].token) for name in LINKS]
        found[row] = " ".join(str(response.status_code) for response in responses)
        leaked |= {(row, each) for response in responses for each in secrets_in(library, row, response, *GUEST_SECRETS)}
    assert found == GUESTS
    assert not leaked


def test_zip_of_resized_images_has_no_secrets(library: AccessLibrary) -> None:
    bundle = library.links["add"].get(f"/bundles/{library.guest_bundle}")
    link = bundle["volumes"][0]["url"].removeprefix("https://api.example")
    redirect = library.tintype.call("GET", link)
    data = library.read_object(redirect.headers["Location"])
    assert b"bay.jpg" in data
    secrets = (*SECRETS, *GUEST_SECRETS, *_values(library))
    assert [each for each in secrets if each.encode() in data or each in redirect.headers["Location"]] == []


def test_owner_who_opens_a_link_is_a_guest(library: AccessLibrary) -> None:
    for row in GUESTS:
        call = calls(library).get(row, Call())
        for name, expected in zip(LINKS, GUESTS[row].split(), strict=True):
            response = library.call(row, call, share=library.links[name].token, as_=OWNER)
            assert response.status_code == int(expected), (row, name)


def test_altered_and_unknown_tokens_are_not_found(library: AccessLibrary) -> None:
    token, other = library.links["add"].token, library.links["look"].token
    swapped = f"{token.partition('.')[0]}.{other.partition('.')[2]}"
    altered = token[:-1] + ("a" if token[-1] != "a" else "b")
    for row in GUESTS:
        for share in (swapped, altered, token.partition(".")[0], other.replace(other[:4], "aaaa", 1), "x", token + "a"):
            response = library.call(row, calls(library).get(row, Call()), share=share)
            assert response.status_code == 404, (row, share)


def test_token_of_a_link_is_no_bearer_token(library: AccessLibrary) -> None:
    for row in (*PEOPLE, *GUESTS):
        for link in library.links.values():
            response = library.call(row, calls(library).get(row, Call()), share=link.token, token=link.token)
            assert (response.status_code, response.json_body["code"]) == (401, "token_invalid"), row


def test_api_key_needs_the_permission_of_the_route(library: AccessLibrary) -> None:
    """The key may only upload. Its owner may do everything."""
    for row, statuses in PEOPLE.items():
        method, path = row.split()[:2]
        security = document()["paths"][path][method.lower()]["security"]
        rights = [scheme["apiKey"] for scheme in security if "apiKey" in scheme]
        response = library.call(row, calls(library).get(row, Call()), token=library.key["key"])
        if rights and rights[0] in ([], ["upload"]):
            assert response.status_code == int(statuses.split()[-1]), row
        else:
            assert response.json_body["code"] in {"forbidden", "id_token_required"}, row


def secrets_in(library: AccessLibrary, row: str, response: HTTPResponse, *more: str) -> list[str]:
    """The secrets in body, headers, and the image that a redirect leads to, except an original to download."""
    text = json.dumps(dict(response.headers)) + response.body.decode("latin-1")
    if response.status_code == 302 and "{variant}" in row and "original" not in row:
        text += library.read_object(response.headers["Location"]).decode("latin-1")
    text += unquote_plus(text)
    return [secret for secret in (*SECRETS, *more, *_values(library)) if secret in text]


def _values(library: AccessLibrary) -> tuple[str, ...]:
    return id_of(OWNER), library.other_album, library.sha256
