"""Photos: the timeline, single photos, their images, edits, the trash and batch actions."""

from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Invalid, NotFound
from chalicelib.http.requests import MAX_LIMIT, ApiRequest
from chalicelib.http.responses import Response, image_response, no_content, redirect
from chalicelib.library.collections import ALL_PHOTOS, RECENTLY_ADDED, STATE_TAGS
from chalicelib.library.photo import Photo
from chalicelib.library.search import Search
from chalicelib.routes import params, search_params, serializers
from chalicelib.routes.caching import CACHE_SECONDS, cached_response
from chalicelib.routes.edits import EDITABLE, may_read, read_edit
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, photo_page, read_cursor

ORIGINAL = "original"
VARIANTS = ("thumbnail", "small", "preview", "resized", ORIGINAL)
STATES = {str(state): tag for state, tag in STATE_TAGS.items()}
LIST_PARAMS = (*search_params.FILTERS, "state", "order", "scope", "limit", "cursor", "count", "facets")
OLDEST_PARAMS = frozenset({"order", "from", "to", "scope", "limit", "cursor"})


def list_photos(request: ApiRequest, container: Container) -> Response:
    """`GET /photos`: the photos that match all filters, newest first; without any, the timeline."""
    request.allow_params(*LIST_PARAMS)
    scope, collection, oldest_first = _listing(request)
    query = search_params.read_query(request, scope)
    key = ("photos", scope, collection, str(oldest_first), *search_params.query_key(request))
    after, limit = read_cursor(request, container, key), request.limit(DEFAULT_LIMIT)
    if oldest_first:
        page = container.queries.list_collection(
            scope,
            collection,
            viewer=request.viewer,
            after=after,
            limit=limit,
            time_range=query.time_range,
            oldest_first=True,
        )
        return photo_page(request, container, page, key)
    is_first = request.get("cursor") is None
    found = container.queries.search(
        Search(scope, query, request.viewer, collection),
        after=after,
        limit=limit,
        wants_count=is_first and _is_wanted(request, "count"),
        wants_facets=is_first and _is_wanted(request, "facets"),
    )
    return photo_page(request, container, found, key, serializers.search_extras(found))


def get_photo(request: ApiRequest, container: Container, photo_id: str) -> Response:
    """`GET /photos/{photo_id}`."""
    request.allow_params()
    return cached_response(
        request, container, _serialize(request, container, container.queries.get_photo(photo_id, request.viewer))
    )


def get_photo_variant(request: ApiRequest, container: Container, photo_id: str, name: str) -> Response:
    """`GET /photos/{photo_id}/{variant}`: a redirect to the image; the original for its owner only."""
    request.allow_params()
    if name not in VARIANTS:
        raise NotFound(f"Unknown image. Use one of {', '.join(VARIANTS)}.")
    serializer = serializers.photo_serializer(container, request.viewer)
    if name == ORIGINAL:
        photo = container.queries.get_uploaded_photo(photo_id, request.viewer)
        # A download: it may be any kind of file.
        return redirect(serializer.sign_original(photo.key, photo.filename, method=request.method))
    derivative = container.queries.get_derivative(photo_id, name, request.viewer)
    return redirect(serializer.sign_derivative(derivative.key, method=request.method))


def list_thumbnails(request: ApiRequest, container: Container) -> Response:
    """`GET /thumbnails`: the timeline with thumbnail URLs only."""
    request.allow_params("limit", "cursor", "scope")
    scope = params.scope(request)
    query = ("thumbnails", scope)
    after, limit = read_cursor(request, container, query), request.limit(DEFAULT_LIMIT)
    page = container.queries.list_collection(scope, ALL_PHOTOS, viewer=request.viewer, after=after, limit=limit)
    serializer = serializers.photo_serializer(container, request.viewer)
    items = [serializer.thumbnail(photo) for photo in page.photos]
    return cached_response(
        request, container, {"items": items, "cursor": next_cursor(container, page.next_position, query)}
    )


def get_thumbnail(request: ApiRequest, container: Container, photo_id: str) -> Response:
    """`GET /thumbnails/{photo_id}`: the bytes of the thumbnail."""
    request.allow_params()
    thumbnail = container.queries.get_derivative(photo_id, "thumbnail", request.viewer)
    data = container.derivatives.get(thumbnail.key)
    return image_response(request, data, thumbnail.mime, seconds=CACHE_SECONDS)


def update_photo(request: ApiRequest, container: Container, photo_id: str) -> dict[str, Any] | Response:
    """`PATCH /photos/{photo_id}`; with `If-Match`, only if the photo is at that version."""
    owner = request.owner
    request.allow_params()
    edit = read_edit(request.json(*EDITABLE), container.find_place)
    return _changed(request, container, container.editor.edit(owner, photo_id, edit, request.version))


def delete_photo(request: ApiRequest, container: Container, photo_id: str) -> Response:
    """`DELETE /photos/{photo_id}`: move it to the trash; with `permanent=true`, delete it permanently."""
    owner = request.owner
    request.allow_params("permanent")
    if request.get_enum("permanent", "true", "false") == "true":
        container.editor.erase(owner, photo_id)
    else:
        container.editor.trash(owner, photo_id)
    return no_content()


def restore_photo(request: ApiRequest, container: Container, photo_id: str) -> dict[str, Any] | Response:
    """`POST /photos/{photo_id}/restore`: move it out of the trash."""
    owner = request.owner
    request.allow_params()
    return _changed(request, container, container.editor.restore(owner, photo_id))


def _listing(request: ApiRequest) -> tuple[str, str, bool]:
    """The scope and the collection to list, and whether it is listed upward, which only the timeline can be."""
    order = request.get_enum("order", "newest", "oldest", "added")
    state = request.get_enum("state", *STATES)
    own = tuple(name for name, wanted in (("state", state), ("order", order == "added")) if wanted)
    scope = params.scope(request)
    search_params.check_own(request, scope, own)
    if order == "added" and state:
        raise Invalid("order=added works with photos that are ready only. Omit state.", field="order")
    if order == "oldest":
        for name in LIST_PARAMS:
            if name not in OLDEST_PARAMS and request.get_list(name, MAX_LIMIT):
                raise Invalid(f"order=oldest does not work together with {name}.", field="order")
    collection = STATES[state] if state else RECENTLY_ADDED if order == "added" else ALL_PHOTOS
    return scope, collection, order == "oldest"


def _is_wanted(request: ApiRequest, name: str) -> bool:
    return request.get_enum(name, "true", "false") == "true"


def _serialize(request: ApiRequest, container: Container, photo: Photo) -> dict[str, Any]:
    return serializers.photo_serializer(container, request.viewer).photo(photo)


def _changed(request: ApiRequest, container: Container, photo: Photo) -> dict[str, Any] | Response:
    """The changed photo, or 204 for a caller who may not read it."""
    return _serialize(request, container, photo) if may_read(request) else no_content()
