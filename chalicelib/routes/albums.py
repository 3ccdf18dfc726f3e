"""Albums: lists of them, their photos and their order."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalicelib.albums.models import (
    MAX_ORDERED_PHOTOS,
    Album,
    AlbumOrder,
    Role,
    clean_description,
    clean_title,
)
from chalicelib.albums.pages import AlbumFilter
from chalicelib.albums.service import AlbumEdit
from chalicelib.albums.summaries import AlbumSummary, ViewedAlbum
from chalicelib.container import Container
from chalicelib.errors import Forbidden, Invalid
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response, no_content
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo_query import PhotoQuery
from chalicelib.library.queries import PhotoPage
from chalicelib.routes import search_params, serializers
from chalicelib.routes.edits import may_read
from chalicelib.routes.members import accept_invitations
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, photo_page, read_cursor
from chalicelib.routes.results import MAX_BATCH, apply_to_each

# Pages of a smart album's search that are read to fill one of a search within it.
MAX_SEARCH_PAGES = 10


def list_albums(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /albums`: the caller's own albums, or those that others have shared with them.

    The first page is where someone who was invited before they had an account becomes a member.
    """
    viewer = request.owner
    request.allow_params("scope", "limit", "cursor")
    scope = request.get_enum("scope", "mine", "shared") or "mine"
    key = ("albums", scope, viewer)
    after, limit = read_cursor(request, container, key), request.limit(DEFAULT_LIMIT)
    list_page = container.albums.list_shared if scope == "shared" else container.albums.list_own
    if after is None:
        accept_invitations(request, container)
    page = list_page(viewer, after=after, limit=limit)
    return {
        "items": [
            _serialize(container, viewer, summary) for summary in container.album_summaries.summarize(page.albums)
        ],
        "cursor": next_cursor(container, page.next_position, key),
    }


def create_album(request: ApiRequest, container: Container) -> Response:
    """`POST /albums`: 201 with the album, and a result for each photo if there are any."""
    owner = request.owner
    request.allow_params()
    body = request.json("title", "description", "order", "query", "photo_ids")
    photo_ids = validation.photo_ids(body.get("photo_ids", []), max_ids=MAX_BATCH)
    edit = _read_edit(request, {name: value for name, value in body.items() if value is not None})
    if edit.query and photo_ids:
        raise Invalid("A smart album finds its photos itself. Omit photo_ids.", field="photo_ids")
    album = container.albums.create(owner, clean_title(body.get("title")), edit)
    add = partial(container.albums.add_photo, owner, album.album_id)
    results = apply_to_each(request, container, add, photo_ids)
    created = _summarized(request, container, ViewedAlbum(album, Role.OWNER))
    return json_response(created | ({"results": results} if photo_ids else {}), status=201)


def get_album(request: ApiRequest, container: Container, album_id: str) -> dict[str, Any]:
    """`GET /albums/{album_id}`: the album with the days of its photos; for its owner, how many wait for a review."""
    viewer = request.owner
    request.allow_params()
    viewed = container.albums.get(album_id, viewer)
    body = _summarized(request, container, viewed)
    period = container.album_summaries.period(viewed.album)
    to_review = container.album_summaries.count_to_review(viewed.album) if viewed.role is Role.OWNER else None
    return body | {"from": period.first, "to": period.last} | ({} if to_review is None else {"to_review": to_review})


def update_album(request: ApiRequest, container: Container, album_id: str) -> dict[str, Any] | Response:
    """`PATCH /albums/{album_id}`; with `If-Match`, only if the album is at that version."""
    owner = request.owner
    request.allow_params()
    body = request.json("title", "description", "order", "cover_photo_id", "query")
    album = container.albums.edit(owner, album_id, _read_edit(request, body), request.version)
    return _changed(request, container, album)


def delete_album(request: ApiRequest, container: Container, album_id: str) -> Response:
    """`DELETE /albums/{album_id}`: its photos stay in the library."""
    owner = request.owner
    request.allow_params()
    container.albums.delete(owner, album_id)
    return no_content()


def list_album_photos(request: ApiRequest, container: Container, album_id: str) -> Response:
    """`GET /albums/{album_id}/photos`: the photos that match all filters, in the album's order."""
    viewer = request.owner
    request.allow_params(*search_params.FILTERS, "review", "limit", "cursor")
    viewed = container.albums.get(album_id, viewer)
    query = search_params.read_query(request, owner_scope(viewer))
    review = _is_review(request, viewed, query)
    album = viewed.album
    key = ("album photos", album.album_id, album.order, str(review), *search_params.query_key(request))
    after, limit = read_cursor(request, container, key), request.limit(DEFAULT_LIMIT)
    wanted = AlbumFilter(viewer, query)
    if review:
        page = container.album_pages.list_to_review(album, after=after, limit=limit)
    elif album.is_smart:
        page = _search(request, container, album, wanted, after=after, limit=limit)
    else:
        page = container.album_pages.list_photos(album, wanted, after=after, limit=limit)
    return photo_page(request, container, page, key)


def add_album_photos(request: ApiRequest, container: Container, album_id: str) -> dict[str, Any]:
    """`POST /albums/{album_id}/photos`: add up to 100 of the caller's own photos; a result for each."""
    owner = request.owner
    request.allow_params()
    photo_ids = validation.photo_ids(request.json("photo_ids").get("photo_ids"), min_ids=1, max_ids=MAX_BATCH)
    container.albums.get_for_adding(album_id, owner)
    add = partial(container.albums.add_photo, owner, album_id)
    return {"results": apply_to_each(request, container, add, photo_ids)}


def remove_album_photo(request: ApiRequest, container: Container, album_id: str, photo_id: str) -> Response:
    """`DELETE /albums/{album_id}/photos/{photo_id}`: the photo stays in its owner's library."""
    viewer = request.owner
    request.allow_params()
    container.albums.remove_photo(viewer, album_id, photo_id)
    return no_content()


def put_album_order(request: ApiRequest, container: Container, album_id: str) -> dict[str, Any] | Response:
    """`PUT /albums/{album_id}/order`: put photos in order by hand; the others follow, newest first."""
    owner = request.owner
    request.allow_params()
    photo_ids = validation.photo_ids(request.json("photo_ids").get("photo_ids"), max_ids=MAX_ORDERED_PHOTOS)
    return _changed(request, container, container.albums.put_in_order(owner, album_id, photo_ids, request.version))


def _read_edit(request: ApiRequest, body: Mapping[str, Any]) -> AlbumEdit:
    """The fields to change; null makes the cover automatic, and is invalid for every other field."""
    return AlbumEdit(
        title=clean_title(body["title"]) if "title" in body else None,
        description=clean_description(body["description"]) if "description" in body else None,
        order=_read_order(body["order"]) if "order" in body else None,
        cover_id=_read_cover(body["cover_photo_id"]) if "cover_photo_id" in body else None,
        query=_read_query(request, body["query"]) if "query" in body else None,
    )


def _read_order(value: Any) -> AlbumOrder:
    if not isinstance(value, str) or value not in list(AlbumOrder):
        raise Invalid(f"order must be one of {', '.join(AlbumOrder)}.", field="order")
    return AlbumOrder(value)


def _read_cover(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value:
        raise Invalid("cover_photo_id must be the id of a photo, or null.", field="cover_photo_id")
    return value


def _read_query(request: ApiRequest, value: Any) -> dict[str, tuple[str, ...]]:
    """The search of a smart album, which must have filters."""
    if not isinstance(value, dict) or not value.keys() - {"match"}:
        raise Invalid("query must have filters of GET /photos, at least one.", field="query")
    return search_params.read_filters(request, value)


def _search(
    request: ApiRequest, container: Container, album: Album, wanted: AlbumFilter, *, after: str | None, limit: int
) -> PhotoPage:
    """A page of a smart album: its owner's search, filtered."""
    search = search_params.stored_search(request, album.owner, album.query)
    for _ in range(MAX_SEARCH_PAGES):
        found = container.queries.search(search, after=after, limit=limit)
        photos = tuple(photo for photo in found.photos if wanted.accepts(photo))
        after = found.next_position
        if photos or after is None:
            break
    return PhotoPage(photos, after)


def _is_review(request: ApiRequest, viewed: ViewedAlbum, query: PhotoQuery) -> bool:
    """Whether the photos to review are asked for, which only the owner sees, all of them."""
    if request.get_enum("review", "true", "false") != "true":
        return False
    if viewed.role is not Role.OWNER:
        raise Forbidden("Only the owner of the album can review photos.")
    if not query.is_empty:
        raise Invalid("review does not work together with filters.", field="review")
    return True


def _changed(request: ApiRequest, container: Container, album: Album) -> dict[str, Any] | Response:
    """The changed album, or 204 for a caller who may not read it."""
    return _summarized(request, container, ViewedAlbum(album, Role.OWNER)) if may_read(request) else no_content()


def _summarized(request: ApiRequest, container: Container, viewed: ViewedAlbum) -> dict[str, Any]:
    """The album; without what is in it for a caller who may not read that."""
    if may_read(request):
        (summary,) = container.album_summaries.summarize([viewed])
    else:
        summary = AlbumSummary(viewed, None, None, None)
    return _serialize(container, request.owner, summary)


def _serialize(container: Container, viewer: str, summary: AlbumSummary) -> dict[str, Any]:
    return serializers.album(summary, serializers.photo_serializer(container, viewer))
