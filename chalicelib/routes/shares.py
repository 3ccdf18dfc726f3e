"""Shared links, for their owners: create, list, change, revoke."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib.albums.models import check_not_smart
from chalicelib.container import Container
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response, no_content
from chalicelib.library.collections import ALL_PHOTOS, album_of, album_scope
from chalicelib.routes import share_serializers
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, read_cursor
from chalicelib.routes.share_fields import TERM_FIELDS, read_terms, read_title
from chalicelib.sharing.models import MAX_SHARED_PHOTOS, Share, ShareTerms

SELECTION_FIELDS = ("name", "download", "expires_at", "password")
CURSOR_KEY = "shares"


def create_album_share(request: ApiRequest, container: Container, album_id: str) -> Response:
    """`POST /albums/{album_id}/shares`: 201 with the token and the URL, which are returned only once."""
    owner = request.owner
    request.allow_params()
    check_not_smart(container.albums.get_own(album_id, owner))
    terms = ShareTerms(**read_terms(request.json(*TERM_FIELDS)))
    return _created(container, *container.shares.share_album(owner, album_id, terms))


def list_album_shares(request: ApiRequest, container: Container, album_id: str) -> dict[str, Any]:
    """`GET /albums/{album_id}/shares`: all links of the album, newest first."""
    owner = request.owner
    request.allow_params()
    container.albums.get_own(album_id, owner)
    return {"items": _serialize(container, container.shares.list_by_album(album_id))}


def create_photo_share(request: ApiRequest, container: Container) -> Response:
    """`POST /shares`: a link to some of the caller's photos; 201 as for an album."""
    owner = request.owner
    request.allow_params()
    body = request.json("photo_ids", "title", *SELECTION_FIELDS)
    photo_ids = validation.photo_ids(body.get("photo_ids"), min_ids=1, max_ids=MAX_SHARED_PHOTOS)
    title, terms = read_title(body), ShareTerms(**read_terms(body))
    return _created(container, *container.shares.share_photos(owner, photo_ids, title, terms))


def list_shares(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /shares`: the caller's links, newest first."""
    owner = request.owner
    request.allow_params("limit", "cursor")
    key = (CURSOR_KEY, owner)
    page = container.shares.list_by_owner(owner, read_cursor(request, container, key), request.limit(DEFAULT_LIMIT))
    return {"items": _serialize(container, page.shares), "cursor": next_cursor(container, page.next_position, key)}


def update_share(request: ApiRequest, container: Container, share_id: str) -> dict[str, Any]:
    """`PATCH /shares/{share}`: change its terms; with `If-Match`, only if the link is at that version."""
    owner = request.owner
    request.allow_params()
    body = request.json(*TERM_FIELDS)
    container.shares.get(owner, share_id)  # before a password is hashed
    changes = read_terms(body)
    share = container.shares.change(owner, share_id, lambda terms: replace(terms, **changes), request.version)
    return _serialize(container, [share])[0]


def revoke_share(request: ApiRequest, container: Container, share_id: str) -> Response:
    """`DELETE /shares/{share}`: the link stops working at once."""
    owner = request.owner
    request.allow_params()
    container.shares.revoke(owner, share_id)
    return no_content()


def _created(container: Container, share: Share, token: str) -> Response:
    secrets = {"token": token, "url": f"{container.settings.api_url}/s/{token}"}
    return json_response(_serialize(container, [share])[0] | secrets, status=201)


def _serialize(container: Container, shares: Iterable[Share]) -> list[dict[str, Any]]:
    """The JSON of links with the titles and the numbers of photos of their albums."""
    shares, now = list(shares), container.now()
    album_ids = list(dict.fromkeys(share.album_id for share in shares if share.album_id is not None))
    albums = container.album_store.get_many(album_ids, "") if album_ids else {}
    trends = container.collections.get_trends((album_scope(album_id), ALL_PHOTOS) for album_id in albums)
    titles = {album_id: stored.album.title for album_id, stored in albums.items()}
    counts = {album_of(scope) or "": trend.totals.count for (scope, _), trend in trends.items()}
    return [share_serializers.share(share, now, titles, counts) for share in shares]
